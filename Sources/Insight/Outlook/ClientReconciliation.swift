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
        let variances = parts.map { max(1e-12, $0.meanVariance) }
        var columns = parts.map { _ in [Double]() }
        for index in columns.indices { columns[index].reserveCapacity(dayCount) }
        for day in 0..<dayCount {
            let base = parts.map { Double($0.baseValues[day]) }
            let values =
                whole.isSigned
                ? shared(base, variances, to: whole.yhat(day))
                : adjusted(base.map { max(0, $0) }, variances, to: whole.yhat(day))
            for index in columns.indices { columns[index].append(values[index]) }
        }
        for index in parts.indices {
            parts[index].reconciled = columns[index]
            if whole.isSigned { parts[index].isSigned = true }
        }
        return parts
    }

    /// What is lacking is shared out, and no part is held at 0.
    private static func shared(_ values: [Double], _ variances: [Double], to target: Double) -> [Double] {
        let share = (target - values.reduce(0, +)) / variances.reduce(0, +)
        return zip(values, variances).map { $0 + $1 * share }
    }

    /// - Parameter target: not negative.
    static func adjusted(_ values: [Double], _ variances: [Double], to target: Double) -> [Double] {
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
                if result[index] < 0 {
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
