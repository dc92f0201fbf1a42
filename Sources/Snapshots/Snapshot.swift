import Locks
public import Records
public import Rollup

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
    public let rates: ExchangeRates
    public var baseCurrency: String { rates.baseCurrency }
    public let lookup: ClientLookup
    /// The position of every dense client index; -1 for clients that have none.
    public let positionOfClient: [Int32]
    public let groups: ClientGroups
    /// Clients by group and risk level: `group * 4 + level`.
    public let countsByGroupAndRisk: [Int32]
    /// Monthly cells by group; any question about dimensions is a sum over them.
    public let monthly: MonthlyRollup
    private let memo = Guarded<Memo>(Memo())

    /// Results that are worked out when they are first asked for; they follow from the rest.
    private struct Memo: ~Copyable {
        var orders: [SortKey: [UInt32]] = [:]
        var cohorts: [CohortDefinition: CohortTable] = [:]
        var heatmap: EngagementHeatmap?
        var explanations: [Int: ChurnExplanation] = [:]
    }

    /// - Parameters:
    ///   - previous: an earlier generation; what still holds of it is carried over, the result is the same without.
    ///   - changed: the clients (dense indices) whose months may differ from those of `previous`; nil when any may.
    public init(
        generation: UInt64, silver: SilverTables, gold: GoldTables, assessments: Assessments, rates: ExchangeRates,
        previous: Snapshot?, changed: [UInt32]? = nil
    ) {
        self.generation = generation
        self.silver = silver
        self.gold = gold
        self.assessments = assessments
        self.rates = rates
        asOf = gold.asOf
        if let previous, previous.lookup.count == silver.clients.count {
            lookup = previous.lookup
        } else {
            // Client indices are only ever appended, so the old look-up is a prefix of the new one.
            let usable = (previous?.lookup.count ?? 0) <= silver.clients.count ? previous?.lookup : nil
            lookup = ClientLookup(silver.clients, previous: usable)
        }
        var positions = [Int32](repeating: -1, count: silver.clients.count)
        for (position, client) in gold.clients.enumerated() { positions[Int(client)] = Int32(position) }
        positionOfClient = positions
        groups = ClientGroups(gold.dimensions, count: gold.count)
        var counts = [Int32](repeating: 0, count: groups.count * RiskScores.Level.allCases.count)
        for position in 0..<gold.count {
            counts[Int(groups.groupOfPosition[position]) * 4 + Int(assessments.risk.level[position].rawValue)] += 1
        }
        countsByGroupAndRisk = counts
        var predecessor: MonthlyRollup.Predecessor?
        if let previous, let changed, previous.gold.clients == gold.clients,
            previous.groups.groupOfPosition == groups.groupOfPosition, previous.groups.count == groups.count
        {
            predecessor = MonthlyRollup.Predecessor(
                rollup: previous.monthly, gold: previous.gold,
                changed: changed.compactMap { positions[Int($0)] < 0 ? nil : Int(positions[Int($0)]) })
        }
        monthly = MonthlyRollup(
            gold, silver: silver, group: groups.groupOfPosition, groupCount: groups.count, predecessor: predecessor)
        id = "\(gold.asOf)-\(SnapshotDigest.of(silver: silver, gold: gold, assessments: assessments))"
    }

    public var count: Int { gold.count }

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
        let table = CohortTable(gold, silver: silver, by: definition)
        memo.withLock { $0.cohorts[definition] = table }
        return table
    }

    /// Whether ``explanation(_:)`` answers without working anything out.
    public func isExplained(_ position: Int) -> Bool {
        assessments.churn.probability[position].isNaN || memo.withLock { $0.explanations[position] != nil }
    }

    /// Why a client has his probability of churn; worked out when it is first asked for. Nil where he has none.
    public func explanation(_ position: Int) -> ChurnExplanation? {
        if let known = memo.withLock({ $0.explanations[position] }) { return known }
        guard let made = assessments.churn.explainer?.explain(position) else { return nil }
        memo.withLock { memo in
            // Enough for all who are looked at in a day, and an end to what it may take.
            if memo.explanations.count >= 10_000 { memo.explanations.removeAll() }
            memo.explanations[position] = made
        }
        return made
    }

    public func heatmap() -> EngagementHeatmap {
        if let known = memo.withLock({ $0.heatmap }) { return known }
        let heatmap = EngagementHeatmap(gold, silver: silver)
        memo.withLock { $0.heatmap = heatmap }
        return heatmap
    }

    /// Works out the usual order and those that were asked of the generation before, so that nobody waits for them.
    public func prepareOrders(after previous: Snapshot?) {
        var keys: [SortKey] = [workList]
        if let previous { keys += previous.ordersKnown.filter { $0 != workList }.prefix(3) }
        let hints = previous.flatMap { $0.gold.clients == gold.clients ? $0 : nil }
        for key in keys where !hasOrder(key) {
            let order = key.order(self, hint: hints?.knownOrder(key))
            memo.withLock { $0.orders[key] = order }
        }
    }

    private var ordersKnown: [SortKey] { memo.withLock { $0.orders.keys.sorted { $0.name < $1.name } } }

    private func knownOrder(_ key: SortKey) -> [UInt32]? { memo.withLock { $0.orders[key] } }

    /// Whether the order of a key is worked out already.
    public func hasOrder(_ key: SortKey) -> Bool { memo.withLock { $0.orders[key] != nil } }

    /// All positions in the order of a key; kept, so that lists by the usual keys are a walk.
    public func order(_ key: SortKey) -> [UInt32] {
        if let known = memo.withLock({ $0.orders[key] }) { return known }
        let order = key.order(self)
        memo.withLock { $0.orders[key] = order }
        return order
    }
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
