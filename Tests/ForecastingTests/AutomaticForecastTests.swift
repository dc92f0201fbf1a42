import Testing

@testable import Forecasting

@Suite struct AutomaticForecastTests {
    private let day: Int64 = 86_400

    private func forecast(
        _ series: ForecastSeries,
        count: Int = 14,
        settings: AutomaticSettings = AutomaticSettings(),
        pattern: SegmentPattern? = nil,
        previous: AutomaticState? = nil
    ) throws -> AutomaticForecast {
        try AutomaticForecaster(settings: settings).forecast(
            .init(
                series: series, future: AutomaticForecaster.futureFrame(for: series, count: count), pattern: pattern,
                previous: previous))
    }

    private func meanError(_ yhat: [Double], _ actual: [Double]) -> Double {
        zip(yhat, actual).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(actual.count)
    }

    @Test func resultsCarryTheirEvidence() throws {
        let result = try forecast(MadeData.daily(150, seed: 9))
        #expect(result.basis == .backtested)
        #expect(abs(result.weights.reduce(0) { $0 + $1.weight } - 1) < 1e-12)
        #expect(result.weights.map(\.weight) == result.weights.map(\.weight).sorted(by: >))
        #expect(result.weights.allSatisfy { ($0.backtestMAE ?? -1) > 0 })
        #expect(result.errors.map(\.step) == Array(1...14))
        #expect(result.errors.allSatisfy { $0.mae > 0 && abs($0.bias) <= $0.mae + 1e-9 })
        for row in result.yhat.indices {
            #expect(result.lower[row] <= result.yhat[row] && result.yhat[row] <= result.upper[row])
        }
        #expect(Set(ForecastMember.allCases.map(\.name)).count == ForecastMember.allCases.count)
        #expect(result.modelName == "blend" || result.weights[0].weight > 0.9)
    }

    @Test func totalsAreSumsWithAnInterval() throws {
        let result = try forecast(MadeData.daily(150, seed: 9), count: 20)
        let total = result.total(firstRows: 10)
        #expect(abs(total.yhat - result.yhat[..<10].reduce(0, +)) < 1e-9)
        #expect(total.lower < total.yhat && total.yhat < total.upper)
        #expect(total.upper <= result.upper[..<10].reduce(0, +) * 1.5)
        let all = result.total(firstRows: 1000)
        #expect(all.upper - all.lower > total.upper - total.lower)
        #expect(result.total(firstRows: 0) == .init(yhat: 0, lower: 0, upper: 0))
        let untested = try forecast(MadeData.daily(25), count: 5)
        #expect(untested.basis == .untested)
        #expect(untested.total(firstRows: 5).upper > untested.total(firstRows: 5).yhat)
    }

    @Test func everyMemberForecastsAWeeklyPattern() throws {
        let series = ForecastSeries(
            timestamps: MadeData.days(140), values: (0..<140).map { 50 + 10 * Double($0 % 7) })
        for member in ForecastMember.allCases {
            let result = try forecast(series, settings: AutomaticSettings(members: [member]))
            let expected = (140..<154).map { 50 + 10 * Double($0 % 7) }
            #expect(meanError(result.yhat, expected) < 1, "\(member.name)")
            #expect(result.modelName == member.name)
        }
    }

    @Test(arguments: [CalendarStep.week, .month, .seconds(3600)])
    func otherSpacingsWork(step: CalendarStep) throws {
        let times = [MadeData.start] + step.timestamps(after: MadeData.start, count: 199)
        let cycle = RegularGrid.seasonLength(of: step)
        var generator = SeededGenerator(seed: 4)
        let values = (0..<200).map { 100 + 30 * Double(($0 * 7) % cycle) / Double(cycle) + generator.normal() }
        let result = try forecast(ForecastSeries(timestamps: times, values: values), count: 12)
        #expect(result.basis == .backtested)
        #expect(result.yhat.allSatisfy { $0 > 80 && $0 < 160 })
        #expect(result.timestamps.first.map { $0 > (times.last ?? 0) } == true)
    }

