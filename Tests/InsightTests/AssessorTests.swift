import Assessment
import Gold
import HealthScore
import Records
import RiskRules
import RiverTesting
import Testing

@Suite struct AssessorTests {
    private static let asOf = Day(2024, 3, 31)
    private static let assessor = Assessor(health: HealthModel(), rules: RuleEngine(rules: RiskRule.defaults))

    /// Every client of gold has exactly one assessment.
    @Test func everyClientIsAssessed() throws {
        let tables = try Company.random(seed: 3, around: Self.asOf).river().tables
        let gold = GoldRefinery.refine(tables, asOf: Self.asOf, settings: .example)
        let assessments = Self.assessor.assess(gold, silver: tables)
        #expect(assessments.health.score.count == gold.count)
        #expect(assessments.health.level.count == gold.count)
        #expect(assessments.risk.score.count == gold.count)
        #expect(assessments.churnProbability.count == gold.count)
        #expect(assessments.churnProbability.allSatisfy { $0.isNaN })
        #expect(assessments.rules.rules == RiskRule.defaults)
        // No model has spoken: the rules do.
        #expect(assessments.risk.level == assessments.rules.level)
    }

    /// A measure whose source the house does not have is unknown for everyone, one that it has is not.
    @Test func sourcesThatAreNotThere() throws {
        var company = Company()
        company.clients = [.init(id: "c", created: Day(2024, 1, 1), type: "yearly")]
        func values() throws -> [Bool] {
            let tables = try company.river().tables
            let gold = GoldRefinery.refine(tables, asOf: Self.asOf, settings: .example)
            return Self.assessor.assess(gold, silver: tables).health.values.map { $0.first?.isNaN ?? true }
        }
        #expect(try values() == [true, true, true, true, false])
        company.tickets = [.init(id: "k", client: "other", created: 1_700_000_000_000)]
        company.events = [.init(id: "e", client: "other", type: "x", at: 1_700_000_000_000)]
        #expect(try values() == [false, true, false, true, false])
    }
}
