public import Records

/// Evaluates the rules of the rule file on every client.
///
/// The score is the exact sum of the weights of the rules that fire, 1 at most. A rule whose input is unknown is not
/// evaluated: that is kept apart from a rule that does not fire.
public struct RuleEngine: Sendable {
    public let rules: [RiskRule]
    public let levels: RiskLevels

    public init(rules: [RiskRule], levels: RiskLevels = RiskLevels()) {
        self.rules = Array(rules.prefix(RiskRule.countMax))
        self.levels = levels
    }

    private struct BoundCondition {
        var values: MetricValues
        var otherwise: MetricValues?
        var comparison: RiskRule.Comparison
        var threshold: Double
    }

    /// - Precondition: the metrics of all rules are names of ``MetricColumn``; the settings see to that.
    public func assess(_ metrics: ClientMetrics, count: Int) -> RiskScores {
        var result = RiskScores()
        result.rules = rules
        result.fired = Array(repeating: 0, count: count)
        result.unknown = Array(repeating: 0, count: count)
        var sums = [Int](repeating: 0, count: count)
        // Rule by rule, so that each reads its own columns from start to end.
        for (index, rule) in rules.enumerated() {
            let conditions = rule.conditions.compactMap { condition in
                MetricColumn(rawValue: condition.metric).map {
                    BoundCondition(
                        values: $0.values(metrics),
                        otherwise: condition.otherwise.flatMap(MetricColumn.init(rawValue:))?.values(metrics),
                        comparison: condition.comparison, threshold: condition.threshold)
                }
            }
            let bit: UInt64 = 1 << UInt64(index)
            for position in 0..<count {
                var holds = !conditions.isEmpty
                var isUnknown = false
                for condition in conditions {
                    var value = condition.values[position]
                    if value.isNaN, let otherwise = condition.otherwise { value = otherwise[position] }
                    if value.isNaN { isUnknown = true }
                    if !condition.comparison.holds(value, condition.threshold) { holds = false }
                }
                if isUnknown {
                    result.unknown[position] |= bit
                } else if holds {
                    result.fired[position] |= bit
                    sums[position] += rule.weightMicro
                }
            }
        }
        result.score = sums.map { Double(min($0, 1_000_000)) / 1_000_000 }
        result.level = result.score.map { level(of: $0) }
        return result
    }

    public func level(of score: Double) -> RiskScores.Level {
        if score >= levels.critical { return .critical }
        if score >= levels.high { return .high }
        return score >= levels.medium ? .medium : .low
    }
}
