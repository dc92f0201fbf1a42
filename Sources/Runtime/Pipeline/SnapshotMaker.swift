import Assessment
import Gold
import Records
import Snapshots

/// Silver and settings → a generation.
enum SnapshotMaker {
    static func make(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?
    ) -> Snapshot {
        let gold = GoldRefinery.refine(silver, asOf: asOf, settings: settings.gold)
        let assessments = settings.assessor.assess(gold, silver: silver)
        return Snapshot(
            generation: generation, silver: silver, gold: gold, assessments: assessments, rates: settings.gold.rates,
            previous: previous)
    }
}
