import Records
import Words

/// Stages support tickets. A later drop updates a ticket that is there: it gets resolved, and rated. What it has no
/// column for stays.
final class SupportStage: SilverStage {
    private var reading: RowReading
    private var time = TimeParser()
    private var issues = TextCoder()
    private var text = StagedText()
    private var staged = StagedRows<Row>()
    private var pendingOrphans = PendingOrphans()

    private enum Column {
        static let id = 0
        static let customer = 1
        static let issue = 2
        static let created = 3
        static let resolved = 4
        static let satisfaction = 5
    }

    private struct Row: BitwiseCopyable {
        var key: RecordKey
        var id: FieldSpan
        var client: UInt32
        var issue: UInt32
        var created: Int64
        var resolved: Int64
        var satisfaction: Int8
        /// Which of the optional columns the row has.
        var hasIssue: Bool
        var hasResolved: Bool
        var hasSatisfaction: Bool
        var contentHash: UInt64
        var line: UInt32
    }

    init(settings: SilverSettings) { reading = RowReading(.support, settings) }

    func beginDrop(_ settings: SilverSettings) {
        reading.beginDrop(settings)
        staged.removeAll()
        text.removeAll()
    }

    var textBytes: Int { text.bytes.count }

    func abandonDrop(_ load: SilverLoad) {
        staged.removeAll()
        // It may name values that only this drop had.
        issues = TextCoder()
    }

    func load(_ batch: BronzeBatch, into load: SilverLoad, rejected: (Reject) -> Void) {
        let rows = reading.rows(of: batch)
        for row in 0..<batch.rowCount {
            load.prefetchClient(rows, after: row, column: Column.customer)
            if let problem = parse(rows, row, load) {
                load.current.rejected += 1
                rejected(reading.reject(rows, row, problem))
            }
        }
    }

    /// Stages a row, or says why it is rejected.
    private func parse(_ rows: RowBytes, _ row: Int, _ load: SilverLoad) -> (Int, Reject.Reason)? {
        let id = rows.span(row, Column.id)
        if id.count == 0 { return (Column.id, .missing) }
        if let reason = reading.violation(rows, row, Column.id) { return (Column.id, reason) }
        let customer = rows.span(row, Column.customer)
        if customer.count == 0 { return (Column.customer, .missing) }
        if let reason = reading.violation(rows, row, Column.customer) { return (Column.customer, reason) }
        if let reason = reading.violation(rows, row, Column.issue) { return (Column.issue, reason) }
        let createdSpan = rows.span(row, Column.created)
        if createdSpan.count == 0 { return (Column.created, .missing) }
        let created: Instant
        switch instant(rows, createdSpan) {
        case .success(let value): created = value
        case .failure(let problem): return (Column.created, problem.reason)
        }
        if let reason = reading.violation(rows, row, Column.created) { return (Column.created, reason) }
        var resolved = TicketTable.unresolved
        let resolvedSpan = rows.span(row, Column.resolved)
        if resolvedSpan.count > 0 {
            switch instant(rows, resolvedSpan) {
            case .success(let value):
                if value < created { return (Column.resolved, .resolvedBeforeCreated) }
                resolved = value.rawValue
            case .failure(let problem): return (Column.resolved, problem.reason)
            }
        }
        if let reason = reading.violation(rows, row, Column.resolved) { return (Column.resolved, reason) }
        var satisfaction: Int8 = 0
        let satisfactionSpan = rows.span(row, Column.satisfaction)
        if satisfactionSpan.count > 0 {
            guard
                let value = NumberParser.integer(
                    rows.pointer(satisfactionSpan), satisfactionSpan.count, in: 1...5)
            else { return (Column.satisfaction, .notAnInteger(1...5)) }
            satisfaction = Int8(value)
        }
        if let reason = reading.violation(rows, row, Column.satisfaction) { return (Column.satisfaction, reason) }
        let clientKey = rows.key(customer)
        let hash = KeyIndex.hash(of: clientKey)
        let issueSpan = rows.span(row, Column.issue)
        let issueCode = issues.code(rows, issueSpan, &load.tables.tickets.issueType)
        staged.append(
            Row(
                key: rows.key(id), id: text.append(rows.buffer(id)),
                client: load.client(clientKey, hash: hash, id: rows.buffer(customer)), issue: issueCode,
                created: created.rawValue, resolved: resolved, satisfaction: satisfaction,
                hasIssue: rows.names(row, Column.issue), hasResolved: rows.names(row, Column.resolved),
                hasSatisfaction: rows.names(row, Column.satisfaction),
                contentHash: ContentHash.combine(
                    hash ^ UInt64(bitPattern: created.rawValue),
                    UInt64(bitPattern: resolved) &* 8 &+ UInt64(satisfaction), rows.key(issueSpan).mixed.low),
                line: rows.batch.lines[row]))
        return nil
    }

    private struct Problem: Error { var reason: Reject.Reason }

    /// An instant from the earliest day on. A resolution may be as late as the latest plausible day, like everything
    /// else.
    private func instant(_ rows: RowBytes, _ span: FieldSpan) -> Result<Instant, Problem> {
        guard case .value(let day, let millisecond) = time.instant(rows.pointer(span), span.count) else {
            return .failure(Problem(reason: .notAnInstant))
        }
        if let reason = reading.problem(ofDay: day) { return .failure(Problem(reason: reason)) }
        return .success(Instant(day: Day(rawValue: day), millisecondOfDay: Int(millisecond)))
    }

