import Testing

@testable import Forecasting

/// Forecasts made while a series is far from where it usually is.
@Suite struct ShockTests {
    private let rows = 28

    /// A level with waves that came and went every so often, the last one cut off at `end`.
    private func waves(until end: Int, lastHeight: Double) -> ForecastSeries {
        var generator = SeededGenerator(seed: 21)
        let starts = [70, 150, 260, 370]
        let values = (0..<end).map { day -> Double in
            var value = 200 + 3 * generator.normal()
            for start in starts where day >= start && day < start + 20 {
                let height = start == starts.last ? lastHeight : 60
                value += height * Double(min(day - start, start + 20 - day)) / 10
            }
            return value
        }
        return ForecastSeries(timestamps: MadeData.days(end), values: values)
    }

    private func forecast(
        _ series: ForecastSeries, members: [ForecastMember]? = nil
    ) throws -> AutomaticForecast {
        var settings = AutomaticSettings()
        if let members { settings.members = members }
        return try AutomaticForecaster(settings: settings).forecast(
            .init(series: series, future: AutomaticForecaster.futureFrame(for: series, count: rows)))
    }

    @Test func aWaveLikeThoseBeforeIsExpectedToPass() throws {
        // Three days after the peak of a wave that is higher than any before.
        let history = waves(until: 384, lastHeight: 240)
        let actual = Array(waves(until: 384 + rows, lastHeight: 240).values.suffix(rows))
        func error(_ result: AutomaticForecast) -> Double {
            zip(result.yhat, actual).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(rows)
        }
        let own = try forecast(history)
        let lasting = try forecast(history, members: [.theta])
        #expect(error(own) < 0.5 * error(lasting))
        #expect((own.yhat + own.lower + own.upper).allSatisfy(\.isFinite))
        // The method that takes it for lasting is held back.
        let backtest = try #require(own.state.backtest)
        let theta = try #require(backtest.members.firstIndex(of: .theta))
        let share = try #require(own.weights.first { $0.member == .theta }?.weight)
        #expect(share < 0.7 * backtest.weights[theta])
        #expect(abs(own.weights.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
    }

    @Test func calmSeriesAreBlendedByTheirBacktestAlone() throws {
        let result = try forecast(waves(until: 360, lastHeight: 0))
        let backtest = try #require(result.state.backtest)
        for (member, weight) in zip(backtest.members, backtest.weights) {
            let share = try #require(result.weights.first { $0.member == member }?.weight)
            #expect(abs(share - weight) < 1e-9, "\(member.name)")
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
