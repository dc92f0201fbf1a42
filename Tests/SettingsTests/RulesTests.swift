import Records
import Testing
import Words

@testable import Settings

@Suite struct RulesTests {
    private func parse(_ yaml: String) -> (settings: RiskSettings, problems: [ConfigurationProblem]) {
        var problems = ProblemList(.rules, file: "rules.yaml")
        let settings = RulesFileParser.parse(yaml, problems: &problems)
        return (settings, problems.sorted)
    }

    @Test(arguments: ["", "# nothing", "{}", "levels: {}\nhealth: { weights: {}, bands: {}, curves: {} }"])
    func whatIsLeftOutIsBuiltIn(_ yaml: String) {
        let (settings, problems) = parse(yaml)
        #expect(problems.isEmpty)
        #expect(settings == RiskSettings())
    }

    @Test func aListReplacesTheBuiltInRules() {
        #expect(parse("rules: []").settings.rules.isEmpty)
        let (settings, problems) = parse(
            """
            rules:
              - name: quiet
                category: engagement
                when:
                  - days_since_last_event>=14
                  - "events_total   !=   0"
                weight: 0.125
                text: 'silent for {value} days, {threshold} allowed'
              - { name: late, category: contract, when: days_to_renewal < -1.5e1, weight: 1, text: x, enabled: false }
            """)
        #expect(problems.isEmpty)
        #expect(
            settings.rules == [
                RiskRule(
                    name: "quiet", category: .engagement,
                    conditions: [
                        .init(metric: "days_since_last_event", comparison: .greaterOrEqual, threshold: 14),
                        .init(metric: "events_total", comparison: .notEqual, threshold: 0),
                    ], weightMicro: 125_000, text: "silent for {value} days, {threshold} allowed")
            ])
        #expect(settings.disabledRules.map(\.name) == ["late"])
        #expect(settings.disabledRules.first?.conditions.first?.threshold == -15)
        #expect(settings.disabledRules.first?.weightMicro == 1_000_000)
    }

    @Test func everyNumberArrives() {
        let (settings, problems) = parse(
            """
            levels: { medium: 0.1, high: 0.2, critical: 0.3 }
            health:
              weights: { engagement: 1, revenue: 2, support: 3, sentiment: 4, contract: 5.5 }
              bands: { healthy: 90, stable: 70, watch: 50, guard_below: 0 }
              curves:
                points_per_ticket: 1
                points_per_old_ticket: 2
                recency_half_life_days: 3
                sentiment_half_life_days: 4
            """)
        var health = HealthSettings()
        health.engagementWeight = 1
        health.revenueWeight = 2
        health.supportWeight = 3
        health.sentimentWeight = 4
        health.contractWeight = 5.5
        health.healthyFrom = 90
        health.stableFrom = 70
        health.watchFrom = 50
        health.guardBelow = 0
        health.pointsPerTicket = 1
        health.pointsPerOldTicket = 2
        health.recencyHalfLifeDays = 3
        health.sentimentHalfLifeDays = 4
        #expect(problems.isEmpty)
        #expect(settings.health == health)
        #expect(settings.levels == RiskLevels(medium: 0.1, high: 0.2, critical: 0.3))
    }

    @Test(arguments: ClientMetric.published, RiskRule.Comparison.allCases)
    func conditionsReadBackAsTheyAreWritten(_ metric: ClientMetric, _ comparison: RiskRule.Comparison) throws {
        for threshold in [0, 30, -0.5, 1e-6, 0.1 + 0.2, 1e15] {
            for otherwise in [nil, "tenure_days"] {
                let condition = RiskRule.Condition(
                    metric: metric.name, otherwise: otherwise, comparison: comparison, threshold: threshold)
                #expect(try ConditionParser.parse(condition.text) == condition)
            }
        }
    }

    @Test func conditionsNeedTheirParts() {
        for text in [
            "", " ", ">", "> 3", "tenure_days else > 3", "tenure_days > 3 4", "tenure_days > 1e16", "5 > 3", "é",
        ] {
            #expect(throws: ConditionParser.Failure.self) { try ConditionParser.parse(text) }
        }
    }

    @Test func placesInsideConditionsAreExactWhereTheyCanBe() {
        func place(_ when: String) -> FilePosition? {
            parse("rules:\n- {name: a, category: support, weight: 0, text: x, when: \(when)}\n").problems.first?
                .position
        }
        #expect(place("tenure_days > x") == FilePosition(line: 2, column: 72))
        #expect(place("'tenure_days > x'") == FilePosition(line: 2, column: 73))
        #expect(place("\"tenure_days > \\x78\"") == FilePosition(line: 2, column: 58))
        #expect(place(">\n   tenure_days > x")?.line == 2)
    }

    @Test func sixtyFourRulesAreInForceAndMoreAreNot() {
        func list(_ count: Int, enabled: Bool) -> String {
            (0..<count).map {
                "- {name: r\($0)\(enabled), category: support, weight: 0, text: x, when: mrr > 0, enabled: \(enabled)}\n"
            }.joined()
        }
        let (settings, problems) = parse("rules:\n\(list(64, enabled: true))\(list(20, enabled: false))")
        #expect(problems.isEmpty)
        #expect(settings.rules.count == RiskRule.countMax)
        #expect(settings.disabledRules.count == 20)
        #expect(parse("rules:\n\(list(65, enabled: true))").problems.count == 1)
    }

    @Test func renderedRulesReadBack() {
        for yaml in ["", "rules: []", "levels: { medium: 0.123 }\nhealth: { curves: { points_per_ticket: 0.1 } }"] {
            let settings = parse(yaml).settings
            let (again, problems) = parse(settings.render())
            #expect(problems.isEmpty)
            #expect(again == settings)
        }
    }

    @Test(arguments: [
        ("0", 0), ("1", 1_000_000), ("0.3", 300_000), ("0.000001", 1), ("12.5", 12_500_000), ("1.0", 1_000_000),
    ])
    func weightsAreExact(_ text: String, _ micro: Int) {
        #expect(NumberText.millionths(text) == micro)
    }

    @Test(arguments: ["", ".", "1.", ".5", "-1", "+1", "1e-1", "0.1234567", "1.2.3", "12345678901", "x"])
    func weightsThatAreNone(_ text: String) {
        #expect(NumberText.millionths(text) == nil)
    }
}