    func endDrop(_ load: SilverLoad) {
        // Moved out and back, so that writing to it copies nothing and is checked once.
        var tickets = load.tables.tickets
        load.tables.tickets = TicketTable()
        defer { load.tables.tickets = tickets }
        var firstRows = FirstRows(known: tickets.count)
        let dropIndex = load.counts.count
        var waiting: [UInt32: Int] = [:]
        let ticketIndex = load.state.ticketIndex
        ticketIndex.reserve(staged.count)
        tickets.reserveFurther(staged.count)
        var lastCreated = Int64.min
        for index in 0..<staged.count {
            if load.endsEarly(at: index) { break }
            let row = staged[index]
            if index + 8 < staged.count { ticketIndex.prefetch(hash: KeyIndex.hash(of: staged[index + 8].key)) }
            let hash = KeyIndex.hash(of: row.key)
            var ticket = ticketIndex.find(row.key, hash: hash)
            if ticket >= 0, let first = firstRows[ticket] {
                load.current.duplicates += 1
                load.current.accepted -= 1
                if staged[first].contentHash != row.contentHash {
                    load.current.collisions += 1
                    load.remark(line: Int(row.line), column: nil, .differentDuplicate)
                }
                continue
            }
            if ticket < 0 {
                ticket = ticketIndex.insert(row.key, hash: hash)
                append(row, &tickets)
            } else if update(ticket, with: row, &tickets, load) {
                load.current.updated += 1
                load.changedTickets.insert(ticket)
            }
            firstRows.note(ticket, row: index)
            lastCreated = max(lastCreated, row.created)
            if !load.tables.clients.isKnown[Int(row.client)] { waiting[row.client, default: 0] += 1 }
        }
        if lastCreated > Int64.min { load.tables.see(lastDay: Instant(rawValue: lastCreated).day) }
        staged.removeAll()
        text.removeAll()
        pendingOrphans.append(dropIndex: dropIndex, rowsOfClient: waiting)
    }

    private func append(_ row: Row, _ tickets: inout TicketTable) {
        text.withBytes(row.id) { tickets.id.append($0) }
        tickets.client.append(row.client)
        tickets.createdAt.append(row.created)
        tickets.resolvedAt.append(row.resolved)
        tickets.satisfaction.append(row.satisfaction)
        tickets.issueType.codes.append(row.issue)
    }

    private func update(_ ticket: Int, with row: Row, _ tickets: inout TicketTable, _ load: SilverLoad) -> Bool {
        var row = row
        if !row.hasIssue { row.issue = tickets.issueType.codes[ticket] }
        if !row.hasSatisfaction { row.satisfaction = tickets.satisfaction[ticket] }
        // A resolution before the ticket's new beginning is none of this ticket.
        if !row.hasResolved, tickets.resolvedAt[ticket] >= row.created { row.resolved = tickets.resolvedAt[ticket] }
        if tickets.client[ticket] == row.client, tickets.createdAt[ticket] == row.created,
            tickets.resolvedAt[ticket] == row.resolved, tickets.satisfaction[ticket] == row.satisfaction,
            tickets.issueType.codes[ticket] == row.issue
        {
            return false
        }
        remark(ticket, row, tickets, load)
        tickets.client[ticket] = row.client
        tickets.createdAt[ticket] = row.created
        tickets.resolvedAt[ticket] = row.resolved
        tickets.satisfaction[ticket] = row.satisfaction
        tickets.issueType.codes[ticket] = row.issue
        return true
    }

    /// Says what a row changes of what was known of a ticket. That it gets resolved and rated is what it comes for.
    private func remark(_ ticket: Int, _ row: Row, _ tickets: TicketTable, _ load: SilverLoad) {
        func note(_ column: Int, _ kind: RemarkKind) {
            load.remark(line: Int(row.line), column: reading.category.columns[column].name, kind)
        }
        func compare(_ column: Int, _ isSame: Bool, wasKnown: Bool, isKnown: Bool, removed: RemarkKind = .removedValue)
        {
            if isSame || !wasKnown { return }
            note(column, isKnown ? .replacedValue : removed)
        }
        compare(Column.customer, tickets.client[ticket] == row.client, wasKnown: true, isKnown: true)
        let issue = tickets.issueType.codes[ticket]
        compare(Column.issue, issue == row.issue, wasKnown: issue != 0, isKnown: row.issue != 0)
        compare(Column.created, tickets.createdAt[ticket] == row.created, wasKnown: true, isKnown: true)
        let resolved = tickets.resolvedAt[ticket]
        compare(
            Column.resolved, resolved == row.resolved, wasKnown: resolved != TicketTable.unresolved,
            isKnown: row.resolved != TicketTable.unresolved, removed: .reopenedTicket)
        let satisfaction = tickets.satisfaction[ticket]
        compare(
            Column.satisfaction, satisfaction == row.satisfaction, wasKnown: satisfaction != 0,
            isKnown: row.satisfaction != 0)
    }

    func finish(_ load: SilverLoad, known: any KnownKeys) throws -> StageOutcome {
        pendingOrphans.enter(into: load)
        return StageOutcome()
    }
}
