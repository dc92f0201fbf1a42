public import HealthScore
public import Records
public import RiskRules
public import RiskValue
import Words

/// Calls the models in their order on the gold tables of a day. What is shown as the risk of a client follows from all of
/// them: ``riskMaker(_:shares:)`` makes it once the churn model has spoken, until then it is what the rules say.
public struct Assessor: Sendable {
    public var health: HealthModel
    public var rules: RuleEngine
    /// By which the probabilities of a churn model become levels of risk.
    public var modelLevels: ModelLevels

    public init(health: HealthModel, rules: RuleEngine, modelLevels: ModelLevels = ModelLevels()) {
        self.health = health
        self.rules = rules
        self.modelLevels = modelLevels
    }

    /// - Parameters:
    ///   - model: the churn model in force; nil where the rules speak of all clients.
    ///   - shares: how many clients of each level of the rules left.
    public func riskMaker(_ model: ChurnModelFacts?, shares: RuleShares = RuleShares()) -> RiskMaker {
        RiskMaker(levels: modelLevels, baseRate: model?.baseRate, shares: shares)
    }

    /// - Parameter silver: only asked which kinds of data there are.
    public func assess(_ gold: GoldTables, silver: SilverTables) -> Assessments {
        var result = Assessments()
        result.health = health.assess(
            gold.metrics, plan: gold.dimensions.tier.codes, sources: HealthModel.Sources(silver),
            dayBefore: gold.dayBefore)
        result.rules = rules.assess(gold.metrics, count: gold.count)
        for (position, status) in gold.status.enumerated() where status == .left { result.rules.withdraw(position) }
        result.churn = ChurnScores(probability: Array(repeating: .nan, count: gold.count))
        result.risk = riskMaker(nil).make(result.rules, result.churn, mrr: gold.metrics.mrr)
        return result
    }

    /// Whether a client with the same metrics would be said the same of as before: by the same settings, and compared with
    /// the same others.
    public func agrees(
        _ gold: GoldTables, _ silver: SilverTables, with previous: Assessments, of previousGold: GoldTables,
        _ previousSilver: SilverTables
    ) -> Bool {
        previous.health.settings == health.settings && previous.rules.rules == rules.rules
            && previous.rules.levels == rules.levels && previousGold.dayBefore == gold.dayBefore
            && previousGold.dimensions.tier.values == gold.dimensions.tier.values
            && HealthModel.Sources(previousSilver) == HealthModel.Sources(silver)
    }

    /// The same, from what was said of an earlier state of the same clients.
    /// - Parameters:
    ///   - changed: positions whose metrics may differ.
    /// - Returns: nil where more than these may have to be said anew.
    public func assess(
        _ gold: GoldTables, silver: SilverTables, after previous: Assessments, of previousGold: GoldTables,
        _ previousSilver: SilverTables, changed: [Int]
    ) -> Assessments? {
        guard previousGold.clients == gold.clients,
            agrees(gold, silver, with: previous, of: previousGold, previousSilver)
        else { return nil }
        let sources = HealthModel.Sources(silver)
        var result = previous
        result.health = health.assess(
            gold.metrics, plan: gold.dimensions.tier.codes, sources: sources, dayBefore: gold.dayBefore,
            after: previous.health, changed: changed)
        result.rules = rules.assess(gold.metrics, after: previous.rules, changed: changed)
        for position in changed where gold.status[position] == .left { result.rules.withdraw(position) }
        return result
    }
}
