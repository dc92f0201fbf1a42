import Assessment
import Gold
import Records
import Snapshots

/// Silver and settings → a generation.
enum SnapshotMaker {
    /// From nothing but silver: the day of another answer, or a check.
    static func make(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?
    ) -> Snapshot {
        let gold = GoldRefinery.refine(silver, asOf: asOf, settings: settings.gold)
        return Snapshot(
            generation: generation, silver: silver, gold: gold,
            assessments: settings.assessor.assess(gold, silver: silver), settings: settings.gold,
            previous: previous)
    }

    /// From silver and what is known of the generation before.
    /// - Parameter history: that of `previous`; becomes that of the result.
    static func advance(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?,
        history: inout ClientHistory?
    ) -> Snapshot {
        let (updated, changed) = ClientHistory.make(silver, asOf: asOf, settings: settings.gold, previous: history)
        history = updated
        let gold = GoldRefinery.refine(silver, asOf: asOf, settings: settings.gold, history: updated)
        return Snapshot(
            generation: generation, silver: silver, gold: gold,
            assessments: settings.assessor.assess(gold, silver: silver), settings: settings.gold,
            previous: previous, changed: changed)
    }
}
