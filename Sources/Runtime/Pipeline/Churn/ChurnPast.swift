import Freshness
import Words
import Assessment
import Features
import Gold
import Records
import RiskRules
import Standings

/// The learning problem of one training: which churn, which days, and what was known on each of them.
struct ChurnPast {
    let kind: ChurnKind
    /// Latest first; empty when no label window is over.
    let snapshotDays: [Day]
    /// Who the rows are, in words.
    let population: String
    let horizonDays: Int
    private let job: ChurnJob
    private let past: ClientPast
    /// Clients with a higher hash are left out, so that all days together have about the rows that are wanted.
    private let hashMax: UInt64

    init(_ job: ChurnJob, past: ClientPast) {
        self.job = job
        self.past = past
        let settings = job.settings.churn
        horizonDays = settings.horizonDays
        let first = ChurnPast.firstDay(job.silver)
        // A feed that has stopped says nothing of the days since.
        let clocks = job.standings.clocks
        let last = min(job.asOf, job.silver.lastDay ?? job.asOf, clocks.payments, clocks.silence)
        snapshotDays = first.map { settings.snapshotDays(first: $0, last: last) } ?? []
        switch settings.label {
        case .explicit: kind = .explicit
        case .inactivity: kind = .inactivity
        case .automatic: kind = .left
        }
        population = ChurnPopulation.statement(
            kind, activity: job.settings.gold.activity, populationDays: settings.populationDays)
        let total = snapshotDays.count * job.silver.clients.knownCount
        // Twice as many, because not all known clients are at risk; the training thins out to the number wanted.
        let share = 2 * Double(settings.rowsMax) / Double(max(1, total))
        hashMax = share >= 1 ? .max : UInt64(share * 0x1p64)
    }

    private static func firstDay(_ silver: SilverTables) -> Day? {
        var first = silver.firstEventDay?.rawValue
        for segment in silver.transactions.segments {
            for transaction in segment.values where transaction.day < first ?? .max { first = transaction.day }
        }
        return first.map { Day(rawValue: $0) }
    }

    /// A day as gold would have seen it, and what came of it.
    func day(_ day: Day) -> ChurnDay {
        let silver = job.silver.rewound(to: day, by: past)
        let (gold, standings) = refined(silver, asOf: day)
        let outcomes = ChurnOutcomes.observe(
            kind, silver: silver, gold: gold, lifecycle: job.standings.lifecycle, horizonDays: horizonDays,
            populationDays: job.settings.churn.populationDays)
        let said = job.settings.assessor.assess(gold, silver: silver)
        let ids = silver.clients.id
        var kept: [Int] = []
        var customers: [UInt64] = []
        for (row, position) in outcomes.positions.enumerated() {
            let hash = ChurnDay.customerHash(ids[Int(gold.clients[Int(position)])] ?? "")
            guard hash <= hashMax else { continue }
            kept.append(row)
            customers.append(hash)
        }
        let positions = kept.map { Int(outcomes.positions[$0]) }
        return ChurnDay(
            features: features(silver, gold, standings, at: positions),
            customers: customers, churned: kept.map { outcomes.churned[$0] },
            daysToChurn: kept.map { outcomes.daysToChurn[$0] },
            // Who is there has a score and a level.
            rulesScores: positions.map { said.rules.score[$0].isNaN ? 0 : said.rules.score[$0] },
            standing: ChurnDay.Standing(
                ruleLevels: positions.map { said.rules.level[$0] ?? .low },
                healthScores: positions.map { said.health.score[$0] },
                healthLevels: positions.map { said.health.level[$0] },
                daysSinceSeen: positions.map { ChurnPast.daysSinceSeen(gold.metrics, $0) }))
    }

    /// Since the last event or payment, or since he is a client.
    private static func daysSinceSeen(_ metrics: ClientMetrics, _ position: Int) -> Double {
        let days = [
            metrics[whole: .daysSinceLastEvent][position], metrics[whole: .daysSinceLastTransaction][position],
            metrics[whole: .tenureDays][position],
        ]
        return Double(days.filter { $0 != ClientMetrics.unknown }.min() ?? 0)
    }

    /// The population as of today, for the drift of the inputs.
    func today() -> ClientFeatures {
        let (gold, standings) = refined(job.silver, asOf: job.asOf)
        let population = ChurnPopulation(
            kind, silver: job.silver, gold: gold, populationDays: job.settings.churn.populationDays)
        let ids = job.silver.clients.id
        let positions = (0..<gold.count).filter { position in
            population.contains(position)
                && ChurnDay.customerHash(ids[Int(gold.clients[position])] ?? "") <= hashMax
        }
        return features(job.silver, gold, standings, at: positions)
    }

    private func refined(_ silver: SilverTables, asOf: Day) -> (GoldTables, CompanyStandings) {
        GoldRefinery.refineStanding(silver, asOf: asOf, settings: job.settings.gold, isParallel: false)
    }

    private func features(
        _ silver: SilverTables, _ gold: GoldTables, _ standings: CompanyStandings, at positions: [Int]
    ) -> ClientFeatures {
        FeatureRefinery(silver, gold: gold, standings: standings, settings: job.settings.gold).features(at: positions)
    }
}

extension SilverTables {
    /// How much there is to learn from: rows of all tables.
    var recordCount: Int {
        clients.knownCount + events.count + transactions.count + tickets.count + surveys.count
    }
}
