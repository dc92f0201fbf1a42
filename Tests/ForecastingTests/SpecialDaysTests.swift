import Testing

@testable import Forecasting

/// Days that stand out every year, found in the history.
struct SpecialDaysTests {
    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
        CivilDate.dayNumber(year: year, month: month, day: day)
    }

    /// A weekly pattern with noise from 2021-01-04 on, with the values of some days replaced.
    private func history(_ count: Int, replaced: [Int: Double], seed: UInt64 = 5) -> ForecastSeries {
        var series = MadeData.daily(count, seed: seed, level: 200, noise: 4)
        for (row, timestamp) in series.timestamps.enumerated() {
            if let value = replaced[Int(timestamp / 86_400)] { series.values[row] = value }
        }
        return series
    }

    private func special(_ series: ForecastSeries, holidays: [Holiday] = []) -> SpecialDays? {
        SpecialDays(series, step: .day, holidays: holidays, future: FutureFrame(timestamps: []))
    }

    @Test func easterFallsWhereTheAlmanacSaysSo() {
        for (year, month, day) in [(1961, 4, 2), (2000, 4, 23), (2008, 3, 23), (2024, 3, 31), (2025, 4, 20)] {
            #expect(AnnualDay.easterSunday(of: year) == Self.day(year, month, day))
        }
    }

    @Test func rulesNameTheirDays() {
        // Thanksgiving, and the last Monday of May.
        let thanksgiving = AnnualDay.ordinal(month: 11, ordinal: 3, weekday: 3)
        #expect(thanksgiving.dayNumber(in: 2023) == Self.day(2023, 11, 23))
        #expect(AnnualDay.last(month: 5, weekday: 0).dayNumber(in: 2022) == Self.day(2022, 5, 30))
        #expect(AnnualDay.fixed(month: 2, day: 29).dayNumber(in: 2023) == nil)
        #expect(AnnualDay.ordinal(month: 2, ordinal: 4, weekday: 0).dayNumber(in: 2023) == nil)
        for number in stride(from: Self.day(2019, 12, 28), to: Self.day(2022, 1, 5), by: 1) {
            let year = CivilDate(dayNumber: number).year
            for rule in AnnualDay.rules(naming: number) { #expect(rule.dayNumber(in: year) == number) }
        }
    }

    @Test func whatClosesEveryYearIsExpectedToCloseAgain() throws {
        // Closed on 3 October and on Easter Monday of two years; the history ends in the third.
        var closed: [Int: Double] = [:]
        for year in [2021, 2022] {
            closed[Self.day(year, 10, 3)] = 0
            closed[AnnualDay.easterSunday(of: year) + 1] = 0
        }
        let found = try #require(special(history(800, replaced: closed)))
        #expect(found.applied(to: 200, at: Int64(Self.day(2023, 10, 3)) * 86_400) < 20)
        #expect(found.applied(to: 200, at: Int64(AnnualDay.easterSunday(of: 2023) + 1) * 86_400) < 20)
        #expect(found.applied(to: 200, at: Int64(Self.day(2023, 10, 4)) * 86_400) == 200)
        // The history is told without them.
        #expect(found.ordinary.allSatisfy { $0 > 100 })
    }

    @Test func whatHappenedOnceIsLeftAsItIs() {
        // A failure on an ordinary day, and outages on different days of two years.
        #expect(special(history(800, replaced: [Self.day(2021, 9, 14): 0])) == nil)
        #expect(special(history(800, replaced: [Self.day(2021, 9, 14): 0, Self.day(2022, 6, 8): 0])) == nil)
        #expect(special(history(800, replaced: [:])) == nil)
    }

    @Test func oneChristmasIsEnough() throws {
        let found = try #require(special(history(500, replaced: [Self.day(2021, 12, 25): 0])))
        #expect(found.applied(to: 200, at: Int64(Self.day(2022, 12, 25)) * 86_400) < 40)
    }

    @Test func holidaysOfTheModelAreLeftToIt() {
        var closed: [Int: Double] = [:]
        for year in [2021, 2022] { closed[Self.day(year, 10, 3)] = 0 }
        let holidays = [2021, 2022, 2023].map { Holiday(name: "unity", dayNumber: Self.day($0, 10, 3)) }
        #expect(special(history(800, replaced: closed), holidays: holidays) == nil)
        var series = history(800, replaced: closed)
        series.regressors["unity"] = series.timestamps.map { closed[Int($0 / 86_400)] == nil ? 0 : 1 }
        #expect(special(series) == nil)
    }

    @Test func shortHistoriesAndOtherStepsHaveNone() {
        let closed = [Self.day(2021, 12, 25): 0.0]
        #expect(special(history(380, replaced: closed)) == nil)
        let other = SpecialDays(
            history(500, replaced: closed), step: .week, holidays: [], future: FutureFrame(timestamps: []))
        #expect(other == nil)
    }

    @Test func theForecastKnowsThem() throws {
        var closed: [Int: Double] = [:]
        for year in [2021, 2022] { closed[Self.day(year, 10, 3)] = 0 }
        // Until 2023-09-20: 3 October 2023 is the thirteenth day of the forecast.
        let count = Self.day(2023, 9, 20) - Self.day(2021, 1, 4) + 1
        let series = history(count, replaced: closed)
        let forecaster = try AutomaticForecaster()
        let future = AutomaticForecaster.futureFrame(for: series, count: 30)
        let made = try forecaster.forecast(.init(series: series, future: future))
        let plain = try forecaster.forecast(.init(series: history(count, replaced: [:]), future: future))
        #expect(made.yhat[12] < 0.15 * plain.yhat[12])
        for row in made.yhat.indices where row != 12 { #expect(abs(made.yhat[row] - plain.yhat[row]) < 8) }
    }
}
