import Records

/// What all ranges of clients share: the tables, the windows of the as-of day, and look-ups by kind.
struct RefineContext: Sendable {
    let silver: SilverTables
    let asOf: Int32
    let settings: GoldSettings
    let firstEventDay: Int32
    /// By event kind; -1 where there is none.
    let featureOfKind: [Int32]
    let featureCount: Int
    let amounts: BaseAmounts
    let history: ClientHistory
    let tickets: RowsByClient
    let surveys: RowsByClient
    private let asOfMonth: Int32

    init(_ silver: SilverTables, asOf: Day, settings: GoldSettings, history: ClientHistory) {
        self.silver = silver
        self.asOf = asOf.rawValue
        self.settings = settings
        firstEventDay = silver.firstEventDay?.rawValue ?? asOf.rawValue
        let kinds = silver.events.kinds.kinds
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
        self.history = history
        asOfMonth = asOf.month.rawValue
    }

    /// What a client pays in the month of the as-of day.
    func recurringRevenue(_ client: Int) -> Int64 {
        let place = history.places[client]
        guard place.count > 0 else { return 0 }
        let last = history.blocks[Int(place.block)][Int(place.start) + Int(place.count) - 1]
        return last.month == asOfMonth ? last.recurring : 0
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
