import Testing

@testable import Forecasting

/// Methods that come to the same forecast are one opinion, however many of them there are.
@Suite struct SameForecastTests {
    private func forecast(_ values: [Double], _ members: [ForecastMember], count: Int = 14) throws -> AutomaticForecast
    {
        let series = ForecastSeries(timestamps: MadeData.days(values.count), values: values)
        return try AutomaticForecaster(settings: AutomaticSettings(members: members)).forecast(
            .init(series: series, future: AutomaticForecaster.futureFrame(for: series, count: count)))
    }

    @Test func equalForecastsShareOneWeight() {
        let values = [[1.0, 2], [3, 4], [1, 2], [1, 2.5]]
        // The first of the equal ones stands for them, with the weight of one; the others keep theirs.
        #expect(
            BlendedRows.countingOnce(values, weights: [0.25, 0.25, 0.25, 0.25]) == [1, 1, 0, 1].map { $0 / 3.0 })
        let unequal = BlendedRows.countingOnce(values, weights: [0.1, 0.4, 0.3, 0.2])
        #expect(zip(unequal, [0.3, 0.4, 0, 0.2].map { $0 / 0.9 }).allSatisfy { abs($0 - $1) < 1e-15 })
        // A method without weight stands for nobody.
        #expect(BlendedRows.countingOnce(values, weights: [0, 0.5, 0.5, 0]) == [0, 0.5, 0.5, 0])
        // Nothing is the same: nothing changes, not even in the last bit.
        let weights = [0.1, 0.2, 0.7]
        #expect(BlendedRows.countingOnce([[1], [2], [3]], weights: weights) == weights)
        #expect(BlendedRows.countingOnce([[], [], []], weights: weights) == weights)
        #expect(BlendedRows.countingOnce([[0], [0], [0]], weights: [0.2, 0.2, 0.6]) == [1, 0, 0])
    }

    /// Below a year there are no earlier years to follow, so that smoothing with and without them is the same method.
    @Test(arguments: [3, 9, 13, 14, 20, 29, 31, 60, 150, 300, 391])
    func aSecondNameForTheSameMethodChangesNothing(days: Int) throws {
        let values = MadeData.daily(days, seed: UInt64(days)).values
        let once = try forecast(values, [.prophetAutoregression, .theta, .seasonalSmoothing])
        let twice = try forecast(values, [.prophetAutoregression, .theta, .seasonalSmoothing, .yearlySmoothing])
        expectSame(once, twice, "\(days) days")
    }

    /// Below two cycles there are no seasonal indices: the seasonal methods are the plain ones.
    @Test(arguments: 3...13)
    func seasonalMethodsWithoutASeasonArePlainOnes(days: Int) throws {
        let values = MadeData.daily(days, seed: UInt64(days)).values
        let once = try forecast(values, [.adjustedTheta, .adjustedDamped])
        let twice = try forecast(
            values, [.adjustedTheta, .adjustedDamped, .theta, .seasonalSmoothing, .yearlySmoothing])
        expectSame(once, twice, "\(days) days")
        let naive = try forecast(Array(values.prefix(7)), [.seasonalMean])
        expectSame(naive, try forecast(Array(values.prefix(7)), [.seasonalMean, .seasonalNaive]), "one cycle")
    }

    @Test(arguments: [0.0, 5, 1e9], [3, 10, 40, 200, 500])
    func constantsAreContinued(value: Double, days: Int) throws {
        let result = try forecast([Double](repeating: value, count: days), AutomaticSettings().members)
        #expect(result.yhat.allSatisfy { abs($0 - value) <= 1e-6 * value })
        #expect(result.yhat.allSatisfy(\.isFinite) && result.lower.allSatisfy(\.isFinite))
        #expect(abs(result.weights.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
        #expect(result.weights.count == AutomaticSettings().members.count)
    }

    /// Two years on, all methods are different ones, and each has its share.
    @Test func longHistoriesKeepAllMethods() throws {
        var values = MadeData.daily(800, seed: 3).values
        for day in values.indices { values[day] += day % 364 < 90 ? 25 : 0 }
        let result = try forecast(values, AutomaticSettings().members)
        #expect(result.weights.allSatisfy { $0.weight > 0.02 })
    }

    private func expectSame(_ once: AutomaticForecast, _ twice: AutomaticForecast, _ comment: Comment) {
        func close(_ left: [Double], _ right: [Double]) -> Bool {
            let scale = left.reduce(1) { max($0, abs($1)) }
            return left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) <= 1e-9 * scale }
        }
        #expect(close(once.yhat, twice.yhat), comment)
        #expect(close(once.lower, twice.lower), comment)
        #expect(close(once.upper, twice.upper), comment)
        let counted = twice.weights.filter { $0.weight > 0 }
        #expect(counted.map(\.member) == once.weights.filter { $0.weight > 0 }.map(\.member), comment)
        #expect(close(counted.map(\.weight), once.weights.filter { $0.weight > 0 }.map(\.weight)), comment)
    }
}