    @Test func theRecentLevelIsFollowed() throws {
        // A step after the last possible changepoint: the regression model alone would miss it.
        var series = MadeData.daily(300, seed: 14, noise: 2)
        for row in 260..<300 { series.values[row] += 60 }
        let future = AutomaticForecaster.futureFrame(for: series, count: 14)
        let plain = try ProphetModel.fit(series).predict(future, parts: [])
        let own = try forecast(series)
        let recent = series.values.suffix(28).reduce(0, +) / 28
        let ownMean = own.yhat.reduce(0, +) / 14
        let plainMean = plain.yhat.reduce(0, +) / 14
        #expect(abs(ownMean - recent) < abs(plainMean - recent))
    }

    @Test func countsStayNonNegative() throws {
        var generator = SeededGenerator(seed: 8)
        let values = (0..<200).map { Double(generator.poisson(mean: max(0, 3 - Double($0) * 0.016))) }
        let series = ForecastSeries(timestamps: MadeData.days(200), values: values)
        let result = try forecast(series, count: 60)
        #expect((result.yhat + result.lower).allSatisfy { $0 >= 0 })
        #expect(result.total(firstRows: 60).lower >= 0)
        let free = try forecast(series, count: 60, settings: AutomaticSettings(nonNegativity: .never))
        #expect(free.lower.contains { $0 < 0 })
        var negative = series
        negative.values[3] = -1
        let always = try forecast(negative, count: 60, settings: AutomaticSettings(nonNegativity: .always))
        #expect(always.lower.allSatisfy { $0 >= 0 })
    }

    @Test func batchesEqualSingleForecasts() throws {
        let forecaster = try AutomaticForecaster()
        var requests = (0..<4).map { seed in
            let series = MadeData.daily(90, seed: UInt64(seed))
            return AutomaticForecaster.Request(
                series: series, future: AutomaticForecaster.futureFrame(for: series, count: 7))
        }
        requests.insert(.init(series: ForecastSeries(timestamps: [], values: []), future: .init(timestamps: [])), at: 2)
        let results = forecaster.forecast(batch: requests)
        for (request, result) in zip(requests, results) {
            switch result {
            case .success(let value): #expect(try forecaster.forecast(request) == value)
            case .failure(let error): #expect(error == .tooFewObservations(found: 0, needed: 2))
            }
        }
        let last = try forecaster.forecast(batch: requests.reversed()).last?.get()
        let first = try results[0].get()
        #expect(last == first)
    }

    @Test func backtestsAreReusedForAWhile() throws {
        let first = try forecast(MadeData.daily(120, seed: 5))
        let nextDay = try forecast(MadeData.daily(121, seed: 5), previous: first.state)
        #expect(nextDay.state.backtest == first.state.backtest)
        let nextWeek = try forecast(MadeData.daily(127, seed: 5), previous: first.state)
        #expect(nextWeek.state.backtest != first.state.backtest)
        let farther = try forecast(MadeData.daily(121, seed: 5), count: 30, previous: first.state)
        #expect(farther.state.backtest != first.state.backtest)
        let fresh = try forecast(MadeData.daily(121, seed: 5))
        #expect(largestDifference(fresh.yhat, nextDay.yhat) < 3)
    }

