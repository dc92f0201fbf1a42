import Lifecycle
public import Records
public import Standings

extension GoldRefinery {
    /// From the gold of the generation before, where nothing but events and transactions has come since: only the
    /// clients with new ones are looked at, and the result is that of ``refine(_:asOf:settings:history:)``.
    ///
    /// - Parameters:
    ///   - history: of the same tables, day and settings; the standings too.
    ///   - previous: of the same day and settings and an earlier state of the tables.
    ///   - changed: the clients whose events and transactions differ from that state, ascending; others stand where they
    ///     stood.
    /// - Returns: nil where more than that has changed.
    public static func advance(
        _ silver: SilverTables, settings: GoldSettings, history: ClientHistory, standings: CompanyStandings,
        previous: GoldTables, previousSilver: SilverTables, changed: [UInt32]
    ) -> GoldTables? {
        guard silver.recordsRevision == previousSilver.recordsRevision, silver.recordsRevision > 0,
            silver.clients.count == previousSilver.clients.count,
            silver.firstEventDay == previousSilver.firstEventDay, changed.count <= previous.count / 4
        else { return nil }
        let context = RefineContext(
            silver, settings: settings, history: history, standings: standings, activityOnly: true)
        // What is measured from another day on is known of other clients too.
        guard context.measured == previous.metrics.measured else { return nil }
        var events = RecentEvents(context, firstClient: Int(changed.first ?? 0))
        var transactions = RecentTransactions(context, firstClient: Int(changed.first ?? 0))
        var eventsBefore = RecentEvents(
            RefineContext(previousSilver, eventsOf: standings, settings: settings),
            firstClient: Int(changed.first ?? 0))
        var gold = previous
        var rows: [ActivityRow] = []
        var positions: [Int] = []
        var position = 0
        for client in changed {
            while position < previous.clients.count, previous.clients[position] < client { position += 1 }
            // Those who are unknown, or sign up after the day, have no row.
            guard position < previous.clients.count, previous.clients[position] == client else { continue }
            let recent = events.run(Int(client))
            rows.append(ActivityRow(context, client: Int(client), recent, transactions.run(Int(client))))
            positions.append(position)
            let status = standings.lifecycle.standings[Int(client)].status
            if gold.status[position] != status { gold.status[position] = status }
            let hash = standings.hash(of: Int(client))
            if gold.standingHashes[position] != hash { gold.standingHashes[position] = hash }
            let before = eventsBefore.run(Int(client)).dayBefore
            if recent.dayBefore != before, context.creationDay[Int(client)] < context.asOf {
                let plan = gold.dimensions.tier.codes[position]
                gold.dayBefore.remove(before, plan: plan)
                gold.dayBefore.insert(recent.dayBefore, plan: plan)
            }
        }
        gold.metrics.replace(rows, at: positions)
        gold.take(history, at: positions)
        gold.counts = context.counts(customers: gold.clients.count)
        return gold
    }
}

extension GoldTables {
    /// The months of all clients.
    mutating func take(_ history: ClientHistory) {
        months.blocks = history.blocks
        months.lineage = history.lineage
        months.places = clients.map { history.places[Int($0)] }
        months.hashes = clients.map { history.totals[Int($0)].monthsHash }
    }

    /// The months of some clients, where those of all others are where they were.
    fileprivate mutating func take(_ history: ClientHistory, at positions: [Int]) {
        guard let before = months.lineage, history.continued === before else { return take(history) }
        months.blocks = history.blocks
        months.lineage = history.lineage
        for position in positions {
            let client = Int(clients[position])
            months.places[position] = history.places[client]
            months.hashes[position] = history.totals[client].monthsHash
        }
    }
}
