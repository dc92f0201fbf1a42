import Outlook
import Records
import Testing

/// What bands say where little is known, or where values may lie below 0.
@Suite struct UncertaintyTests {
    /// Five equal days do not make ninety certain.
    @Test func aFewDaysLeaveMuchOpen() throws {
        let last = MadeSeries.last
        func total(days: Int, of horizon: Int) throws -> DailyForecast.Total {
            let series = DailySeries(first: last.advanced(by: 1 - days), values: Array(repeating: 30, count: days))
            let made = try SeriesForecaster.forecast(MadeSeries.request(series, metric: .revenue)).forecast
            #expect(made.basis == .untested)
            #expect(made.lower(89) < 0.9 * made.yhat(89) && made.upper(89) > 1.1 * made.yhat(89))
            return try #require(made.total(horizon))
        }
        let short = try total(days: 5, of: 90)
        #expect(abs(short.yhat - 2700) < 1)
        #expect(short.lower < 100 && short.upper > 5000)
        #expect(short.accuracy == nil)
        let longer = try total(days: 25, of: 30)
        #expect(longer.lower > 500 && longer.lower < 800)
    }

    /// Totals that were forecast at past days are held against what came.
    @Test func totalsAreTriedOnThePast() throws {
        let steady = try SeriesForecaster.forecast(MadeSeries.request(MadeSeries.weekly(days: 400))).forecast
        let accuracy = try #require(steady.total(30)?.accuracy)
        #expect(accuracy.tests == 2)
        #expect(accuracy.error < 0.05 && abs(accuracy.bias) <= accuracy.error + 1e-12)
        // What came last was twice what there had been.
        var jump = MadeSeries.weekly(days: 400)
        for day in 310..<400 { jump.values[day] *= 2 }
        let surprised = try SeriesForecaster.forecast(MadeSeries.request(jump)).forecast
        let missed = try #require(surprised.total(90)?.accuracy)
        #expect(missed.bias > 0.15)
    }

    /// Where more goes back than comes, the forecast goes below 0; where it never did, it does not.
    @Test func revenueMayBeNegative() throws {
        let first = MadeSeries.last.advanced(by: -199)
        let series = DailySeries(first: first, values: (0..<200).map { $0 % 3 == 0 ? -40 : 5 })
        let made = try SeriesForecaster.forecast(MadeSeries.request(series, metric: .revenue)).forecast
        let total = try #require(made.total(30))
        #expect(total.yhat < -150 && total.lower < total.yhat)
        #expect((0..<30).contains { made.yhat($0) < -10 })
        let events = try SeriesForecaster.forecast(MadeSeries.request(series, metric: .engagement)).forecast
        #expect((0..<90).allSatisfy { events.yhat($0) >= 0 && events.lower($0) >= 0 })
    }

    /// What goes back in one part lets that part and its wholes sink below 0, and no other.
    @Test func onlyWhereMoneyGoesBackIsRevenueNegative() throws {
        let first = MadeSeries.last.advanced(by: -199)
        func cell(_ name: String, _ value: (Int) -> Double) -> GroupForecasts.Cell {
            GroupForecasts.Cell(
                segment: name, region: "x", series: DailySeries(first: first, values: (0..<200).map(value)),
                clientCount: 3, countries: [:])
        }
        let made = GroupForecasts(
            [cell("back", { $0 % 3 == 0 ? -40 : 5 }), cell("little", { $0 == 150 ? 60 : 0 })], metric: .revenue,
            asOf: MadeSeries.last, events: CalendarTable(), holidays: [], previous: { _ in nil })
        let little = try #require(made.forecasts[ForecastKey(.revenue, .segment("little"))])
        #expect(!little.isSigned)
        #expect((0..<90).allSatisfy { little.yhat($0) >= 0 && little.lower($0) >= 0 })
        let back = try #require(made.forecasts[ForecastKey(.revenue, .segment("back"))])
        let total = try #require(made.forecasts[ForecastKey(.revenue, .total)])
        #expect(back.isSigned && total.isSigned)
        for day in 0..<90 { #expect(abs(total.yhat(day) - back.yhat(day) - little.yhat(day)) < 1e-6) }
        #expect(try #require(back.total(30)).yhat < -100)
    }
}
