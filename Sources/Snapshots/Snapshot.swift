import Locks
public import Records
public import Rollup
import Freshness
public import Standings

/// One immutable generation of everything that is served: silver, gold and assessments as of one day, and the look-ups
/// that make answers fast. Readers keep a whole generation; it never changes under them.
public final class Snapshot: Sendable {
    /// Grows with every generation of this process.
    public let generation: UInt64
    /// Names the content: the same data, settings and day give the same name.
    public let id: String
    public let asOf: Day
    public let silver: SilverTables
    public let gold: GoldTables
    public let assessments: Assessments
    /// Where the company and its clients stand.
    public let standings: CompanyStandings
    /// How gold was derived.
    public let settings: GoldSettings
    public var rates: ExchangeRates { settings.rates }
    public let baseCurrency: String
    /// Whether amounts are so large that figures made of them may be cut.
    public let cutsAmounts: Bool
    public let lookup: ClientLookup
    /// The position of every dense client index; -1 for clients that have none.
    public let positionOfClient: [Int32]
    public let groups: ClientGroups
    /// Positions and sums by group and risk level.
    public let buckets: ClientBuckets
    /// The place of every position in the byte order of the customer ids.
    public let rankByID: [UInt32]
    /// Whether events of a kind are logins.
    public let isLoginKind: [Bool]
    /// The attribute columns in the order of their names.
    public let attributesByName: [Int]
    /// What the first condition of every rule looks at.
    public let ruleInputs: [RuleInput]
    /// Monthly cells by group; any question about dimensions is a sum over them. Where ``ClientGroups/isTooMany`` says
    /// so they are those of all clients alone, as one group.
    public let monthly: MonthlyRollup
    /// How this generation differs from the one before; nil where anything may.
    public let changes: GenerationChanges?
    private let digest: SnapshotDigest
    private let explanations: ExplanationStore?
    private let memo = Guarded<Memo>(Memo())

    /// Results that are worked out when they are first asked for; they follow from the rest.
    private struct Memo: ~Copyable {
        var orders: [SortKey: OrderState] = [:]
        var cohorts: [CohortDefinition: CohortTable] = [:]
        var heatmap: EngagementHeatmap?
        var forecasts: ForecastBook?
        var healthHistory: HealthHistoryBook?
    }

    private enum OrderState {
        case pending
        case known(SortOrder)

        var known: SortOrder? { if case .known(let order) = self { order } else { nil } }
    }

    /// - Parameters:
    ///   - standings: of the same tables, settings and day; worked out here where nobody has them.
    ///   - previous: an earlier generation; what still holds of it is carried over, the result is the same without.
    ///   - changed: the clients (dense indices) whose months may differ from those of `previous`; nil when any may.
    ///   - changes: how everything about the clients differs from `previous`; nil when anything may.
    public init(
        generation: UInt64, silver: SilverTables, gold: GoldTables, assessments: Assessments, settings: GoldSettings,
        standings: CompanyStandings? = nil, previous: Snapshot?, changed: [UInt32]? = nil,
        changes: GenerationChanges? = nil
    ) {
        self.generation = generation
        self.silver = silver
        self.gold = gold
        self.assessments = assessments
        let standings = standings ?? StandingsRefinery.standings(silver, asOf: gold.asOf, settings: settings)
        self.standings = standings
        self.settings = settings
        self.changes = changes
        // What holds of the clients themselves, holds still.
        let steady = changes.flatMap { $0.since == previous?.generation && $0.positions != nil ? previous : nil }
        baseCurrency = settings.rates.baseCurrency
        isLoginKind = silver.events.kinds.kinds.map { settings.loginEvents.contains($0.type) }
        attributesByName = silver.clients.attributeNames.indices.sorted {
            silver.clients.attributeNames[$0] < silver.clients.attributeNames[$1]
        }
        asOf = gold.asOf
        cutsAmounts = gold.metrics.cutsAmounts
        explanations = Snapshot.explanations(assessments.churn, gold, previous: previous)
        if let previous, previous.lookup.count == silver.clients.count {
            lookup = previous.lookup
        } else {
            // Client indices are only ever appended, so the old look-up is a prefix of the new one.
            let usable = (previous?.lookup.count ?? 0) <= silver.clients.count ? previous?.lookup : nil
            lookup = ClientLookup(silver.clients, previous: usable)
        }
        let positions = steady?.positionOfClient ?? Snapshot.positions(gold.clients, of: silver.clients.count)
        positionOfClient = positions
        groups = steady?.groups ?? ClientGroups(gold.dimensions, count: gold.count)
        buckets = ClientBuckets(groups, gold, assessments)
        ruleInputs = assessments.rules.rules.map { RuleInput($0, gold.metrics) }
        if let previous, previous.lookup === lookup, previous.gold.clients == gold.clients {
            rankByID = previous.rankByID
        } else {
            var ranks = [UInt32](repeating: 0, count: gold.count)
            var rank: UInt32 = 0
            for client in lookup.byID where positions[Int(client)] >= 0 {
                ranks[Int(positions[Int(client)])] = rank
                rank += 1
            }
            rankByID = ranks
        }
        var predecessor: MonthlyRollup.Predecessor?
        // What was cut cannot be taken out of a sum again.
        if let previous, let changed, !cutsAmounts, !previous.cutsAmounts, previous.gold.clients == gold.clients,
            previous.groups.isTooMany == groups.isTooMany,
            groups.isTooMany
                || previous.groups.groupOfPosition == groups.groupOfPosition
                    && previous.groups.count == groups.count
        {
            predecessor = MonthlyRollup.Predecessor(
                rollup: previous.monthly, gold: previous.gold,
                changed: changed.compactMap { positions[Int($0)] < 0 ? nil : Int(positions[Int($0)]) },
                hasSameRecords: steady != nil, standings: previous.standings,
                standsElsewhereOnlyIfChanged: changes != nil)
        }
        monthly = MonthlyRollup(
            gold, silver: silver,
            group: groups.isTooMany ? Array(repeating: 0, count: gold.count) : groups.groupOfPosition,
            groupCount: groups.isTooMany ? 1 : groups.count, standings: standings, predecessor: predecessor)
        var known: [RecordKey]?
        if let steady, let changes, let changed = changes.positions, !changes.assessmentsMoved {
            digest = SnapshotDigest(
                steady.digest, of: steady.gold, steady.assessments, gold: gold, assessments: assessments,
                calendar: silver.calendar, standings: standings, changed: changed)
            id = "\(gold.asOf)-\(digest.text)"
            if !cutsAmounts, !steady.cutsAmounts { carryCohorts(of: steady, changed) }
            return
        }
        if let previous, previous.asOf == gold.asOf, previous.settings == settings,
            previous.silver.recordsRevision == silver.recordsRevision, silver.recordsRevision > 0,
            previous.gold.clients == gold.clients
        {
            known = previous.digest.records
        }
        digest = SnapshotDigest(
            silver: silver, gold: gold, assessments: assessments, standings: standings, records: known)
        id = "\(gold.asOf)-\(digest.text)"
        if let steady, let changed = changes?.positions { carryCohorts(of: steady, changed) }
    }

