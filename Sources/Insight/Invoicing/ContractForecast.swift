public import Records

/// What is expected of the days to come, in its two parts, with what became of such forecasts in the past.
public struct ContractForecast: Sendable {
    /// A forecast of the past, and what came.
    struct Test: Sendable {
        var expected: [Double]
        var came: [Double]
    }

    public let forecast: DailyForecast
    /// Day by day: what is due, and what history adds to it. They add up to the forecast.
    public let components: [ForecastComponent]

    /// Factor by which a band has to be wider because it rests on so few past days, at most.
    private static let scarcityMax = 2.0
    /// With fewer tests of a total its band is taken from a shorter one's.
    private static let testsMin = 3

    init(
        first: Day, gap: Int, invoices coming: ComingInvoices, unannounced: [Double], unannouncedVariance: Double,
        tests: [Test], revenue: DailySeries
    ) {
        let days = coming.days()
        let invoices = Array(days.values.dropFirst(gap))
        let added = Array(unannounced.dropFirst(gap))
        let values = zip(invoices, added).map { $0 + $1 }
        let isSigned = revenue.values.contains { $0 < 0 } || values.contains { $0 < 0 }
        let halves = days.variances.dropFirst(gap).map {
            DailyForecast.normalQuantile * ($0 + unannouncedVariance).squareRoot()
        }
        func floor(_ value: Double) -> Double { isSigned ? value : max(0, value) }
        var totals: [DailyForecast.Total] = []
        var usual: (half: Double, sum: Double)?
        for horizon in DailyForecast.horizons where horizon <= values.count {
            let sum = values.prefix(horizon).reduce(0, +)
            let chance = coming.variance(ofFirst: gap + horizon) + Double(horizon) * unannouncedVariance
            let errors = ContractForecast.errors(tests, horizon)
            var half = DailyForecast.normalQuantile * max(0, chance).squareRoot()
            if errors.count >= ContractForecast.testsMin {
                half = max(half, ContractForecast.half(errors, sum: sum, horizon: horizon))
            } else if let usual, usual.sum != 0, !tests.isEmpty {
                half = max(half, usual.half * abs(sum / usual.sum))
            } else {
                half = max(half, abs(sum) * ContractForecast.untestedShare(horizon, of: revenue.values.count))
            }
            usual = (half, sum)
            totals.append(
                DailyForecast.Total(
                    yhat: sum, lower: floor(sum - half), upper: sum + half,
                    accuracy: DailyForecast.Accuracy(errors.map { ($0.came, $0.came - $0.expected) })))
        }
        var made = DailyForecast(
            first: first, historyDays: revenue.values.count, basis: tests.isEmpty ? .untested : .backtested,
            model: ContractOutlook.modelName, members: ContractForecast.members(invoices, added),
            errors: ContractForecast.dailyErrors(tests), baseValues: values.map { Float($0) },
            baseLower: zip(values, halves).map { Float(floor($0 - $1)) },
            baseUpper: zip(values, halves).map { Float($0 + $1) },
            trend: values.map { _ in .nan }, baseTotals: totals, notes: [])
        made.isSigned = isSigned
        if tests.isEmpty {
            made.notes.append(
                "the history of \(revenue.values.count) days is too short to try the forecast on it: the interval says "
                    + "what may happen while clients go on as they did, and at least as much as so short a history leaves "
                    + "open")
        }
        forecast = made
        components = [
            ForecastComponent(
                name: ContractOutlook.memberNames.invoices, isMultiplicative: false, values: invoices),
            ForecastComponent(name: ContractOutlook.memberNames.history, isMultiplicative: false, values: added),
        ]
    }

    /// A total of the past: what was expected, and what came.
    private struct TotalError {
        var expected: Double
        var came: Double
    }

    private static func errors(_ tests: [Test], _ horizon: Int) -> [TotalError] {
        tests.filter { $0.came.count >= horizon }.map {
            TotalError(
                expected: $0.expected.prefix(horizon).reduce(0, +), came: $0.came.prefix(horizon).reduce(0, +))
        }
    }

    /// Half the band: the quantile of the errors, as shares of what was expected where there is enough of it, wider
    /// where few stretches of the past lie apart.
    private static func half(_ errors: [TotalError], sum: Double, horizon: Int) -> Double {
        let typical = errors.reduce(0) { $0 + abs($1.expected) } / Double(errors.count)
        let sizes = errors.map { error -> Double in
            let size = abs(error.came - error.expected)
            guard typical > 0 else { return size }
            return size * min(2, max(0.5, abs(sum) / max(abs(error.expected), 0.25 * typical)))
        }.sorted()
        let position = DailyForecast.intervalWidth * Double(sizes.count - 1)
        let at = Int(position)
        let next = min(at + 1, sizes.count - 1)
        let quantile = sizes[at] + (sizes[next] - sizes[at]) * (position - Double(at))
        let apart = max(1, Double(errors.count * 14) / Double(horizon))
        return quantile * min(scarcityMax, 1 + 0.25 / apart)
    }

    /// What a forecast that nothing was tried of leaves open, as a share of the total.
    private static func untestedShare(_ horizon: Int, of historyDays: Int) -> Double {
        min(1, 0.25 * (Double(horizon) / Double(max(1, historyDays))).squareRoot())
    }

    private static func dailyErrors(_ tests: [Test]) -> [DailyForecast.HorizonError] {
        DailyForecast.errorHorizons.compactMap { days in
            var absolute = 0.0
            var signed = 0.0
            var count = 0
            for test in tests where test.came.count >= days {
                for day in 0..<days {
                    absolute += abs(test.came[day] - test.expected[day])
                    signed += test.came[day] - test.expected[day]
                }
                count += days
            }
            return count == 0
                ? nil
                : DailyForecast.HorizonError(days: days, mae: absolute / Double(count), bias: signed / Double(count))
        }
    }

    private static func members(_ invoices: [Double], _ added: [Double]) -> [DailyForecast.Member] {
        let sizes = (
            invoices: invoices.reduce(0) { $0 + abs($1) }, added: added.reduce(0) { $0 + abs($1) }
        )
        let all = sizes.invoices + sizes.added
        guard all > 0 else { return [] }
        return [
            DailyForecast.Member(
                name: ContractOutlook.memberNames.invoices, weight: sizes.invoices / all, backtestMAE: nil),
            DailyForecast.Member(
                name: ContractOutlook.memberNames.history, weight: sizes.added / all, backtestMAE: nil),
        ].sorted { $0.weight > $1.weight }
    }
}