    @Test func youngSeriesUseTheirSegment() throws {
        let segment = (0..<12).map { MadeData.daily(80, seed: 3, level: 80 + 5 * Double($0), noise: 2) }
        let pattern = try #require(SegmentPattern(estimatedFrom: segment))
        #expect(abs(pattern.weekdayFactors.reduce(0, +) - 7) < 1e-9)
        #expect(pattern.meanLevel > 90 && pattern.meanLevel < 125)
        let young = MadeData.daily(80, seed: 3, level: 300, noise: 2).selecting(rows: Array(0..<6))
        let result = try forecast(young, pattern: pattern)
        #expect(result.basis == .pooled && result.modelName == "segment_pattern" && result.weights.isEmpty)
        #expect(result.yhat.reduce(0, +) / 14 > 200)
        #expect(zip(result.lower, result.upper).allSatisfy { $0 < $1 })
        let unseen = try AutomaticForecaster().forecast(
            .init(
                series: ForecastSeries(timestamps: [], values: []), future: .init(timestamps: MadeData.days(7)),
                pattern: pattern))
        #expect(abs(unseen.yhat.reduce(0, +) / 7 - pattern.meanLevel) < 1e-6)
        let old = try forecast(MadeData.daily(60), pattern: pattern)
        #expect(old.basis == .backtested || old.basis == .untested)
        #expect(SegmentPattern(estimatedFrom: []) == nil)
        let broken = SegmentPattern(meanLevel: 1, weekdayFactors: [1], relativeSpread: 1, levelSpread: 1)
        #expect(throws: ForecastError.self) { try forecast(young, pattern: broken) }
    }

    @Test func outliersAndStockOutsAreLeftOut() throws {
        var series = MadeData.daily(200, seed: 6, noise: 2)
        let clean = try forecast(series)
        series.values[150] = 5000
        for row in 190..<195 { series.values[row] = 0 }
        let none = try forecast(series)
        let outliers = try forecast(series, settings: AutomaticSettings(robustness: .outliers))
        let both = try forecast(series, settings: AutomaticSettings(robustness: .outliersAndStockOuts))
        #expect(none.excludedCount == 0)
        #expect(outliers.excludedCount >= 1)
        #expect(both.excludedCount == 6)
        #expect(meanError(both.yhat, clean.yhat) < meanError(none.yhat, clean.yhat))
        #expect(meanError(both.yhat, clean.yhat) < 4)
    }

    @Test func regularClosingDaysAreNoStockOuts() {
        let values = (0..<140).map { $0 % 7 >= 4 ? 0 : 100 + Double($0 % 3) }
        let treatment = OutlierTreatment(robustness: .outliersAndStockOuts)
        let series = ForecastSeries(timestamps: MadeData.days(140), values: values)
        #expect(treatment.excludedRows(series, step: .day).isEmpty)
        let short = series.selecting(rows: Array(0..<10))
        #expect(treatment.excludedRows(short, step: .day).isEmpty)
        var closing = series
        closing.values = (0..<140).map { $0 >= 135 ? 0 : 100 + Double($0 % 5) }
        #expect(treatment.excludedRows(closing, step: .day).count == 5)
    }

    @Test func holidaysAndPromotionsHelp() throws {
        var series = MadeData.daily(200, seed: 10, noise: 2)
        let promotion = (0..<214).map { ($0 * 7919) % 11 < 2 ? 1.0 : 0.0 }
        var full = MadeData.daily(214, seed: 10, noise: 2)
        for row in 0..<214 { full.values[row] += 50 * promotion[row] }
        series = full.selecting(rows: Array(0..<200))
        series.regressors = ["promotion": Array(promotion[..<200])]
        var future = AutomaticForecaster.futureFrame(for: series, count: 14)
        future.regressors = ["promotion": Array(promotion[200...])]
        let actual = Array(full.values[200...])
        let plain = try forecast(full.selecting(rows: Array(0..<200)))
        for mode in [ProphetSettings.Mode.additive, .multiplicative] {
            let settings = AutomaticSettings(
                prophet: ProphetSettings(regressors: [Regressor(name: "promotion", mode: mode)]))
            let informed = try AutomaticForecaster(settings: settings).forecast(.init(series: series, future: future))
            #expect(meanError(informed.yhat, actual) < 0.5 * meanError(plain.yhat, actual))
        }
    }

