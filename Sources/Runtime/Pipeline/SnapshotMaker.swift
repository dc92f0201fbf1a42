import Assessment
import Features
import Gold
import Records
import Snapshots

/// Silver and settings → a generation.
enum SnapshotMaker {
    /// From nothing but silver: the day of another answer, or a check.
    static func make(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?,
        churn: ChurnScorer?
    ) -> Snapshot {
        let gold = GoldRefinery.refine(silver, asOf: asOf, settings: settings.gold)
        return Snapshot(
            generation: generation, silver: silver, gold: gold,
            assessments: assess(silver, gold, settings, churn), rates: settings.gold.rates,
            previous: previous)
    }

    /// From silver and what is known of the generation before.
    /// - Parameter history: that of `previous`; becomes that of the result.
    static func advance(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?,
        history: inout ClientHistory?, churn: ChurnScorer?
    ) -> Snapshot {
        let (updated, changed) = ClientHistory.make(silver, asOf: asOf, settings: settings.gold, previous: history)
        history = updated
        let gold = GoldRefinery.refine(silver, asOf: asOf, settings: settings.gold, history: updated)
        return Snapshot(
            generation: generation, silver: silver, gold: gold,
            assessments: assess(silver, gold, settings, churn), rates: settings.gold.rates,
            previous: previous, changed: changed)
    }

    /// - Parameter churn: the model in force; nil where the rules rank the clients.
    private static func assess(
        _ silver: SilverTables, _ gold: GoldTables, _ settings: PipelineSettings, _ churn: ChurnScorer?
    ) -> Assessments {
        var result = settings.assessor.assess(gold, silver: silver)
        let features = FeatureRefinery(silver, gold: gold, settings: settings.gold)
        if let churn, let kind = ChurnKind(rawValue: churn.facts.labelKind) {
            let population = ChurnPopulation(
                kind, silver: silver, gold: gold, silenceDays: settings.churn.silenceDays)
            result.churn = churn.score(count: gold.count, features: features) { population.contains($0) }
        }
        result.churn.features = features
        return result
    }
}
