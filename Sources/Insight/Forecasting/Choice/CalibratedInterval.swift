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
        let high = min(0.995, 0.5 * (1 + width) + 0.025)
        let margin = max(2, min(7, reach / 4))
        var lower: [Double] = []
        var upper: [Double] = []
        var known: (lower: Double, upper: Double) = (0, 0)
        for (row, halfWidth) in halfWidths.enumerated() {
            if row < reach {
                var pool: [Double] = []
                for list in backtest.errors {
                    let first = max(0, row - margin)
                    let last = min(list.count - 1, row + margin)
                    if first <= last { for index in first...last { pool.append(Double(list[index])) } }
                }
                if !pool.isEmpty {
                    known.lower = OrderStatistics.quantile(&pool, probability: 1 - high)
                    known.upper = OrderStatistics.quantile(&pool, probability: high)
                }
            }
            let own = backtest.intervalFactor * halfWidth
            lower.append(min(0, 0.5 * (known.lower - own)))
            upper.append(max(0, 0.5 * (known.upper + own)))
        }
        return (lower, upper)
    }
}
