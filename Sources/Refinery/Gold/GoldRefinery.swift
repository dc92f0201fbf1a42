import Dispatch
public import Records

/// Derives all metrics from silver, as of a day. Nothing later than that day is looked at.
///
/// One pass over the clients in the order of their index: their events, transactions, tickets and surveys lie side by
/// side in that order. Clients are independent of each other, so ranges of them are worked on at the same time; the
/// result does not depend on how many.
public enum GoldRefinery {
    public static func refine(_ silver: SilverTables, asOf: Day, settings: GoldSettings) -> GoldTables {
        let context = RefineContext(silver, asOf: asOf, settings: settings)
        let chunk = 4096
        let total = silver.clients.count
        let chunkCount = (total + chunk - 1) / chunk
        var parts = [GoldPart?](repeating: nil, count: chunkCount)
        parts.withUnsafeMutableBufferPointer { buffer in
            // Safe: iteration i writes buffer[i] and reads only immutable tables.
            nonisolated(unsafe) let buffer = buffer
            if chunkCount <= 1 {
                if chunkCount == 1 { buffer[0] = GoldPart(context, clients: 0..<total) }
            } else {
                DispatchQueue.concurrentPerform(iterations: chunkCount) { index in
                    buffer[index] = GoldPart(context, clients: index * chunk..<min(total, (index + 1) * chunk))
                }
            }
        }
        var gold = GoldTables(asOf: asOf)
        gold.activity = settings.activity
        gold.reserve(parts.reduce(0) { $0 + ($1?.clients.count ?? 0) })
        for part in parts { if let part { gold.append(part) } }
        gold.dimensions = Dimensions.derive(silver.clients, positions: gold.clients, settings: settings)
        gold.counts = context.counts(customers: gold.clients.count)
        return gold
    }
}

/// What all ranges of clients share: the tables, the windows of the as-of day, and look-ups by kind.
struct RefineContext: Sendable {
    let silver: SilverTables
    let asOf: Int32
    let settings: GoldSettings
    let firstEventDay: Int32
    /// By event kind.
    let isLogin: [Bool]
    let featureOfKind: [Int32]
    let featureCount: Int
    let amounts: BaseAmounts
    let tickets: RowsByClient
    let surveys: RowsByClient
    let countsEngagement: Bool
    let countsTransactions: Bool

    init(_ silver: SilverTables, asOf: Day, settings: GoldSettings) {
        self.silver = silver
        self.asOf = asOf.rawValue
        self.settings = settings
        firstEventDay = silver.firstEventDay?.rawValue ?? asOf.rawValue
        let kinds = silver.events.kinds.kinds
        isLogin = kinds.map { settings.loginEvents.contains($0.type) }
        var features: [String: Int32] = [:]
        featureOfKind = kinds.map { kind in
            if kind.feature.isEmpty { return -1 }
            if let known = features[kind.feature] { return known }
            let code = Int32(features.count)
            features[kind.feature] = code
            return code
        }
        featureCount = features.count
        amounts = BaseAmounts(silver.transactions.kinds, rates: settings.rates)
        tickets = RowsByClient(silver.tickets.client, clientCount: silver.clients.count)
        surveys = RowsByClient(silver.surveys.client, clientCount: silver.clients.count)
        countsEngagement = settings.activity != .transactions
        countsTransactions = settings.activity != .engagement
    }

    /// Counts of all accepted rows up to the as-of day.
    func counts(customers: Int) -> RecordCounts {
        var counts = RecordCounts()
        counts.customers = customers
        let seesEverything = silver.lastDay.map { $0.rawValue <= asOf } ?? true
        if seesEverything {
            counts.transactions = silver.transactions.count
            counts.events = silver.events.count
            counts.tickets = silver.tickets.count
            counts.surveys = silver.surveys.count
        } else {
            let end = PackedEvent.lowerBound(day: asOf + 1)
            for segment in silver.events.segments {
                for event in segment.events where event < end { counts.events += 1 }
            }
            for segment in silver.transactions.segments {
                for transaction in segment.transactions where transaction.day <= asOf { counts.transactions += 1 }
            }
            let endOfDay = Int64(asOf + 1) * 86_400_000
            for instant in silver.tickets.createdAt where instant < endOfDay { counts.tickets += 1 }
            for day in silver.surveys.day where day <= asOf { counts.surveys += 1 }
        }
        return counts
    }
}

/// Row numbers of a table, grouped by client.
struct RowsByClient: Sendable {
    let starts: [UInt32]
    let rows: [UInt32]

    init(_ clients: [UInt32], clientCount: Int) {
        var starts = [UInt32](repeating: 0, count: clientCount + 1)
        for client in clients { starts[Int(client) + 1] += 1 }
        for index in 1..<max(1, starts.count) { starts[index] += starts[index - 1] }
        var next = starts
        var rows = [UInt32](repeating: 0, count: clients.count)
        for (row, client) in clients.enumerated() {
            rows[Int(next[Int(client)])] = UInt32(row)
            next[Int(client)] += 1
        }
        self.starts = starts
        self.rows = rows
    }

    func rows(of client: Int) -> ArraySlice<UInt32> { rows[Int(starts[client])..<Int(starts[client + 1])] }
}
