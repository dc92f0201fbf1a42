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
        let client = snapshot.gold.clients[position]
        var entries: [(at: Int64, entry: Entry)] = []
        if limit > 0 {
            collectEvents(snapshot, client, limit: limit, into: &entries)
            collectTransactions(snapshot, client, limit: limit, into: &entries)
            let endOfDay = Int64(snapshot.asOf.rawValue + 1) * 86_400_000
            for row in snapshot.gold.tickets.rows(of: position) {
                let row = Int(row)
                entries.append((snapshot.silver.tickets.createdAt[row], .ticketCreated(row: row)))
                let resolved = snapshot.silver.tickets.resolvedAt[row]
                if resolved != TicketTable.unresolved, resolved < endOfDay {
                    entries.append((resolved, .ticketResolved(row: row)))
                }
            }
            for row in snapshot.gold.surveys.rows(of: position) {
                entries.append((Int64(snapshot.silver.surveys.day[Int(row)]) * 86_400_000, .survey(row: Int(row))))
            }
        }
        entries.sort { $0.at > $1.at }
        writer.beginArray()
        for (at, entry) in entries.prefix(limit) { write(entry, at: at, snapshot, to: &writer) }
        writer.endArray()
    }

    /// The last days with events, one entry a day.
    private static func collectEvents(
        _ snapshot: Snapshot, _ client: UInt32, limit: Int, into entries: inout [(at: Int64, entry: Entry)]
    ) {
        let end = PackedEvent.lowerBound(day: snapshot.asOf.rawValue + 1)
        var days: [(day: Int32, count: Int, logins: Int)] = []
        for segment in snapshot.silver.events.segments {
            let slice = segment.slices.slice(of: client)
            let firstOfSegment = days.count
            var at = slice.upperBound - 1
            while at >= slice.lowerBound {
                let event = segment.values[at]
                at -= 1
                if !(event < end) { continue }
                if days.count == firstOfSegment || days[days.count - 1].day != event.day {
                    // Days cut off here lie before those that are shown.
                    if days.count - firstOfSegment == limit { break }
                    days.append((event.day, 0, 0))
                }
                days[days.count - 1].count += 1
                if snapshot.isLoginKind[Int(event.kind)] { days[days.count - 1].logins += 1 }
            }
        }
        if snapshot.silver.events.segments.count > 1 { days.sort { $0.day > $1.day } }
        var index = 0
        for _ in 0..<limit where index < days.count {
            var day = days[index]
            index += 1
            while index < days.count, days[index].day == day.day {
                day.count += days[index].count
                day.logins += days[index].logins
                index += 1
            }
            entries.append(
                (Int64(day.day) * 86_400_000, .events(day: day.day, count: day.count, logins: day.logins)))
        }
    }

    private static func collectTransactions(
        _ snapshot: Snapshot, _ client: UInt32, limit: Int, into entries: inout [(at: Int64, entry: Entry)]
    ) {
        let asOf = snapshot.asOf.rawValue
        for segment in snapshot.silver.transactions.segments {
            let slice = segment.slices.slice(of: client)
            var taken = 0
            for at in slice.reversed() where segment.values[at].day <= asOf {
                let transaction = segment.values[at]
                entries.append((Int64(transaction.day) * 86_400_000, .transaction(transaction)))
                taken += 1
                if taken == limit { break }
            }
        }
    }

    private static func write(_ entry: Entry, at: Int64, _ snapshot: Snapshot, to writer: inout JSONWriter) {
        writer.beginObject()
        switch entry {
        case .events(let day, let count, let logins):
            writer.member("day", text: Day(rawValue: day).description)
            writer.member("kind", text: "engagement")
            writer.member("events", integer: count)
            writer.member("logins", integer: logins)
        case .transaction(let transaction):
            let kind = snapshot.silver.transactions.kinds.kinds[Int(transaction.kind)]
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
            snapshot.silver.tickets.id.withBytes(at: row) { writer.utf8(escaping: $0) }
            writer.member("issue_type", text: snapshot.silver.tickets.issueType[row])
            let score = snapshot.silver.tickets.satisfaction[row]
            if case .ticketResolved = entry { writer.member("satisfaction", integer: score > 0 ? Int(score) : nil) }
        case .survey(let row):
            writer.member("day", text: Day(rawValue: snapshot.silver.surveys.day[row]).description)
            writer.member("kind", text: "survey")
            writer.member("nps_score", integer: Int(snapshot.silver.surveys.score[row]))
            writer.member("comment", text: snapshot.silver.surveys.comments[row])
        }
        writer.endObject()
    }
}
