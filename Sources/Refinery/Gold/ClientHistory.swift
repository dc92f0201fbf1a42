public import Records

/// What every client has done up to a day: his months and his totals. Nothing in it depends on the windows of an as-of
/// day, so it is carried from one refresh to the next and only the clients with new records are added up again.
public struct ClientHistory: Sendable {
    /// Whole-past figures of one client. Days are `Int32.min` where there was none.
    struct Totals: BitwiseCopyable, Sendable {
        var events: Int32 = 0
        var lastEventDay = Int32.min
        var lastLoginDay = Int32.min
        /// Amounts above 0.
        var payments: Int32 = 0
        var lastPaymentDay = Int32.min
        /// `Int32.max` where there was none.
        var firstLoginDay = Int32.max
        var firstPaymentDay = Int32.max
        /// Micro-units of the base currency, refunds included.
        var amount: Int64 = 0
        var positiveAmount: Int64 = 0
        /// Of the last month, `Int32.min` when there is none.
        var lastMonth = Int32.min
        var lastMonthRecurring: Int64 = 0
        var monthsHash: UInt64 = 0
    }

    /// By dense client index.
    private(set) var totals: [Totals]
    private(set) var places: [ClientMonths.Place]
    private(set) var blocks: [[ClientMonth]]
    /// What was seen of anyone.
    private(set) var seen: Seen
    /// Which state this is, and of which it is the continuation: there the months of clients who have not changed stand
    /// where they stand here.
    private(set) var lineage = ClientMonths.Lineage()
    private(set) var continued: ClientMonths.Lineage?
    /// No record is later than the day it was made for.
    private var isComplete: Bool
    private var settings: GoldSettings
    private var lastMonth: Int32
    /// The plan of every client by its code; empty where plans do not matter.
    private var plans: [UInt32]
    private var events: Holdings
    private var transactions: Holdings

    private static let chunk = 4096

    private init(
        totals: [Totals], seen: Seen, places: [ClientMonths.Place], blocks: [[ClientMonth]], context: HistoryContext
    ) {
        self.totals = totals
        self.seen = seen
        self.places = places
        self.blocks = blocks
        isComplete = context.isComplete
        settings = context.settings
        lastMonth = context.lastMonth
        plans = ClientHistory.plans(context)
        events = Holdings(context.eventSegments)
        transactions = Holdings(context.transactionSegments)
    }

    private static func plans(_ context: HistoryContext) -> [UInt32] {
        context.settings.billingMonths.isEmpty ? [] : context.silver.clients.subscriptionType.codes
    }

    /// - Parameters:
    ///   - previous: the history of an earlier state of the same data; what still holds of it is kept. Where nobody else
    ///     has it, it is changed where it lies.
    ///   - isWanted: asked for each part, on several threads; when it is not, clients are missing of the result.
    /// - Returns: the history, and the clients whose records differ from `previous`, ascending; nil when any may.
    public static func make(
        _ silver: SilverTables, asOf: Day, settings: GoldSettings, previous: consuming ClientHistory? = nil,
        isParallel: Bool = true, isWanted: @Sendable () -> Bool = { true }
    ) -> (history: ClientHistory, changed: [UInt32]?) {
        let context = HistoryContext(silver, through: asOf.rawValue, settings: settings, isParallel: isParallel)
        guard var history = consume previous, let changed = history.clientsChanged(in: context) else {
            return (whole(context, isWanted), nil)
        }
        let chunks = silver.clients.count / chunk + 1
        let isScattered = history.blocks.count > 2 * chunks + 64
        if changed.count > silver.clients.count / 2 || isScattered { return (whole(context, isWanted), changed) }
        history.update(changed, context)
        return (history, changed)
    }

    /// The clients with records that this history does not hold; nil when it cannot be built upon.
    private func clientsChanged(in context: HistoryContext) -> [UInt32]? {
        guard isComplete, context.isComplete, context.settings == settings,
            totals.count <= context.silver.clients.count
        else { return nil }
        if !settings.billingMonths.isEmpty {
            // Payments are spread over months by the client's plan, up to the as-of month.
            let now = context.silver.clients.subscriptionType.codes
            guard lastMonth == context.lastMonth, now.prefix(plans.count).elementsEqual(plans) else { return nil }
        }
        var touched = [Bool](repeating: false, count: context.silver.clients.count)
        guard events.mark(context.eventSegments, &touched), transactions.mark(context.transactionSegments, &touched)
        else { return nil }
        return touched.indices.lazy.filter { touched[$0] }.map { UInt32($0) }
    }

    /// The segments of a table that a history holds, and those that had been merged into them before.
    private struct Holdings: Sendable {
        var present: Set<Int64>
        var merged: Set<Int64>

        init(_ segments: some Sequence<(id: Int64, sources: Set<Int64>, slices: ClientSlices)>) {
            present = Set(segments.map(\.id))
            merged = segments.reduce(into: []) { $0.formUnion($1.sources) }
        }

