import RiskValue
import Assessment
import Features
import Gold
import Records
import Snapshots
import Standings

/// Silver and settings → a generation.
enum SnapshotMaker {
    /// From nothing but silver, for a check.
    static func make(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?,
        risk: RiskSources
    ) -> Snapshot {
        let history = ClientHistory.make(silver, asOf: asOf, settings: settings.gold).history
        let standings = StandingsRefinery.standings(silver, asOf: asOf, settings: settings.gold)
        let gold = GoldRefinery.refine(silver, settings: settings.gold, history: history, standings: standings)
        return Snapshot(
            generation: generation, silver: silver, gold: gold,
            assessments: assess(silver, gold, standings, settings, risk), settings: settings.gold,
            standings: standings,
            previous: previous)
    }

    /// From nothing but silver, for the day of another answer.
    /// - Parameter isWanted: asked now and then, on several threads.
    /// - Returns: nil when it was not wanted any more.
    static func make(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?,
        risk: RiskSources, isWanted: @Sendable () -> Bool
    ) -> Snapshot? {
        let refined = GoldRefinery.refine(silver, asOf: asOf, settings: settings.gold, isWanted: isWanted)
        guard let (gold, standings) = refined else { return nil }
        let assessments = assess(silver, gold, standings, settings, risk)
        guard isWanted() else { return nil }
        return Snapshot(
            generation: generation, silver: silver, gold: gold, assessments: assessments, settings: settings.gold,
            standings: standings, previous: previous)
    }

    /// From silver and what is known of the generation before.
    /// - Parameters:
    ///   - history: that of `previous`; becomes that of the result. The standings too.
    ///   - isWanted: asked now and then, on several threads; once it is not, it stays so.
    /// - Returns: nil when it was not wanted any more; then nothing is known of a generation before.
    static func advance(
        silver: SilverTables, asOf: Day, settings: PipelineSettings, generation: UInt64, previous: Snapshot?,
        history: inout ClientHistory?, standings: inout StandingsRefinery.Carried?, risk: RiskSources,
        isWanted: @Sendable () -> Bool
    ) -> Snapshot? {
        // Taken out of its place: what nobody else has is changed where it lies.
        let former = history
        history = nil
        let (updated, changed) = ClientHistory.make(
            silver, asOf: asOf, settings: settings.gold, previous: consume former, isWanted: isWanted)
        history = updated
        var isComplete = false
        defer { if !isComplete { (history, standings) = (nil, nil) } }
        guard isWanted() else { return nil }
        let formerStandings = standings
        standings = nil
        let (carried, moved) = StandingsRefinery.make(
            silver, asOf: asOf, settings: settings.gold, previous: formerStandings, changed: changed, isWanted: isWanted
        )
        standings = carried
        guard isWanted() else { return nil }
        // Where others than those who have changed may stand elsewhere, nothing is known of what has stayed.
        let stayed = moved == nil ? nil : previous
        let advanced = advancedGold(
            silver, asOf: asOf, settings: settings.gold, previous: stayed, history: updated, carried.standings, changed)
        let gold =
            advanced
            ?? GoldRefinery.refine(
                silver, settings: settings.gold, history: updated, standings: carried.standings, isWanted: isWanted)
        guard isWanted() else { return nil }
        var changes: GenerationChanges?
        if let previous = stayed, let changed {
            if advanced != nil {
                changes = GenerationChanges(previous, clients: changed, isActivityOnly: true)
            } else if previous.gold.metrics.measured == gold.metrics.measured,
                let touched = clientsTouched(previous, silver, asOf, settings.gold, records: changed)
            {
                changes = GenerationChanges(previous, clients: touched, isActivityOnly: false)
            }
        }
        let assessments = assess(
            silver, gold, carried.standings, settings, risk, previous: previous, &changes)
        guard isWanted() else { return nil }
        isComplete = true
        return Snapshot(
            generation: generation, silver: silver, gold: gold, assessments: assessments, settings: settings.gold,
            standings: carried.standings, previous: previous, changed: moved ?? changed, changes: changes)
    }

    private static func assess(
        _ silver: SilverTables, _ gold: GoldTables, _ standings: CompanyStandings, _ settings: PipelineSettings,
        _ sources: RiskSources
    ) -> Assessments {
        var changes: GenerationChanges?
        return assess(silver, gold, standings, settings, sources, previous: nil, &changes)
    }

