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
        var column: MetricColumn
        var otherwise: MetricColumn?
        var comparison: RiskRule.Comparison
        var threshold: Double
    }

    /// - Precondition: the metrics of all rules are names of ``MetricColumn``; the settings see to that.
    public func assess(_ metrics: ClientMetrics, count: Int) -> RiskScores {
        var result = RiskScores()
        result.rules = rules
        result.score.reserveCapacity(count)
        result.level.reserveCapacity(count)
        result.fired.reserveCapacity(count)
        result.unknown.reserveCapacity(count)
        let bound = rules.map { rule in
            rule.conditions.compactMap { condition in
                MetricColumn(rawValue: condition.metric).map {
                    BoundCondition(
                        column: $0, otherwise: condition.otherwise.flatMap(MetricColumn.init(rawValue:)),
                        comparison: condition.comparison, threshold: condition.threshold)
                }
            }
        }
        for position in 0..<count {
            var fired: UInt64 = 0
            var unknown: UInt64 = 0
            var sum = 0
            for (index, conditions) in bound.enumerated() {
                var holds = !conditions.isEmpty
                var isUnknown = false
                for condition in conditions {
                    var value = condition.column.value(metrics, position)
                    if value.isNaN, let otherwise = condition.otherwise { value = otherwise.value(metrics, position) }
                    if value.isNaN { isUnknown = true }
                    if !condition.comparison.holds(value, condition.threshold) { holds = false }
                }
                if isUnknown {
                    unknown |= 1 << UInt64(index)
                } else if holds {
                    fired |= 1 << UInt64(index)
                    sum += rules[index].weightMicro
                }
            }
            let score = Double(min(sum, 1_000_000)) / 1_000_000
            result.score.append(score)
            result.level.append(level(of: score))
            result.fired.append(fired)
            result.unknown.append(unknown)
        }
        return result
    }

    public func level(of score: Double) -> RiskScores.Level {
        if score >= levels.critical { return .critical }
        if score >= levels.high { return .high }
        return score >= levels.medium ? .medium : .low
    }
}
