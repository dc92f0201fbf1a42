import Foundation
import Testing

@testable import Forecasting

/// What earlier years and earlier residuals say about what is to come.
struct YearlyEchoTests {
    /// A level with a month of higher values that begins on day 300 of every 364, and noise that depends on the day.
    private func yearly(_ count: Int, lift: Double) -> [Double] {
        (0..<count).map { day in
            var bits = UInt64(day) &* 0x9E37_79B9_7F4A_7C15
            bits = (bits ^ (bits >> 29)) &* 0xBF58_476D_1CE4_E5B9
            let noise = Double((bits ^ (bits >> 32)) % 1000) / 1000 - 0.5
            return 100 + (day % 364 >= 300 && day % 364 < 330 ? lift : 0) + 4 * noise
        }
    }

    @Test func aSeasonSeenOnceIsExpectedAgain() throws {
        let history = yearly(364 + 290, lift: 60)
        let echo = try #require(YearlyEcho(history, step: .day))
        // The fortnights that can be judged so far had nothing to show: the share is below the usual one.
        #expect(echo.share > 0.35)
        // Day 654 is day 290 of the second year: the lift begins ten days later.
        #expect(abs(echo.forecast(5)) < 5)
        #expect(echo.forecast(25) > 0.35 * 55)
        #expect(abs(echo.forecast(60)) < 5)
    }

    @Test func whatDoesNotComeAgainIsNotExpected() throws {
        // Three years, of which only the first had the season.
        let history = yearly(364, lift: 60) + yearly(2 * 364 - 70, lift: 0)
        let echo = try #require(YearlyEcho(history, step: .day))
        #expect(echo.share < 0.5)
    }

    @Test func withoutAYearThereIsNoEcho() {
        #expect(YearlyEcho(yearly(364, lift: 60), step: .day) == nil)
        #expect(YearlyEcho(yearly(800, lift: 60), step: .seconds(7 * 86_400)) == nil)
    }

    @Test func theFirstMonthsOfASeriesAreNotTakenOnTrust() throws {
        // A series that began at nothing and has grown to its level: the rise a year ago is no season.
        let history = (0..<440).map { min(100, Double($0) / 1.5) }
        let echo = try #require(YearlyEcho(history, step: .day))
        #expect(abs(echo.forecast(30)) < 30)
    }

    @Test func aResidualLevelThatPassesIsNotCarriedFarAhead() {
        // Bursts of forty days that are over after that, one of them under way.
        let residuals = (0..<820).map { day in day % 200 < 40 ? 10.0 : -2.5 } + [Double](repeating: 10, count: 20)
        let level = ResidualLevel(residuals: residuals, window: 14, reach: 90)
        #expect(level.correction(1) > 4)
        #expect(level.correction(80) < 0.5 * level.correction(1))
        // A level that stays is carried all the way.
        let shifted = (0..<700).map { day in day < 350 ? -5.0 : 5.0 }
        let stays = ResidualLevel(residuals: shifted, window: 14, reach: 90)
        #expect(stays.correction(90) > 0.5 * stays.correction(1))
    }

    @Test func theForecastOfASeriesUnderTwoYearsKnowsLastYearsSeason() throws {
        let values = yearly(364 + 290, lift: 60)
        let series = ForecastSeries(timestamps: values.indices.map { Int64(19_000 + $0) * 86_400 }, values: values)
        let forecaster = try AutomaticForecaster()
        let result = try forecaster.forecast(
            .init(series: series, future: AutomaticForecaster.futureFrame(for: series, count: 90)))
        let season = result.yhat[12..<38].reduce(0, +) / 26
        let after = result.yhat[50..<80].reduce(0, +) / 30
        #expect(season > after + 8)
    }
}
