public import Records

/// Evaluates the rules of the rule file on every client.
///
/// The score is the exact sum of the weights of the rules that fire, 1 at most. A rule whose input is unknown is not
/// evaluated: that is kept apart from a rule that does not fire.
public struct RuleEngine: Sendable {
    /// Lower bounds of the levels above `low`.
    public struct Levels: Sendable, Equatable {
        public var medium: Double
        public var high: Double
        public var critical: Double

        public init(medium: Double = 0.3, high: Double = 0.6, critical: Double = 0.9) {
            self.medium = medium
            self.high = high
            self.critical = critical
        }
    }

    /// More rules than a person can keep in mind, and as many as there are bits.
    public static let ruleCountMax = 64

    public let rules: [RiskRule]
    public let levels: Levels

    public init(rules: [RiskRule], levels: Levels = Levels()) {
        self.rules = Array(rules.prefix(RuleEngine.ruleCountMax))
        self.levels = levels
    }

    /// The three rules the product starts with.
    public static let defaultRules: [RiskRule] = [
        RiskRule(
            name: "inactive_login", category: .engagement,
            conditions: [
                .init(metric: "days_since_last_login", otherwise: "tenure_days", comparison: .greater, threshold: 30)
            ],
            weightMicro: 300_000, text: "no login for {value} days", playbook: "usage_drop"),
        RiskRule(
            name: "many_tickets", category: .support,
            conditions: [.init(metric: "support_tickets_30d", comparison: .greater, threshold: 5)],
            weightMicro: 200_000, text: "{value} support tickets in 30 days", playbook: "support_escalation"),
        RiskRule(
            name: "revenue_decline", category: .revenue,
            conditions: [.init(metric: "revenue_decline_90d", comparison: .greater, threshold: 0.2)],
            weightMicro: 500_000, text: "revenue of 90 days fell by {percent}", playbook: "silent_account"),
    ]

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
