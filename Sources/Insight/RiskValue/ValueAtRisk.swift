public import Records

/// What is at stake: what a client pays in a year, times the probability that he leaves.
public enum ValueAtRisk {
    /// - Parameters:
    ///   - mrr: micro-units; nil where it is unknown.
    ///   - probability: nil, or not a number, where it is unknown.
    /// - Returns: micro-units, rounded half-even; nil where it is unknown.
    public static func amount(mrr: Int64?, probability: Double?) -> Int64? {
        guard let mrr, let probability, !probability.isNaN else { return nil }
        let value = (12 * Double(mrr) * min(1, max(0, probability))).rounded(.toNearestOrEven)
        return Int64(exactly: value) ?? (value < 0 ? .min : .max)
    }

    /// By what lists of risks are ordered, highest first, while nothing is known of probabilities.
    public static func order(mrr: Int64?, ruleScore: Double) -> Double { ruleScore * Double(mrr ?? 0) }
}

/// What is at risk of a selection of clients who are there.
public struct AtRiskSums: Sendable, Equatable {
    /// At the high or the critical level.
    public private(set) var customers = 0
    /// Their MRR, in micro-units.
    public private(set) var mrr: Int64 = 0
    /// Of all of the selection, whatever their level; nil while nobody's is known.
    public private(set) var value: Int64?

    public init() {}

    public static func isAtRisk(_ level: RiskScores.Level?) -> Bool { level.map { $0 >= .high } ?? false }

    public mutating func add(level: RiskScores.Level?, mrr: Int64?, valueAtRisk: Int64?) {
        if AtRiskSums.isAtRisk(level) {
            customers += 1
            self.mrr = self.mrr.addingSaturated(mrr ?? 0)
        }
        if let valueAtRisk { value = (value ?? 0).addingSaturated(valueAtRisk) }
    }

    public mutating func merge(_ other: AtRiskSums) {
        customers += other.customers
        mrr = mrr.addingSaturated(other.mrr)
        if let otherValue = other.value { value = (value ?? 0).addingSaturated(otherValue) }
    }
}