    @Test func unobservedWeekdaysAreNotForecast() throws {
        let series = MadeData.daily(140).selecting(rows: (0..<140).filter { $0 % 7 < 5 })
        let future = AutomaticForecaster.futureFrame(for: series, count: 15)
        #expect(future.timestamps.count == 15)
        #expect(future.timestamps.allSatisfy { SegmentPattern.weekday($0) < 5 })
        #expect(AutomaticForecaster.futureFrame(for: .init(timestamps: [], values: []), count: 3).timestamps.isEmpty)
        let allMissing = ForecastSeries(
            timestamps: MadeData.days(40), values: [Double](repeating: .nan, count: 40))
        #expect(AutomaticForecaster.futureFrame(for: allMissing, count: 3).timestamps.count == 3)
    }

    @Test func intervalsCoverAboutTheirShare() throws {
        var inside = 0.0
        var count = 0.0
        for seed in 0..<12 {
            let full = MadeData.daily(214, seed: UInt64(100 + seed))
            let result = try forecast(full.selecting(rows: Array(0..<200)))
            for row in 0..<14 {
                let actual = full.values[200 + row]
                inside += actual >= result.lower[row] && actual <= result.upper[row] ? 1 : 0
                count += 1
            }
        }
        #expect(abs(inside / count - 0.8) < 0.1)
    }

    @Test func unusableSettingsAreRefused() {
        for settings in [
            AutomaticSettings(members: []), AutomaticSettings(members: [.theta, .theta]),
            AutomaticSettings(originCount: -1), AutomaticSettings(backtestLifetimeSteps: -1),
            AutomaticSettings(shortHistoryDays: .nan),
            AutomaticSettings(prophet: ProphetSettings(changepointPriorScale: 0)),
        ] {
            #expect(throws: ForecastError.self) { try AutomaticForecaster(settings: settings) }
        }
    }

    @Test func withoutOriginsNothingIsTested() throws {
        let result = try forecast(MadeData.daily(100), settings: AutomaticSettings(originCount: 0))
        #expect(result.basis == .untested && result.errors.isEmpty)
        let nothing = try forecast(MadeData.daily(100), count: 0)
        #expect(nothing.yhat.isEmpty)
    }

    /// A back-test that looks at the history up to a day only holds until that day moves, and gives what a fresh one
    /// gives.
    @Test func aBacktestUpToADayHoldsUntilTheDayMoves() throws {
        let timestamps = (0..<160).map { Int64(19_000 + $0) * 86_400 }
        let values: [Double] = (0..<160).map { (day: Int) -> Double in Double(50 + 10 * (day % 7) + (day * 37) % 11) }
        let forecaster = try AutomaticForecaster(settings: AutomaticSettings(originCount: 3))
        func request(_ days: Int, through: Int, _ previous: AutomaticState?) -> AutomaticForecaster.Request {
            AutomaticForecaster.Request(
                series: ForecastSeries(
                    timestamps: Array(timestamps.prefix(days)), values: Array(values.prefix(days))),
                future: FutureFrame(after: timestamps[days - 1], count: 30, step: .day), previous: previous,
                backtestThrough: timestamps[through - 1])
        }
        let first = try forecaster.forecast(request(150, through: 147, nil))
        let state = first.state.withoutModel
        let carried = try forecaster.forecast(request(153, through: 147, state))
        #expect(carried == (try forecaster.forecast(request(153, through: 147, nil))))
        #expect(carried.errors == first.errors, "the back-test is the one of before")
        let moved = try forecaster.forecast(request(155, through: 154, state))
        #expect(moved == (try forecaster.forecast(request(155, through: 154, nil))))
        #expect(moved.errors != first.errors)
        // Another horizon needs another test.
        var longer = request(153, through: 147, state)
        longer.future = FutureFrame(after: timestamps[152], count: 20, step: .day)
        #expect(try forecaster.forecast(longer).errors.count == 20)
        // A day before the history leaves nothing to test on.
        let none = try forecaster.forecast(request(60, through: 1, nil))
        #expect(none.basis == .untested)
    }
}
