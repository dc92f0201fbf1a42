import Assessment
import Gold
import HealthScore
import Records
import RiskRules
import RiverTesting
import Snapshots

/// A generation of a company as of a day.
func snapshot(
    _ river: River, asOf: Day = Day(2024, 3, 31), settings: GoldSettings = .example, generation: UInt64 = 1,
    rules: [RiskRule] = RiskRule.defaults, previous: Snapshot? = nil, changed: [UInt32]? = nil
) -> Snapshot {
    let gold = GoldRefinery.refine(river.tables, asOf: asOf, settings: settings)
    let assessments = Assessor(health: HealthModel(), rules: RuleEngine(rules: rules))
        .assess(gold, silver: river.tables)
    return Snapshot(
        generation: generation, silver: river.tables, gold: gold, assessments: assessments, settings: settings,
        previous: previous, changed: changed)
}
