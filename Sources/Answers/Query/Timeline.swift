import Contract
import Records
import Snapshots

/// The latest things that happened to a client, newest first.
enum Timeline {
    private enum Entry {
        case events(day: Int32, count: Int, logins: Int)
        case transaction(PackedTransaction)
        case ticketCreated(row: Int)
        case ticketResolved(row: Int)
        case survey(row: Int)
    }

    static func write(_ snapshot: Snapshot, _ position: Int, limit: Int, to writer: inout JSONWriter) {
        let silver = snapshot.silver
        let client = snapshot.gold.clients[position]
        let asOf = snapshot.asOf.rawValue
        var entries: [(at: Int64, entry: Entry)] = []
        if limit > 0 {
            collectEvents(silver, client, snapshot.gold, limit: limit, into: &entries)
            collectTransactions(silver, client, asOf: asOf, limit: limit, into: &entries)
            let endOfDay = Int64(asOf + 1) * 86_400_000
            for row in snapshot.gold.tickets.rows(of: position) {
                let row = Int(row)
                entries.append((silver.tickets.createdAt[row], .ticketCreated(row: row)))
                let resolved = silver.tickets.resolvedAt[row]
                if resolved != TicketTable.unresolved, resolved < endOfDay {
                    entries.append((resolved, .ticketResolved(row: row)))
                }
            }
            for row in snapshot.gold.surveys.rows(of: position) {
                entries.append((Int64(silver.surveys.day[Int(row)]) * 86_400_000, .survey(row: Int(row))))
            }
        }
        entries.sort { $0.at > $1.at }
        writer.beginArray()
        for (at, entry) in entries.prefix(limit) { write(entry, at: at, silver, to: &writer) }
        writer.endArray()
    }

    /// The last days with events, one entry a day.
    private static func collectEvents(
        _ silver: SilverTables, _ client: UInt32, _ gold: GoldTables, limit: Int,
        into entries: inout [(at: Int64, entry: Entry)]
    ) {
        let end = PackedEvent.lowerBound(day: gold.asOf.rawValue + 1)
        var days: [Int32: (count: Int, logins: Int)] = [:]
        for segment in silver.events.segments {
            let slice = segment.slices.slice(of: client)
            var seen = Set<Int32>()
            var at = slice.upperBound - 1
            while at >= slice.lowerBound {
                let event = segment.events[at]
                at -= 1
                if !(event < end) { continue }
                seen.insert(event.day)
                if seen.count > limit { break }
                days[event.day, default: (0, 0)].count += 1
                if gold.loginEvents.contains(silver.events.kinds.kinds[Int(event.kind)].type) {
                    days[event.day, default: (0, 0)].logins += 1
                }
            }
        }
        // Days cut short by the limit of one segment lie before those that are shown.
        for (day, value) in days.sorted(by: { $0.key > $1.key }).prefix(limit) {
            entries.append((Int64(day) * 86_400_000, .events(day: day, count: value.count, logins: value.logins)))
        }
    }

    private static func collectTransactions(
        _ silver: SilverTables, _ client: UInt32, asOf: Int32, limit: Int,
        into entries: inout [(at: Int64, entry: Entry)]
    ) {
        for segment in silver.transactions.segments {
            let slice = segment.slices.slice(of: client)
            var taken = 0
            for at in slice.reversed() where segment.transactions[at].day <= asOf {
                let transaction = segment.transactions[at]
                entries.append((Int64(transaction.day) * 86_400_000, .transaction(transaction)))
                taken += 1
                if taken == limit { break }
            }
        }
    }

    private static func write(_ entry: Entry, at: Int64, _ silver: SilverTables, to writer: inout JSONWriter) {
        writer.beginObject()
        switch entry {
        case .events(let day, let count, let logins):
            writer.member("day", text: Day(rawValue: day).description)
            writer.member("kind", text: "engagement")
            writer.member("events", integer: count)
            writer.member("logins", integer: logins)
        case .transaction(let transaction):
            let kind = silver.transactions.kinds.kinds[Int(transaction.kind)]
            writer.member("day", text: Day(rawValue: transaction.day).description)
            writer.member("kind", text: transaction.amount < 0 ? "refund" : "payment")
            writer.member("amount", microUnits: transaction.amount)
            writer.member("currency", text: kind.currency)
            writer.member("method", text: kind.method.isEmpty ? nil : kind.method)
        case .ticketCreated(let row), .ticketResolved(let row):
            writer.member("day", text: Instant(rawValue: at).day.description)
            if case .ticketCreated = entry {
                writer.member("kind", text: "ticket_created")
            } else {
                writer.member("kind", text: "ticket_resolved")
            }
            writer.member("at", text: Instant(rawValue: at).description)
            writer.key("ticket_id")
            silver.tickets.id.withBytes(at: row) { writer.utf8(escaping: $0) }
            writer.member("issue_type", text: silver.tickets.issueType[row])
            let score = silver.tickets.satisfaction[row]
            if case .ticketResolved = entry { writer.member("satisfaction", integer: score > 0 ? Int(score) : nil) }
        case .survey(let row):
            writer.member("day", text: Day(rawValue: silver.surveys.day[row]).description)
            writer.member("kind", text: "survey")
            writer.member("nps_score", integer: Int(silver.surveys.score[row]))
            writer.member("comment", text: silver.surveys.comments[row])
        }
        writer.endObject()
    }
}
