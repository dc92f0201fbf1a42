public import Records

/// Makes the forecasts of clients add up to that of their segment in their region, which stays as it is.
///
/// The least-squares solution for one whole: what is lacking is shared out by the error variances of the parts; parts
/// that would fall below 0 are held there and the others settle the rest.
public enum ClientReconciliation {
    /// - Parameters:
    ///   - parts: the clients' forecasts, and that of all others together, where there are any.
    ///   - whole: reconciled.
    /// - Returns: the parts with their values adjusted, day by day.
    public static func reconcile(_ parts: [DailyForecast], to whole: DailyForecast) -> [DailyForecast] {
        var parts = parts
        let dayCount = min(whole.count, parts.map(\.count).min() ?? 0)
        guard dayCount == whole.count, !parts.isEmpty else { return parts }
        let maySink = parts.map(\.isSigned)
        let variances = parts.map { max(1e-12, $0.meanVariance) }
        var columns = parts.map { _ in [Double]() }
        for index in columns.indices { columns[index].reserveCapacity(dayCount) }
        for day in 0..<dayCount {
            let base = zip(parts, maySink).map { $1 ? Double($0.baseValues[day]) : max(0, Double($0.baseValues[day])) }
            let values = adjusted(base, variances, to: whole.yhat(day), maySink: maySink)
            for index in columns.indices { columns[index].append(values[index]) }
        }
        for index in parts.indices { parts[index].reconciled = columns[index] }
        return parts
    }

    /// - Parameters:
    ///   - target: not negative, unless some part may be.
    ///   - maySink: which parts may lie below 0.
    static func adjusted(
        _ values: [Double], _ variances: [Double], to target: Double, maySink: [Bool]
    ) -> [Double] {
        var result = values
        var isHeld = [Bool](repeating: false, count: values.count)
        // Each round holds at least one more part.
        for _ in 0...values.count {
            var sum = 0.0
            var variance = 0.0
            for index in values.indices where !isHeld[index] {
                sum += values[index]
                variance += variances[index]
            }
            guard variance > 0 else { break }
            let share = (target - sum) / variance
            var fellBelow = false
            for index in values.indices where !isHeld[index] {
                result[index] = values[index] + variances[index] * share
                if result[index] < 0, !maySink[index] {
                    result[index] = 0
                    isHeld[index] = true
                    fellBelow = true
                }
            }
            if !fellBelow { break }
        }
        return result
    }
}
