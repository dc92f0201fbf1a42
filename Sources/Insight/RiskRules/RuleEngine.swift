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

    /// - Precondition: the metrics of all rules are names of ``ClientMetric``; the settings see to that.
    public func assess(_ metrics: ClientMetrics, count: Int) -> RuleScores {
        var result = RuleScores()
        result.rules = rules
        result.levels = levels
        result.fired = Array(repeating: 0, count: count)
        result.unknown = Array(repeating: 0, count: count)
        var sums = [Int](repeating: 0, count: count)
        // Rule by rule, so that each reads its own columns from start to end.
        for (index, rule) in bound(to: metrics).enumerated() {
            for position in 0..<count {
                rule.evaluate(
                    position, bit: 1 << UInt64(index), fired: &result.fired[position],
                    unknown: &result.unknown[position], sum: &sums[position])
            }
        }
        result.score = sums.map { RuleEngine.score(ofSum: $0) }
        result.level = result.score.map { levels.level(of: $0) }
        return result
    }

    /// The same, from the scores of an earlier state of the clients by the same rules and levels: only those who have
    /// changed are looked at.
    public func assess(_ metrics: ClientMetrics, after previous: RuleScores, changed: [Int]) -> RuleScores {
        var result = previous
        let rules = bound(to: metrics)
        for position in changed {
            var (fired, unknown, sum) = (UInt64(0), UInt64(0), 0)
            for (index, rule) in rules.enumerated() {
                rule.evaluate(position, bit: 1 << UInt64(index), fired: &fired, unknown: &unknown, sum: &sum)
            }
            let score = RuleEngine.score(ofSum: sum)
            // What is there already is not written: a column that nobody has written to is shared with the generation
            // before.
            if result.fired[position] != fired { result.fired[position] = fired }
            if result.unknown[position] != unknown { result.unknown[position] = unknown }
            if result.score[position].bitPattern != score.bitPattern { result.score[position] = score }
            if result.level[position] != levels.level(of: score) { result.level[position] = levels.level(of: score) }
        }
        return result
    }

    private static func score(ofSum sum: Int) -> Double { Double(min(sum, 1_000_000)) / 1_000_000 }

    /// A rule and the columns it reads.
    private struct BoundRule {
        var conditions: [BoundCondition]
        var weightMicro: Int

        @inline(__always)
        func evaluate(_ position: Int, bit: UInt64, fired: inout UInt64, unknown: inout UInt64, sum: inout Int) {
            var holds = !conditions.isEmpty
            var isUnknown = false
            for condition in conditions {
                var value = condition.values[position]
                if value.isNaN, let otherwise = condition.otherwise { value = otherwise[position] }
                if value.isNaN { isUnknown = true }
                if !condition.comparison.holds(value, condition.threshold) { holds = false }
            }
            if isUnknown {
                unknown |= bit
            } else if holds {
                fired |= bit
                sum += weightMicro
            }
        }
    }

    private func bound(to metrics: ClientMetrics) -> [BoundRule] {
        rules.map { rule in
            BoundRule(
                conditions: rule.conditions.compactMap { condition in
                    condition.values(metrics).map {
                        BoundCondition(
                            values: $0, otherwise: condition.otherwiseValues(metrics), comparison: condition.comparison,
                            threshold: condition.threshold)
                    }
                }, weightMicro: rule.weightMicro)
        }
    }
}