    /// - Parameters:
    ///   - sources: what risk follows from beside the rules.
    ///   - changes: what is known of the difference from `previous`; what all clients may have of it is noted there.
    private static func assess(
        _ silver: SilverTables, _ gold: GoldTables, _ standings: CompanyStandings, _ settings: PipelineSettings,
        _ sources: RiskSources, previous: Snapshot?, _ changes: inout GenerationChanges?
    ) -> Assessments {
        var result: Assessments
        var carried: Assessments?
        if let previous, let changed = changes?.positions {
            carried = settings.assessor.assess(
                gold, silver: silver, after: previous.assessments, of: previous.gold, previous.silver,
                changed: changed)
        }
        result = carried ?? settings.assessor.assess(gold, silver: silver)
        if let previous, carried == nil {
            changes?.assessmentsMoved = !settings.assessor.agrees(
                gold, silver, with: previous.assessments, of: previous.gold, previous.silver)
        }
        let features = FeatureRefinery(silver, gold: gold, standings: standings, settings: settings.gold)
        result.churn = score(
            silver, gold, settings, sources.scorer, features, previous: previous, &changes, rulesOnly: result.churn)
        result.churn.features = features
        let maker = settings.assessor.riskMaker(result.churn.model, shares: sources.shares)
        if let previous, carried != nil, let changed = changes?.positions, changes?.assessmentsMoved == false {
            result.risk = maker.make(
                result.rules, result.churn, mrr: gold.metrics.mrr, after: previous.assessments.risk, changed: changed)
        } else {
            result.risk = maker.make(result.rules, result.churn, mrr: gold.metrics.mrr)
        }
        if let previous, result.risk.terms != previous.assessments.risk.terms { changes?.assessmentsMoved = true }
        return result
    }

    /// What the churn model in force says; `rulesOnly` where there is none.
    private static func score(
        _ silver: SilverTables, _ gold: GoldTables, _ settings: PipelineSettings, _ churn: ChurnScorer?,
        _ features: FeatureRefinery, previous: Snapshot?, _ changes: inout GenerationChanges?, rulesOnly: ChurnScores
    ) -> ChurnScores {
        guard let churn, let kind = ChurnKind(rawValue: churn.facts.labelKind) else {
            guard previous?.assessments.churn.model != nil else { return rulesOnly }
            // The model that spoke before has been withdrawn.
            changes?.assessmentsMoved = true
            return ChurnScores(probability: Array(repeating: .nan, count: gold.count))
        }
        let population = ChurnPopulation(
            kind, silver: silver, gold: gold, populationDays: settings.churn.populationDays)
        let before = previous?.assessments.churn
        let isSameModel =
            before?.model == churn.facts && before?.populationDays == settings.churn.populationDays
        var result: ChurnScores
        if let before, isSameModel, let changed = changes?.positions {
            result = churn.rescore(before, changed: changed, features: features) { population.contains($0) }
        } else if let previous, let before, isSameModel, let clients = changes?.clients,
            previous.gold.clients == gold.clients, previous.gold.metrics.measured == gold.metrics.measured
        {
            let touched = Set(clients)
            result = churn.rescore(
                before, changed: gold.clients.indices.filter { touched.contains(gold.clients[$0]) }, features: features
            ) { population.contains($0) }
        } else {
            result = churn.score(count: gold.count, features: features) { population.contains($0) }
            changes?.assessmentsMoved = true
        }
        result.populationDays = settings.churn.populationDays
        return result
    }

    /// The clients of whom anything was recorded since the generation before, by dense index; nil where even others may
    /// have other metrics and features.
    private static func clientsTouched(
        _ previous: Snapshot, _ silver: SilverTables, _ asOf: Day, _ settings: GoldSettings, records: [UInt32]
    ) -> [UInt32]? {
        guard previous.asOf == asOf, previous.settings == settings,
            previous.silver.firstEventDay == silver.firstEventDay,
            previous.silver.clients.count <= silver.clients.count
        else { return nil }
        let isTouched = FeatureChanges.clients(previous.silver, silver, records: records)
        return isTouched.indices.filter { isTouched[$0] }.map { UInt32($0) }
    }

    /// From the generation before, where little has changed since.
    private static func advancedGold(
        _ silver: SilverTables, asOf: Day, settings: GoldSettings, previous: Snapshot?, history: ClientHistory,
        _ standings: CompanyStandings, _ changed: [UInt32]?
    ) -> GoldTables? {
        guard let previous, let changed, previous.asOf == asOf, previous.settings == settings else { return nil }
        return GoldRefinery.advance(
            silver, settings: settings, history: history, standings: standings, previous: previous.gold,
            previousSilver: previous.silver, changed: changed)
    }
}
