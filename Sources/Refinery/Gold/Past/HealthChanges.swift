public import Records

/// From which day on the health of clients may differ between two states of the same data.
///
/// Health as of a day follows from the records dated up to that day and from what demographics say now of the clients of
/// that day. So everything that came, went or changed has a first day on which it counts, and the days before it keep
/// their health.
public enum HealthChanges {
    /// - Parameters:
    ///   - before: an earlier state of the same process: client indices and rows are only ever appended, rows of tickets
    ///     and clients updated in place.
    /// - Returns: nil when the health of no day differs.
    public static func firstDay(_ before: SilverTables, _ after: SilverTables) -> Day? {
        guard after.clients.count >= before.clients.count, after.tickets.count >= before.tickets.count,
            after.surveys.count >= before.surveys.count, sources(before) == sources(after)
        else { return Day(rawValue: .min) }
        var first = min(
            segments(before.events.segments, after.events.segments),
            segments(before.transactions.segments, after.transactions.segments))
        if before.recordsRevision == 0 || before.recordsRevision != after.recordsRevision {
            first = min(first, clients(before.clients, after.clients))
            first = min(first, tickets(before.tickets, after.tickets))
            first = min(first, surveys(before.surveys, after.surveys))
        }
        return first == .max ? nil : Day(rawValue: first)
    }

    /// Which kinds of data there are at all: the score of every day depends on it.
    private static func sources(_ silver: SilverTables) -> [Bool] {
        [
            silver.events.segments.isEmpty, silver.tickets.count == 0,
            silver.events.kinds.kinds.contains { !$0.feature.isEmpty },
        ]
    }

    // MARK: Records of few kinds. All of these return `Int32.max` where nothing differs.

    private static func clients(_ before: ClientTable, _ after: ClientTable) -> Int32 {
        var first = Int32.max
        let shared = before.count
        // Taken out of the tables once, as below.
        let (wasKnown, isKnown) = (before.isKnown, after.isKnown)
        let (oldCreation, creation) = (before.creationDay, after.creationDay)
        for client in shared..<after.count where isKnown[client] {
            first = min(first, creation[client])
        }
        func compare<Value: Equatable>(_ old: [Value], _ new: [Value]) {
            // Columns that nobody has written to are the same memory, which this comparison begins with.
            if old == new { return }
            for client in 0..<shared where old[client] != new[client] {
                if wasKnown[client] { first = min(first, oldCreation[client]) }
                if isKnown[client] { first = min(first, creation[client]) }
            }
        }
        compare(before.isKnown, after.isKnown)
        compare(before.creationDay, after.creationDay)
        compare(before.contractEndDay, after.contractEndDay)
        compare(before.churnDay, after.churnDay)
        // Codes are never given anew, so equal codes are equal texts.
        compare(before.tier.codes, after.tier.codes)
        compare(before.subscriptionType.codes, after.subscriptionType.codes)
        return first
    }

    private static func tickets(_ before: TicketTable, _ after: TicketTable) -> Int32 {
        // Taken out of the tables once: in a loop every array of them would be counted in and out at every row.
        let (oldClient, client) = (before.client, after.client)
        let (oldCreated, created) = (before.createdAt, after.createdAt)
        let (oldResolved, resolved) = (before.resolvedAt, after.resolvedAt)
        let (oldRating, rating) = (before.satisfaction, after.satisfaction)
        var first = Int32.max
        for row in client.indices {
            if row >= oldClient.count {
                first = min(first, day(created[row]))
            } else if client[row] != oldClient[row] || created[row] != oldCreated[row] {
                first = min(first, day(created[row]), day(oldCreated[row]))
            } else if resolved[row] != oldResolved[row] || rating[row] != oldRating[row] {
                first = min(
                    first,
                    firstDay(
                        created: created[row], resolved: (oldResolved[row], resolved[row]),
                        satisfaction: (oldRating[row], rating[row])))
            }
        }
        return first
    }

    /// The first day on which a ticket counts differently after it was resolved or rated, milliseconds and ratings as in
    /// ``TicketTable``.
    static func firstDay(created: Int64, resolved: (Int64, Int64), satisfaction: (Int8, Int8)) -> Int32 {
        // Until it is resolved a ticket is open; a rating that came with the resolution is not known before it.
        func ratingWhileOpen(_ resolved: Int64, _ satisfaction: Int8) -> Int8 {
            resolved == TicketTable.unresolved ? satisfaction : 0
        }
        let resolutions = [resolved.0, resolved.1].filter { $0 != TicketTable.unresolved }
        guard ratingWhileOpen(resolved.0, satisfaction.0) == ratingWhileOpen(resolved.1, satisfaction.1),
            let earliest = resolutions.min()
        else { return day(created) }
        return max(day(created), day(earliest))
    }

    private static func surveys(_ before: SurveyTable, _ after: SurveyTable) -> Int32 {
        var first = Int32.max
        for row in before.count..<after.count { first = min(first, after.day[row]) }
        return first
    }

    private static func day(_ milliseconds: Int64) -> Int32 {
        let length: Int64 = 86_400_000
        return Int32(clamping: (milliseconds - (milliseconds < 0 ? length - 1 : 0)) / length)
    }
}