    /// The cohorts that somebody has asked the generation before for, or that were published of it.
    private func carryCohorts(of previous: Snapshot, _ changed: [Int]) {
        let known = previous.memo.withLock { $0.cohorts }
        for (definition, table) in known {
            let carried = CohortTable(
                after: CohortTable.Predecessor(
                    table: table, gold: previous.gold, silver: previous.silver, standings: previous.standings),
                gold, silver: silver, standings: standings, changed: changed)
            memo.withLock { $0.cohorts[definition] = carried }
        }
    }

    /// By dense client index; -1 for those who have none.
    private static func positions(_ clients: [UInt32], of count: Int) -> [Int32] {
        var positions = [Int32](repeating: -1, count: count)
        for (position, client) in clients.enumerated() { positions[Int(client)] = Int32(position) }
        return positions
    }

    private static func explanations(
        _ churn: ChurnScores, _ gold: GoldTables, previous: Snapshot?
    ) -> ExplanationStore? {
        guard let explainer = churn.explainer else { return nil }
        if let changed = churn.changed, let previous, previous.asOf == gold.asOf,
            previous.gold.clients == gold.clients, let known = previous.explanations,
            known.serves(explainer, count: churn.probability.count)
        {
            return ExplanationStore(explainer, after: known, changed: changed, probabilities: churn.probability)
        }
        return ExplanationStore(explainer, probabilities: churn.probability)
    }

    public var count: Int { gold.count }

    /// The first day of any feed; nil before there is any.
    public var firstDataDay: Day? { standings.feeds.values.lazy.map(\.firstDay).min() }

    /// The position of a client by his id; nil when he is unknown as of the day.
    public func position(ofCustomer id: String) -> Int? {
        guard let client = lookup.client(withID: id) else { return nil }
        let position = positionOfClient[client]
        return position < 0 ? nil : Int(position)
    }

    /// Positions in the byte order of the customer ids.
    public var positionsByID: some Sequence<Int> {
        lookup.byID.lazy.compactMap { client in
            let position = self.positionOfClient[Int(client)]
            return position < 0 ? nil : Int(position)
        }
    }

    public func cohorts(_ definition: CohortDefinition) -> CohortTable {
        if let known = memo.withLock({ $0.cohorts[definition] }) { return known }
        let table = CohortTable(gold, silver: silver, standings: standings, by: definition)
        memo.withLock { $0.cohorts[definition] = table }
        return table
    }

    /// The latest forecasts that are kept: those of this generation once they are made, until then those of an earlier
    /// one.
    public var forecasts: ForecastBook? { memo.withLock { $0.forecasts } }

    /// Keeps forecasts made from this generation or from an earlier one.
    public func keep(_ forecasts: ForecastBook) { memo.withLock { $0.forecasts = forecasts } }

