import Records

/// The metrics of a range of clients.
struct GoldPart {
    var clients: [UInt32] = []
    var metrics = ClientMetrics()
    /// What the clients had done at the end of the day before.
    var dayBefore: [EngagementCounts] = []

    /// Clients are worked out row by row and stored column by column, some hundred at a time.
    private static let rowsAtOnce = 512

    init(_ context: RefineContext, clients range: Range<Int>) {
        metrics.reserve(range.count)
        clients.reserveCapacity(range.count)
        dayBefore.reserveCapacity(range.count)
        var events = RecentEvents(context, firstClient: range.lowerBound)
        var transactions = RecentTransactions(context, firstClient: range.lowerBound)
        // Days to the renewal of the usual term, by the day of signing up: clients share few days.
        var renewals: [Int32: Int32] = [:]
        var activities: [ActivityRow] = []
        var records: [RecordRow] = []
        activities.reserveCapacity(GoldPart.rowsAtOnce)
        records.reserveCapacity(GoldPart.rowsAtOnce)
        for client in range {
            let creation = context.creationDay[client]
            guard context.isKnown[client], creation <= context.asOf else { continue }
            clients.append(UInt32(client))
            let term = context.contractMonths(client)
            let recent = events.run(client)
            dayBefore.append(recent.dayBefore)
            activities.append(ActivityRow(context, client: client, recent, transactions.run(client)))
            records.append(
                RecordRow(
                    context, client: client, contractMonths: term,
                    daysToRenewal: GoldPart.daysToRenewal(context, client, termMonths: term, &renewals)))
            if records.count == GoldPart.rowsAtOnce {
                metrics.append(activities, records)
                activities.removeAll(keepingCapacity: true)
                records.removeAll(keepingCapacity: true)
            }
        }
        metrics.append(activities, records)
    }

    static func daysToRenewal(
        _ context: RefineContext, _ client: Int, termMonths: Int, _ known: inout [Int32: Int32]
    ) -> Int32 {
        let end = context.contractEndDay[client]
        if end != ClientTable.unknownDay { return end - context.asOf }
        let creation = context.creationDay[client]
        guard termMonths == context.settings.contractMonthsDefault else {
            return firstAnniversary(after: creation, termMonths: termMonths, asOf: context.asOf)
        }
        if let days = known[creation] { return days }
        let days = firstAnniversary(after: creation, termMonths: termMonths, asOf: context.asOf)
        known[creation] = days
        return days
    }

    /// Days from the as-of day to the first anniversary of the term on or after it.
    private static func firstAnniversary(after creation: Int32, termMonths: Int, asOf: Int32) -> Int32 {
        let start = Day(rawValue: creation)
        let asOf = Day(rawValue: asOf)
        let elapsed = Int(asOf.month.rawValue - start.month.rawValue)
        var term = max(1, elapsed / termMonths)
        while start.advanced(byMonths: term * termMonths) < asOf { term += 1 }
        return Int32(asOf.days(to: start.advanced(byMonths: term * termMonths)))
    }
}
