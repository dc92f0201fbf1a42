import Forecasting
import Outlook
import Records
import Testing

/// What is known beside the data.
@Suite struct AssumptionsTests {
    private func request(_ series: DailySeries, _ assumptions: ForecastAssumptions) -> SeriesRequest {
        var request = MadeSeries.request(series)
        request.assumptions = assumptions
        return request
    }

    @Test func growthLevelsOffTowardsACapacity() throws {
        // Half a percent a day, and no more than a tenth above what was seen.
        let first = MadeSeries.last.advanced(by: -299)
        let series = DailySeries(first: first, values: (0..<300).map { 20 * (1 + 0.03 * Double($0)) })
        let highest = try #require(series.values.max())
        let free = try SeriesForecaster.forecast(request(series, .init())).forecast
        let capacity = 1.1 * highest
        let bound = try SeriesForecaster.forecast(request(series, .init(capacity: capacity))).forecast
        #expect(free.yhat(89) > capacity)
        #expect((0..<90).allSatisfy { bound.yhat($0) <= capacity * 1.000001 && bound.upper($0) <= capacity * 1.000001 })
        #expect(bound.yhat(89) > highest)
        #expect(bound.trend.allSatisfy { Double($0) < capacity })
    }

    @Test func whatIsLeftOutIsSaidAndChangesNothingElse() throws {
        let calm = MadeSeries.weekly(days: 250)
        var disturbed = calm
        disturbed.values[200] = 5000
        disturbed.values[150] = 4000
        let expected = try SeriesForecaster.forecast(request(calm, .init())).forecast
        let made = try SeriesForecaster.forecast(request(disturbed, .init(leavesOut: .outliers))).forecast
        #expect(made.notes.contains { $0.contains("2 of 250 days are left out") })
        for day in 0..<90 { #expect(abs(made.yhat(day) - expected.yhat(day)) < 0.05 * expected.yhat(day)) }
        let trusting = try SeriesForecaster.forecast(request(disturbed, .init())).forecast
        #expect(trusting.notes.isEmpty)
    }

    @Test func stockOutsAreLeftOutOnlyWhenAsked() throws {
        var series = MadeSeries.weekly(days: 250)
        for day in 236..<250 { series.values[day] = 0 }
        let sold = try SeriesForecaster.forecast(request(series, .init(leavesOut: .outliersAndStockOuts))).forecast
        let empty = try SeriesForecaster.forecast(request(series, .init())).forecast
        let note = "14 of 250 days are left out of the history as outliers or stock-outs"
        #expect(sold.notes.contains(note))
        #expect(try #require(sold.total(30)).yhat > 1.5 * #require(empty.total(30)).yhat)
    }

    /// An earlier forecast under other assumptions is not mistaken for this one.
    @Test func assumptionsArePartOfWhatAForecastIsMadeFrom() throws {
        let series = MadeSeries.weekly(days: 200)
        let free = try SeriesForecaster.forecast(request(series, .init()))
        let bound = try SeriesForecaster.forecast(request(series, .init(capacity: 400)), previous: free)
        #expect(bound == (try SeriesForecaster.forecast(request(series, .init(capacity: 400)))))
        #expect(bound.fingerprint != free.fingerprint)
        #expect(bound.forecast != free.forecast)
        let again = try SeriesForecaster.forecast(request(series, .init()), previous: bound)
        #expect(again == free)
    }
}
