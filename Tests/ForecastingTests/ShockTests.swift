import Foundation
import Testing

@testable import Forecasting

/// Forecasts made while a series is far from where it usually is.
@Suite struct ShockTests {
    private let rows = 13
    private let weeks = 312

    /// Six years of a yearly season and passing deviations; a wave far higher than any before begins four weeks
    /// before the end of the history, has just passed its peak there and is over after four more.
    private func made(seed: UInt64, shock: Bool) -> (history: ForecastSeries, actual: [Double]) {
        var generator = SeededGenerator(seed: seed)
        var last = 0.0
        var lastButOne = 0.0
        let wave: [Double] = [40, 90, 160, 130, 80, 40, 15, 5]
        let values = (0..<(weeks + rows)).map { week -> Double in
            let deviation = 1.3 * last - 0.45 * lastButOne + 4 * generator.normal()
            (last, lastButOne) = (deviation, last)
            let place = week - (weeks - 4)
            let surge = shock && wave.indices.contains(place) ? wave[place] : 0
            return 300 + 60 * sin(2 * Double.pi * Double(week) / 52) + deviation + surge
        }
        let times = MadeData.days(weeks, step: 7 * 86_400)
        return (ForecastSeries(timestamps: times, values: Array(values.prefix(weeks))), Array(values.suffix(rows)))
    }

    private func forecast(
        _ series: ForecastSeries, settings: AutomaticSettings = AutomaticSettings()
    ) throws -> AutomaticForecast {
        try AutomaticForecaster(settings: settings).forecast(
            .init(series: series, future: AutomaticForecaster.futureFrame(for: series, count: rows)))
    }

    /// The mean that the back-test alone would weight, of the methods asked one by one.
    private func weightedMean(_ backtest: AutomaticState.Backtest, _ series: ForecastSeries) throws -> [Double] {
        let forecasts = try backtest.members.map {
            try forecast(series, settings: AutomaticSettings(members: [$0])).yhat
        }
        return BlendedRows.mean(forecasts, weights: backtest.weights)
    }

    @Test func aMethodThatTakesAShockForLastingCountsLess() throws {
        var ownError = 0.0
        var meanError = 0.0
        for seed in 1...4 {
            let (history, actual) = made(seed: UInt64(seed), shock: true)
            let own = try forecast(history)
            let backtest = try #require(own.state.backtest)
            let mean = try weightedMean(backtest, history)
            for row in 0..<rows {
                ownError += abs(actual[row] - own.yhat[row])
                meanError += abs(actual[row] - mean[row])
            }
            #expect((own.yhat + own.lower + own.upper).allSatisfy { $0.isFinite })
            #expect(abs(own.weights.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
        }
        #expect(ownError < 0.8 * meanError)
    }

    @Test func calmSeriesAreBlendedByTheirBacktestAlone() throws {
        for seed in 1...4 {
            let history = made(seed: UInt64(seed), shock: false).history
            let own = try forecast(history)
            let backtest = try #require(own.state.backtest)
            // The history is shorter than a year: smoothing with earlier years is the same as without, and counts once.
            let counted = zip(backtest.members, backtest.weights).filter { $0.0 != .yearlySmoothing }
            let sum = counted.reduce(0) { $0 + $1.1 }
            for (member, weight) in counted {
                let share = try #require(own.weights.first { $0.member == member }?.weight)
                #expect(abs(share - weight / sum) < 0.01, "\(member.name)")
            }
        }
    }

    @Test func aStepThatLastsIsStillFollowed() throws {
        var series = MadeData.daily(300, seed: 14, noise: 2)
        for row in 240..<300 { series.values[row] += 60 }
        let own = try forecast(series)
        let recent = series.values.suffix(28).reduce(0, +) / 28
        let mean = own.yhat.reduce(0, +) / Double(rows)
        #expect(abs(mean - recent) < 15)
    }
}
