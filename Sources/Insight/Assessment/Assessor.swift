public import HealthScore
public import Records
public import RiskRules

/// Calls the models in their order on the gold tables of a day.
public struct Assessor: Sendable {
    public var health: HealthModel
    public var rules: RuleEngine

    public init(health: HealthModel, rules: RuleEngine) {
        self.health = health
        self.rules = rules
    }

    /// - Parameter silver: only asked which kinds of data there are.
    public func assess(_ gold: GoldTables, silver: SilverTables) -> Assessments {
        var result = Assessments()
        result.health = health.assess(
            gold.metrics, plan: gold.dimensions.tier.codes, sources: HealthModel.Sources(silver))
        result.risk = rules.assess(gold.metrics, count: gold.count)
        result.churn = ChurnScores(probability: Array(repeating: .nan, count: gold.count))
        return result
    }
}
