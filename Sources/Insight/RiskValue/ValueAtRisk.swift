public import Records

/// What is at stake: what a client pays in a year, times the probability that he leaves.
public enum ValueAtRisk {
    /// - Parameters:
    ///   - mrr: micro-units; ``ClientMetrics/unknownAmount`` where it is unknown.
    ///   - probability: not a number where it is unknown.
    /// - Returns: micro-units, rounded half-even; ``ClientMetrics/unknownAmount`` where it is unknown.
    @inlinable
    public static func amount(mrr: Int64, probability: Double) -> Int64 {
        if mrr == ClientMetrics.unknownAmount || probability.isNaN { return ClientMetrics.unknownAmount }
        let value = (12 * Double(mrr) * min(1, max(0, probability))).rounded(.toNearestOrEven)
        return Int64(exactly: value) ?? .max
    }
}
