public import Records
import Words

/// Which clients' features, and whatever else is shown of them, may differ between two states of the same data as of the
/// same day.
public enum FeatureChanges {
    /// - Parameters:
    ///   - before: an earlier state: client indices and rows are only ever appended, rows of tickets updated in place.
    ///   - records: the clients whose events or transactions differ.
    /// - Returns: by dense client index.
    public static func clients(_ before: SilverTables, _ after: SilverTables, records: [UInt32]) -> [Bool] {
        var changed = [Bool](repeating: false, count: after.clients.count)
        for client in records { changed[Int(client)] = true }
        markTickets(before.tickets, after.tickets, &changed)
        for row in before.surveys.count..<max(before.surveys.count, after.surveys.count) {
            changed[Int(after.surveys.client[row])] = true
        }
        markAttributes(before.clients, after.clients, &changed)
        return changed
    }

    private static func markTexts(_ before: TextColumn, _ after: TextColumn, _ changed: inout [Bool]) {
        let shared = min(before.count, after.count)
        before.bytes.withUnsafeBufferPointer { old in
            after.bytes.withUnsafeBufferPointer { new in
                for client in 0..<shared {
                    let (left, right) = (before.spans[client], after.spans[client])
                    let isSame = old[Int(left.start)..<Int(left.end)].elementsEqual(
                        new[Int(right.start)..<Int(right.end)])
                    if !isSame { changed[client] = true }
                }
            }
        }
    }

    private static func markTickets(_ before: TicketTable, _ after: TicketTable, _ changed: inout [Bool]) {
        let (created, resolved) = (after.createdAt, after.resolvedAt)
        let (satisfaction, issues) = (after.satisfaction, after.issueType.codes)
        for row in 0..<after.count {
            if row < before.count, created[row] == before.createdAt[row], resolved[row] == before.resolvedAt[row],
                satisfaction[row] == before.satisfaction[row], issues[row] == before.issueType.codes[row]
            {
                continue
            }
            changed[Int(after.client[row])] = true
            if row < before.count { changed[Int(before.client[row])] = true }
        }
    }

    private static func markAttributes(_ before: ClientTable, _ after: ClientTable, _ changed: inout [Bool]) {
        func mark<Value: Equatable>(_ old: [Value], _ new: [Value]) {
            let shared = min(old.count, new.count)
            if old.count == new.count, old == new { return }
            for client in 0..<shared where old[client] != new[client] { changed[client] = true }
            for client in shared..<new.count { changed[client] = true }
        }
        mark(before.isKnown, after.isKnown)
        for attribute in ClientAttribute.exported {
            switch attribute.form {
            // Codes are never given anew, so equal codes are equal texts.
            case .word: mark(before[word: attribute].codes, after[word: attribute].codes)
            case .number: mark(before[number: attribute], after[number: attribute])
            case .day, .futureDay, .knownWhenOver: mark(before[day: attribute], after[day: attribute])
            case .text: markTexts(before[text: attribute], after[text: attribute], &changed)
            }
        }
    }
}
