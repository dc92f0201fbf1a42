import Records
import RiskRules
import RiverTesting
import Testing

/// The rule engine: exact sums, levels, and rules whose input is unknown.
@Suite struct RuleTests {
    private func assess(_ metrics: ClientMetrics, _ rules: [RiskRule] = RiskRule.defaults) -> RuleScores {
        RuleEngine(rules: rules).assess(metrics, count: metrics.tenureDays.count)
    }

    /// All combinations of the four rules, each just on and just off its threshold.
    @Test(arguments: 0..<16)
    func exactSums(combination: Int) {
        var metrics = quietMetrics(1)
        metrics.daysSinceLastLogin = [combination & 1 != 0 ? 31 : 30]
        metrics.tickets30Days = [combination & 2 != 0 ? 6 : 5]
        metrics.mrrDecline = [combination & 4 != 0 ? 0.2000001 : 0.2]
        metrics.daysToRenewal = [combination & 8 != 0 ? 90 : 91]
        metrics.engagementScore = [0.4999]
        let risk = assess(metrics)
        let sums: [Double] = [0, 0.3, 0.2, 0.5, 0.5, 0.8, 0.7, 1, 0.3, 0.6, 0.5, 0.8, 0.8, 1, 1, 1]
        let expected = sums[combination]
        #expect(risk.score == [expected])
        #expect(risk.fired == [UInt64(combination)])
        #expect(risk.unknown == [0])
        let levels: [RiskScores.Level] = [
            .low, .medium, .low, .medium, .medium, .high, .high, .critical, .medium, .high, .medium, .high, .high,
            .critical,
            .critical, .critical,
        ]
        #expect(risk.level == [levels[combination]])
    }

    @Test func neverLoggedIn() {
        var metrics = quietMetrics(2)
        metrics.tenureDays = [31, 30]
        // Unknown: the tenure counts. Without MRR the decline is unknown, without a contract its end: neither fires.
        let risk = assess(metrics)
        #expect(risk.score == [0.3, 0])
        #expect(risk.fired == [1, 0])
        #expect(risk.unknown == [12, 12])
    }

    @Test func unknownIsNotFired() {
        var metrics = quietMetrics(1)
        let rule = RiskRule(
            name: "r", category: .engagement,
            conditions: [
                .init(metric: "days_since_last_login", comparison: .greater, threshold: 1),
                .init(metric: "tenure_days", comparison: .greaterOrEqual, threshold: 100),
            ], weightMicro: 400_000, text: "")
        #expect(assess(metrics, [rule]).unknown == [1])
        metrics.daysSinceLastLogin = [2]
        #expect(assess(metrics, [rule]).fired == [0])
        #expect(assess(metrics, [rule]).unknown == [0])
        metrics.tenureDays = [100]
        #expect(assess(metrics, [rule]).fired == [1])
        #expect(assess(metrics, [rule]).score == [0.4])
        // "!=" of an unknown value does not fire either.
        let other = RiskRule(
            name: "o", category: .support, conditions: [.init(metric: "last_nps", comparison: .notEqual, threshold: 5)],
            weightMicro: 1, text: "")
        #expect(assess(metrics, [other]).fired == [0])
        #expect(assess(metrics, [other]).unknown == [1])
    }

    @Test func theSumIsCapped() {
        let rules = (0..<30).map {
            RiskRule(
                name: "r\($0)", category: .revenue,
                conditions: [.init(metric: "events_total", comparison: .equal, threshold: 0)], weightMicro: 50_000,
                text: "")
        }
        #expect(assess(quietMetrics(1), Array(rules.prefix(19))).score == [0.95])
        #expect(assess(quietMetrics(1), rules).score == [1])
        #expect(assess(quietMetrics(1), []).score == [0])
        let empty = RiskRule(name: "e", category: .contract, conditions: [], weightMicro: 900_000, text: "")
        #expect(assess(quietMetrics(1), [empty]).score == [0])
        let many = RuleEngine(rules: (0..<70).map { _ in rules[0] })
        #expect(many.rules.count == 64)
        #expect(many.assess(quietMetrics(1), count: 1).fired == [.max])
    }

    @Test(
        arguments: [
            (0, RiskScores.Level.low), (0.299999, .low), (0.3, .medium), (0.6, .high), (0.899999, .high),
            (0.9, .critical),
            (1, .critical),
        ] as [(Double, RiskScores.Level)])
    func levels(score: Double, level: RiskScores.Level) {
        #expect(RuleEngine(rules: []).levels.level(of: score) == level)
    }

    @Test func levelsAreConfigured() {
        let engine = RuleEngine(rules: [], levels: RiskLevels(medium: 0.1, high: 0.2, critical: 0.25))
        let levels = ([0.05, 0.1, 0.2, 0.25] as [Double]).map { engine.levels.level(of: $0) }
        #expect(levels == [.low, .medium, .high, .critical])
    }
}
