import Assessment
import Features
import Gold
import Records
import Snapshots

/// Silver and settings → a generation.
enum SnapshotMaker {
    /// From nothing but silver, for a check.
    static func make(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?,
        churn: ChurnScorer?
    ) -> Snapshot {
        let gold = GoldRefinery.refine(silver, asOf: asOf, settings: settings.gold)
        return Snapshot(
            generation: generation, silver: silver, gold: gold,
            assessments: assess(silver, gold, settings, churn), settings: settings.gold,
            previous: previous)
    }

    /// From nothing but silver, for the day of another answer.
    /// - Parameter isWanted: asked now and then, on several threads.
    /// - Returns: nil when it was not wanted any more.
    static func make(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?,
        churn: ChurnScorer?, isWanted: @Sendable () -> Bool
    ) -> Snapshot? {
        let gold = GoldRefinery.refine(silver, asOf: asOf, settings: settings.gold, isWanted: isWanted)
        guard let gold else { return nil }
        let assessments = assess(silver, gold, settings, churn)
        guard isWanted() else { return nil }
        return Snapshot(
            generation: generation, silver: silver, gold: gold, assessments: assessments, settings: settings.gold,
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
        let gold =
            advancedGold(silver, asOf: asOf, settings: settings.gold, previous: previous, history: updated, changed)
            ?? GoldRefinery.refine(silver, asOf: asOf, settings: settings.gold, history: updated)
        return Snapshot(
            generation: generation, silver: silver, gold: gold,
            assessments: assess(silver, gold, settings, churn, previous: previous, changed: changed),
            settings: settings.gold, previous: previous, changed: changed)
    }

    /// - Parameters:
    ///   - churn: the model in force; nil where the rules rank the clients.
    ///   - changed: the clients whose events or transactions differ from those of `previous`; nil when any may.
    private static func assess(
        _ silver: SilverTables, _ gold: GoldTables, _ settings: PipelineSettings, _ churn: ChurnScorer?,
        previous: Snapshot? = nil, changed: [UInt32]? = nil
    ) -> Assessments {
        var result = settings.assessor.assess(gold, silver: silver)
        let features = FeatureRefinery(silver, gold: gold, settings: settings.gold)
        if let churn, let kind = ChurnKind(rawValue: churn.facts.labelKind) {
            let population = ChurnPopulation(
                kind, silver: silver, gold: gold, silenceDays: settings.churn.silenceDays)
            if let previous, let changed, previous.asOf == gold.asOf, previous.gold.clients == gold.clients,
                previous.silver.firstEventDay == silver.firstEventDay,
                previous.assessments.churn.model == churn.facts,
                previous.assessments.churn.silenceDays == settings.churn.silenceDays
            {
                let isChanged = FeatureChanges.clients(previous.silver, silver, records: changed)
                result.churn = churn.rescore(
                    previous.assessments.churn,
                    changed: (0..<gold.count).filter { isChanged[Int(gold.clients[$0])] }, features: features
                ) { population.contains($0) }
            } else {
                result.churn = churn.score(count: gold.count, features: features) { population.contains($0) }
            }
            result.churn.silenceDays = settings.churn.silenceDays
        }
        result.churn.features = features
        return result
    }

    /// From the generation before, where little has changed since.
    private static func advancedGold(
        _ silver: SilverTables, asOf: Day, settings: GoldSettings, previous: Snapshot?, history: ClientHistory,
        _ changed: [UInt32]?
    ) -> GoldTables? {
        guard let previous, let changed, previous.asOf == asOf, previous.settings == settings else { return nil }
        return GoldRefinery.advance(
            silver, settings: settings, history: history, previous: previous.gold, previousSilver: previous.silver,
            changed: changed)
    }
}
