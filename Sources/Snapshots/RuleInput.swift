import Records

/// What the first condition of a rule looks at, for all clients of a generation.
public struct RuleInput: Sendable {
    private let values: MetricValues?
    private let otherwise: MetricValues?

    init(_ rule: RiskRule, _ metrics: ClientMetrics) {
        let condition = rule.conditions.first
        values = condition?.values(metrics)
        otherwise = condition?.otherwiseValues(metrics)
    }

    /// The value that was compared; NaN when unknown.
    public func observed(_ position: Int) -> Double {
        let value = values?[position] ?? .nan
        guard value.isNaN, let otherwise else { return value }
        return otherwise[position]
    }
}
