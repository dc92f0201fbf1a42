import Testing

@testable import Forecasting

@Suite struct CrossValidationTests {
    private let day: Int64 = 86_400

    @Test func cutoffsAreLaidOutFromTheEnd() throws {
        let times = MadeData.days(100, from: 0)
        let validation = CrossValidation(
            horizonSeconds: 10 * day, periodSeconds: 20 * day, initialSeconds: 30 * day)
        let cutoffs = try validation.resolvedCutoffs(timestamps: times, longestPeriodDays: 7)
        #expect(cutoffs.map { $0 / day } == [49, 69, 89])
        #expect(cutoffs.allSatisfy { $0 >= 29 * day })
        let standard = try CrossValidation(horizonSeconds: 10 * day).resolvedCutoffs(
            timestamps: times, longestPeriodDays: 7)
        #expect(standard.last == 89 * day)
        #expect(standard[1] - standard[0] == 5 * day)
        #expect(standard[0] >= 30 * day)
    }

    @Test func gapsMoveACutoffToTheDataBefore() throws {
        let times = MadeData.days(50, from: 0) + MadeData.days(50, from: 150 * day)
        let validation = CrossValidation(
            horizonSeconds: 10 * day, periodSeconds: 20 * day, initialSeconds: 20 * day)
        let cutoffs = try validation.resolvedCutoffs(timestamps: times, longestPeriodDays: 0).map { $0 / day }
        #expect(cutoffs.contains(39))
        #expect(!cutoffs.contains { $0 > 49 && $0 < 140 })
    }

    @Test func foldsSeeOnlyThePast() throws {
        var series = MadeData.daily(150, seed: 2)
        let validation = CrossValidation(
            horizonSeconds: 10 * day, cutoffs: [series.timestamps[120], series.timestamps[100]])
        let before = try validation.run(series)
        #expect(before.count == 20)
        #expect(before.map(\.cutoff).first == series.timestamps[100])
        for row in 121..<150 { series.values[row] += 1000 }
        let after = try validation.run(series)
        #expect(before.map(\.yhat) == after.map(\.yhat))
    }

    @Test func givenChangepointsAfterTheCutoffAreDropped() throws {
        let series = MadeData.daily(120)
        let settings = ProphetSettings(
            changepoints: .given([series.timestamps[30], series.timestamps[100]]), scaling: .minmax)
        let rows = try CrossValidation(horizonSeconds: 10 * day, cutoffs: [series.timestamps[80]])
            .run(series, settings: settings)
        #expect(rows.count == 10 && rows.allSatisfy { $0.yhat.isFinite && $0.lower < $0.upper })
    }

    @Test func metricsOfKnownRows() throws {
        func row(_ step: Int64, _ y: Double, _ yhat: Double) -> CrossValidation.Row {
            .init(timestamp: step * day, cutoff: 0, y: y, yhat: yhat, lower: yhat - 1, upper: yhat + 1)
        }
        let rows = [row(1, 2, 1), row(1, 4, 4), row(2, 10, 13), row(3, 5, 5.5)]
        let single = try ForecastMetrics(rows: rows, rollingWindow: 0)
        #expect(single.horizons == [day, 2 * day, 3 * day])
        #expect(single.mae == [0.5, 3, 0.5])
        #expect(single.mse == [0.5, 9, 0.25])
        #expect(single.rmse[1] == 3)
        #expect(single.mape == [0.25, 0.3, 0.1])
        #expect(single.coverage == [1, 0, 1])
        // Three rows: the last two horizons and half of the first one's mean.
        let rolling = try ForecastMetrics(rows: rows, rollingWindow: 0.75)
        #expect(rolling.horizons == [2 * day, 3 * day])
        #expect(abs(rolling.mae[0] - 4.0 / 3) < 1e-12 && abs(rolling.mae[1] - 4.0 / 3) < 1e-12)
        #expect(rolling.mdape == [0.3, 0.1])
        let each = try ForecastMetrics(rows: rows, rollingWindow: -1)
        #expect(each.mae == [1, 0, 3, 0.5] && each.mdape == each.mape)
        let months = try ForecastMetrics(rows: [row(31, 1, 1), row(59, 1, 1)], rollingWindow: 0, unit: .calendarMonths)
        #expect(months.horizons == [1, 2])
        let zero = try ForecastMetrics(rows: [row(1, 0, 0)])
        #expect(zero.mape == nil && zero.mdape == [0] && zero.smape == [0])
        // A y of 0 costs the mean, not the median; where most are 0 and were missed it is infinite, never NaN.
        let some = try ForecastMetrics(rows: [row(1, 2, 1), row(1, 4, 3), row(1, 0, 3)], rollingWindow: 1)
        #expect(some.mape == nil && some.mdape == [0.5])
        let most = try ForecastMetrics(
            rows: [row(1, 0, 1), row(1, 0, 3), row(1, 5, 3), row(1, 0, 2)], rollingWindow: 1)
        #expect(most.mdape == [.infinity])
    }

    @Test func horizonOrderSorts() {
        var generator = SeededGenerator(seed: 2)
        for count in [0, 1, 2, 15, 16, 17, 100, 1000] {
            for range: UInt64 in [1, 3, 1000] {
                let keys = (0..<count).map { _ in Int64(generator.next() % range) }
                let order = HorizonOrder.ascending(keys)
                #expect(order.sorted() == Array(keys.indices))
                #expect(order.map { keys[$0] } == keys.sorted())
            }
        }
    }
}
