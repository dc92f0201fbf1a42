/// Interval offsets calibrated on a back-test: the mean of two views, the regression model's own interval widened
/// until it would have held, and the quantiles of back-test errors at about the same distance.
struct CalibratedInterval {
    let backtest: AutomaticState.Backtest
    /// Nominal coverage, 0..<1.
    let width: Double

    /// Offsets from the forecast for rows 1, 2, ..., lower <= 0 <= upper.
    ///
    /// - Parameter halfWidths: of the regression model's interval, per row.
    func offsets(halfWidths: [Double]) -> (lower: [Double], upper: [Double]) {
        let reach = backtest.errors.map(\.count).max() ?? 0
        // Errors measured on the origins the weights were chosen for are a little small: the quantiles allow for it.
        let high = min(0.995, 0.5 * (1 + width) + 0.0125)
        let margin = max(2, min(7, reach / 4))
        var lower: [Double] = []
        var upper: [Double] = []
        var known: (lower: Double, upper: Double) = (0, 0)
        // Ascending errors of the rows around the one at hand: from one row to the next a few come and a few go.
        var pool: [Double] = []
        for list in backtest.errors { for error in list.prefix(margin) { Self.insert(Double(error), &pool) } }
        for (row, halfWidth) in halfWidths.enumerated() {
            if row < reach {
                for list in backtest.errors {
                    if row + margin < list.count { Self.insert(Double(list[row + margin]), &pool) }
                    if row - margin > 0, row - margin <= list.count {
                        Self.remove(Double(list[row - margin - 1]), &pool)
                    }
                }
                if !pool.isEmpty {
                    known.lower = OrderStatistics.quantile(sorted: pool, probability: 1 - high)
                    known.upper = OrderStatistics.quantile(sorted: pool, probability: high)
                }
            }
            let own = backtest.intervalFactor * halfWidth
            lower.append(min(0, 0.5 * (known.lower - own)))
            upper.append(max(0, 0.5 * (known.upper + own)))
        }
        return (lower, upper)
    }

    private static func insert(_ error: Double, _ pool: inout [Double]) {
        pool.insert(error, at: firstIndex(error, pool))
    }

    private static func remove(_ error: Double, _ pool: inout [Double]) {
        let index = firstIndex(error, pool)
        if index < pool.count { pool.remove(at: index) }
    }

    /// Index of the first element that is not below `error`.
    private static func firstIndex(_ error: Double, _ pool: [Double]) -> Int {
        var low = 0
        var high = pool.count
        while low < high {
            let middle = (low + high) / 2
            if pool[middle] < error { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