        /// Marks the clients of segments whose records are not all held.
        /// - Returns: whether all that is held is still there, as it was or merged into another.
        func mark(
            _ segments: [(id: Int64, sources: Set<Int64>, slices: ClientSlices)], _ touched: inout [Bool]
        ) -> Bool {
            var missing = present
            for segment in segments {
                missing.remove(segment.id)
                missing.subtract(segment.sources)
                if present.contains(segment.id) { continue }
                let isMergeOfHeld =
                    !segment.sources.isEmpty
                    && segment.sources.allSatisfy { present.contains($0) || merged.contains($0) }
                if isMergeOfHeld { continue }
                for client in segment.slices.clients { touched[Int(client)] = true }
            }
            return missing.isEmpty
        }
    }

    private static func whole(_ context: HistoryContext, _ isWanted: @Sendable () -> Bool) -> ClientHistory {
        let count = context.silver.clients.count
        let ranges = ParallelRanges(count: count, length: chunk)
        let parts = ranges.map(isParallel: context.isParallel) { range in
            Part(context, clients: isWanted() ? range.map { UInt32($0) } : [])
        }
        var totals: [Totals] = []
        var places: [ClientMonths.Place] = []
        totals.reserveCapacity(count)
        places.reserveCapacity(count)
        for (block, part) in parts.enumerated() {
            totals.append(contentsOf: part.totals)
            for place in part.places {
                places.append(ClientMonths.Place(start: place.start, count: place.count, block: UInt16(block)))
            }
        }
        return ClientHistory(
            totals: totals, seen: Seen(totals), places: places,
            blocks: parts.isEmpty ? [[]] : parts.map(\.months), context: context)
    }

    private mutating func update(_ changed: [UInt32], _ context: HistoryContext) {
        let added = context.silver.clients.count - totals.count
        totals.append(contentsOf: repeatElement(Totals(), count: added))
        places.append(contentsOf: repeatElement(.none, count: added))
        let ranges = ParallelRanges(count: changed.count, length: ClientHistory.chunk)
        let parts = ranges.map(isParallel: context.isParallel) { Part(context, clients: Array(changed[$0])) }
        for (range, part) in zip(ranges.ranges, parts) {
            for (offset, index) in range.enumerated() {
                let client = Int(changed[index])
                seen.replace(totals[client], with: part.totals[offset])
                totals[client] = part.totals[offset]
                let place = part.places[offset]
                places[client] = ClientMonths.Place(
                    start: place.start, count: place.count, block: UInt16(blocks.count))
            }
            blocks.append(part.months)
        }
        isComplete = context.isComplete
        settings = context.settings
        lastMonth = context.lastMonth
        plans = ClientHistory.plans(context)
        events = Holdings(context.eventSegments)
        transactions = Holdings(context.transactionSegments)
        continued = lineage
        lineage = ClientMonths.Lineage()
    }

    private struct Part: Sendable {
        var totals: [Totals] = []
        var places: [ClientMonths.Place] = []
        var months: [ClientMonth]

        /// - Parameter clients: ascending.
        init(_ context: HistoryContext, clients: [UInt32]) {
            totals.reserveCapacity(clients.count)
            places.reserveCapacity(clients.count)
            var pass = HistoryPass(context, firstClient: Int(clients.first ?? 0))
            for client in clients {
                let result = pass.run(Int(client))
                totals.append(result.totals)
                places.append(
                    ClientMonths.Place(start: UInt32(result.start), count: UInt16(clamping: result.count), block: 0))
            }
            months = pass.months
        }
    }
}

/// What a pass over the past needs to know.
struct HistoryContext: Sendable {
    let silver: SilverTables
    let settings: GoldSettings
    /// Records of later days are left out.
    let through: Int32
    let lastMonth: Int32
    /// All events below it belong to the past.
    let eventEnd: PackedEvent
    let isComplete: Bool
    /// By event kind.
    let isLogin: [Bool]
    let amounts: BaseAmounts
    let calendar: MonthTable
    let countsEngagement: Bool
    let countsTransactions: Bool
    let isParallel: Bool

    init(_ silver: SilverTables, through: Int32, settings: GoldSettings, isParallel: Bool = true) {
        self.silver = silver
        self.isParallel = isParallel
        self.settings = settings
        self.through = through
        lastMonth = Day(rawValue: through).month.rawValue
        eventEnd = PackedEvent.lowerBound(day: through + 1)
        isComplete = silver.lastDay.map { $0.rawValue <= through } ?? true
        isLogin = silver.events.kinds.kinds.map { settings.loginEvents.contains($0.type) }
        amounts = BaseAmounts(silver.transactions.kinds, rates: settings.rates)
        // Half a century back covers nearly all data; the table answers for the rest too.
        calendar = MonthTable(through - 18_628, through: through)
        countsEngagement = settings.activity != .transactions
        countsTransactions = settings.activity != .engagement
    }

    var eventSegments: [(id: Int64, sources: Set<Int64>, slices: ClientSlices)] {
        silver.events.segments.map { ($0.id, $0.sources, $0.slices) }
    }

    var transactionSegments: [(id: Int64, sources: Set<Int64>, slices: ClientSlices)] {
        silver.transactions.segments.map { ($0.id, $0.sources, $0.slices) }
    }

    /// Months that one payment of a client covers.
    func billingMonths(_ client: Int) -> Int {
        if settings.billingMonths.isEmpty { return 1 }
        return max(1, settings.billingMonths[silver.clients.subscriptionType[client] ?? ""] ?? 1)
    }
}
