/// Back-test of the members at several origins of a series' own history.
struct RollingBacktest {
    let settings: AutomaticSettings

    /// First row to predict of every origin, latest first.
    ///
    /// - Parameters:
    ///   - rowCount: observed rows.
    ///   - horizonRows: rows to predict from each origin.
    static func origins(rowCount: Int, horizonRows: Int, spacing: Int, count: Int) -> [Int] {
        var result: [Int] = []
        while result.count < count {
            let origin = rowCount - horizonRows - result.count * spacing
            guard origin >= max(30, rowCount / 3) else { break }
            result.append(origin)
        }
        return result
    }

    /// Rows between origins: four weeks of days, six weeks, three months, a day of parts of a day.
    static func spacing(_ step: CalendarStep) -> Int {
        let days = step.meanDays
        if days < 0.9 { return max(1, Int((1 / days).rounded())) }
        return days < 3 ? 28 : (days < 20 ? 6 : 3)
    }

    /// Runs the back-test; nil when the history is too short for a single origin.
    func run(
        _ history: ProphetHistory,
        horizonRows: Int,
        cache: inout DesignCache
    ) throws(ForecastError) -> AutomaticState.Backtest? {
        let observed = history.observed
        let count = observed.timestamps.count
        let rows = max(1, min(horizonRows, count / 4))
        let origins = Self.origins(
            rowCount: count, horizonRows: rows, spacing: Self.spacing(history.step), count: settings.originCount)
        var tests: [(forecasts: MemberForecasts, actual: [Double])] = []
        for origin in origins {
            // A fold that cannot be fitted (a constant regressor, say) is no evidence either way.
            if let test = try? fold(history, origin: origin, rows: rows, cache: &cache) { tests.append(test) }
        }
        guard !tests.isEmpty else { return nil }
        let members = settings.members
        let scale = observed.values.reduce(0) { $0 + abs($1) } / Double(count) + 1e-300
        var scores = [Double](repeating: 0, count: members.count)
        var memberErrors = scores
        for test in tests {
            for member in members.indices {
                var absolute = 0.0
                var signed = 0.0
                for row in test.actual.indices {
                    let error = test.actual[row] - test.forecasts.values[member][row]
                    absolute += abs(error)
                    signed += error
                }
                // Half the score is the error of single rows, half that of their sum.
                let length = Double(test.actual.count)
                memberErrors[member] += absolute / length / Double(tests.count)
                scores[member] += (absolute + abs(signed)) / length / Double(tests.count)
            }
        }
        // A few origins tell good methods from bad ones, and hardly which of the good ones is best: weights that fall
        // with the error, and no faster, leave every one of those its share.
        var weights = scores.map { 1 / ($0 / scale + 1e-9) }
        let sum = weights.reduce(0, +)
        for member in members.indices { weights[member] /= sum }
        return result(tests, weights: weights, memberErrors: memberErrors, history: history, horizonRows: horizonRows)
    }

    private func fold(
        _ history: ProphetHistory,
        origin: Int,
        rows: Int,
        cache: inout DesignCache
    ) throws(ForecastError) -> (forecasts: MemberForecasts, actual: [Double]) {
        let past = history.observed.selecting(rows: Array(0..<origin))
        let design = try cache.design(for: past)
        let fold = ProphetHistory(
            observed: past, lastTimestamp: past.timestamps[origin - 1], step: history.step)
        let actual = history.observed.selecting(rows: Array(origin..<(origin + rows)))
        let forecasts = try MemberForecasts(
            members: settings.members, history: fold, design: design, future: actual.future)
        return (forecasts, actual.values)
    }

    private func result(
        _ tests: [(forecasts: MemberForecasts, actual: [Double])],
        weights: [Double],
        memberErrors: [Double],
        history: ProphetHistory,
        horizonRows: Int
    ) -> AutomaticState.Backtest {
        let largest = history.observed.values.reduce(0) { max($0, abs($1)) }
        var usualError = 0.0
        // Which members come to the same differs from origin to origin, with the length of the history before it.
        let counting = tests.map { BlendedRows.countingOnce($0.forecasts.values, weights: weights) }
        for (test, counted) in zip(tests, counting) {
            let mean = BlendedRows.mean(test.forecasts.values, weights: counted)
            let sum = zip(test.actual, mean).reduce(0) { $0 + abs($1.0 - $1.1) }
            usualError += sum / Double(test.actual.count * tests.count)
        }
        var errors: [[Float]] = []
        var ratios: [Double] = []
        for (test, counted) in zip(tests, counting) {
            let blend = BlendedRows.robustMean(
                test.forecasts.values, weights: counted, usualError: usualError
            ).values
            var list: [Float] = []
            for row in test.actual.indices {
                let error = test.actual[row] - blend[row]
                list.append(Float(error))
                ratios.append(abs(error) / max(test.forecasts.halfWidths[row], 1e-9 * largest + 1e-300))
            }
            errors.append(list)
        }
        let factor = OrderStatistics.quantile(&ratios, probability: min(0.995, settings.prophet.intervalWidth + 0.02))
        return AutomaticState.Backtest(
            evaluatedAt: history.observed.timestamps.last ?? 0, members: settings.members, weights: weights,
            memberErrors: memberErrors, errors: errors, usualError: usualError, intervalFactor: factor,
            horizonRows: horizonRows)
    }
}