    /// The past of the clients' health; nil where none is kept.
    public var healthHistoryBook: HealthHistoryBook? { memo.withLock { $0.healthHistory } }

    /// Keeps a past that was made, or is being made, from the data of this generation.
    public func keep(_ healthHistory: HealthHistoryBook) { memo.withLock { $0.healthHistory = healthHistory } }

    /// Whether ``explanation(_:)`` takes no longer than handing the question to a worker would.
    public var explainsQuickly: Bool { explanations?.isQuick ?? true }

    /// Why a client has his probability of churn. Nil where he has none.
    public func explanation(_ position: Int) -> ChurnExplanation? { explanations?.explain(position) }

    /// The share of the explanations worth working out ahead that are, 0…1; nil where none can be quickly.
    public var preparedExplanations: Double? {
        explanations.flatMap { $0.isQuick ? $0.preparedShare : nil }
    }

    /// Works out some explanations ahead, of which the answers are then made; one thread at a time.
    /// - Returns: false when there are none left.
    public func prepareNextExplanations() -> Bool { explanations?.prepareNext() ?? false }

    public func heatmap() -> EngagementHeatmap {
        if let known = memo.withLock({ $0.heatmap }) { return known }
        let heatmap = EngagementHeatmap(gold, silver: silver)
        memo.withLock { $0.heatmap = heatmap }
        return heatmap
    }

    // MARK: Orders

    /// Works out the usual order and those that were asked of the generation before, so that nobody waits for them.
    public func prepareOrders(after previous: Snapshot?) {
        var keys: [SortKey] = [.workList]
        if let previous {
            keys += previous.ordersKnown.filter { $0 != .workList }.prefix(Snapshot.preparedOrdersMax - 1)
        }
        let hints = previous.flatMap { $0.gold.clients == gold.clients ? $0 : nil }
        let changed = changes.flatMap {
            $0.since == previous?.generation && !$0.assessmentsMoved ? $0.positions : nil
        }
        for key in keys where knownOrder(key) == nil {
            keep(SortOrder(key, self, hint: hints?.knownOrder(key), changed: changed), key)
        }
    }

    private static let preparedOrdersMax = 5

    private var ordersKnown: [SortKey] {
        memo.withLock { memo in memo.orders.keys.filter { memo.orders[$0]?.known != nil }.sorted { $0.name < $1.name } }
    }

    /// The order of a key when it is worked out already.
    public func knownOrder(_ key: SortKey) -> SortOrder? { memo.withLock { $0.orders[key]?.known } }

    /// Whether the order of a key is known or somebody is at it; a list that needs few rows does better without it
    /// than to wait.
    public func expectsOrder(_ key: SortKey) -> Bool { memo.withLock { $0.orders[key] != nil } }

    /// True for one caller alone: the one who shall work the order out.
    public func claimsOrder(_ key: SortKey) -> Bool {
        memo.withLock { memo in
            if memo.orders[key] != nil { return false }
            memo.orders[key] = .pending
            return true
        }
    }

    /// All positions in the order of a key; kept, so that lists by the usual keys are a walk.
    public func order(_ key: SortKey) -> SortOrder {
        if let known = knownOrder(key) { return known }
        let order = SortOrder(key, self)
        keep(order, key)
        return order
    }

    private func keep(_ order: SortOrder, _ key: SortKey) { memo.withLock { $0.orders[key] = .known(order) } }
}

/// The combinations of segment, region, tier and product that clients have.
public struct ClientGroups: Sendable {
    public struct Group: Sendable, Hashable {
        public var segment: UInt16
        public var region: UInt16
        public var tier: UInt16
        public var product: UInt16
    }

    public let groups: [Group]
    public let groupOfPosition: [Int32]

    /// Groups whose months can be kept: some hundred MiB of them at the most, and few beside what the clients themselves
    /// take.
    static func keptMax(clients: Int) -> Int { min(max(2048, clients / 16), 32_768) }

    /// Whether there are so many that sums by group and month are not kept: questions walk the clients then.
    public var isTooMany: Bool { count > ClientGroups.keptMax(clients: groupOfPosition.count) }

    public var count: Int { groups.count }

    init(_ dimensions: ClientDimensions, count: Int) {
        var index: [UInt64: Int32] = [:]
        var groups: [Group] = []
        var of = [Int32](repeating: 0, count: count)
        var lastKey = UInt64.max
        var last: Int32 = 0
        for position in 0..<count {
            let group = Group(
                segment: dimensions.segment.codes[position], region: dimensions.region.codes[position],
                tier: dimensions.tier.codes[position], product: dimensions.product.codes[position])
            let key =
                UInt64(group.segment) << 48 | UInt64(group.region) << 32 | UInt64(group.tier) << 16
                | UInt64(group.product)
            if key != lastKey {
                if let known = index[key] {
                    last = known
                } else {
                    last = Int32(groups.count)
                    index[key] = last
                    groups.append(group)
                }
                lastKey = key
            }
            of[position] = last
        }
        self.groups = groups
        groupOfPosition = of
    }
}
