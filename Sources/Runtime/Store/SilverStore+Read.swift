import GRDB
import GRDBSQLite
import Records
public import Silver

extension KeyRun {
    /// The runs of a category, oldest first.
    static func all(_ connection: OpaquePointer, category: Category) throws -> [KeyRun] {
        let select = try BulkStatement(
            connection, "SELECT id, rows, first_block, fences FROM key_run WHERE category = ? ORDER BY id")
        select.bind(1, category.rawValue)
        var runs: [KeyRun] = []
        while try select.next("read the runs of keys") {
            runs.append(
                KeyRun(
                    id: select.integer(0), rows: Int(select.integer(1)), firstBlock: select.integer(2),
                    fences: Array(select.blob(3).bindMemory(to: UInt64.self))))
        }
        return runs
    }
}

extension SilverStore {
    /// Reads all of silver into memory.
    /// - Parameter isInterrupted: asked now and then whether to end with an error.
    public func readState(isInterrupted: @escaping @Sendable () -> Bool = { false }) throws -> SilverState {
        try read { database in
            guard let connection = database.sqliteConnection else {
                throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
            }
            return try InterruptibleStatements.during(connection, isInterrupted) {
                try readState(database, connection, isInterrupted)
            }
        }
    }

    private func readState(
        _ database: Database, _ connection: OpaquePointer, _ isInterrupted: () -> Bool
    ) throws -> SilverState {
        try SilverStore.checkLedger(database)
        try RowDigests.check(RowDigests.ledger + RowDigests.silver, database)
        try SegmentRows.checkIndex(connection)
        var tables = SilverTables()
        tables.clients = try ClientRows.readAll(connection)
        tables.lastDay = try SilverStore.meta(database, "last_day").map { try StoredTime.day($0, "table meta") }
        tables.firstEventDay = try SilverStore.meta(database, "first_event_day")
            .map { try StoredTime.day($0, "table meta") }
        try readKinds(connection, &tables)
        let clients = tables.clients.id.count
        let eventKinds = UInt32(tables.events.kinds.kinds.count)
        let transactionKinds = UInt32(tables.transactions.kinds.kinds.count)
        tables.events.segments = try SegmentRows.readAll(
            category: .engagement, clientCount: clients, connection
        ) { values in values.allSatisfy { $0.kind < eventKinds } }
        tables.transactions.segments = try SegmentRows.readAll(
            category: .transactions, clientCount: clients, connection
        ) { values in values.allSatisfy { $0.kind < transactionKinds } }
        // Both are written with every load: without them the day of the data, and how long clients are observed, would be
        // made up.
        guard tables.events.segments.isEmpty || tables.firstEventDay != nil,
            (tables.events.segments.isEmpty && tables.transactions.segments.isEmpty) || tables.lastDay != nil
        else { throw BlockDigest.damaged("table meta") }
        tables.tickets = try readTickets(connection)
        tables.surveys = try readSurveys(connection)
        for (owners, what) in [(tables.tickets.client, "table ticket"), (tables.surveys.client, "table survey")] {
            guard owners.allSatisfy({ Int($0) < clients }) else { throw BlockDigest.damaged(what) }
        }
        tables.calendar = try CalendarRows.readAll(connection)
        let orphans = try readOrphans(connection)
        guard orphans.keys.allSatisfy({ Int($0) < clients }) else { throw BlockDigest.damaged("table orphan") }
        if isInterrupted() { throw StoreError(code: SQLITE_INTERRUPT, message: "interrupted") }
        return SilverState(tables: tables, orphans: orphans)
    }

    private func readKinds(_ connection: OpaquePointer, _ tables: inout SilverTables) throws {
        let events = try BulkStatement(connection, "SELECT type, device, feature FROM event_kind ORDER BY idx")
        while try events.next("read the kinds of events") {
            _ = tables.events.kinds.insert(
                EngagementKind(type: events.text(0), device: events.text(1), feature: events.text(2)))
        }
        for kind in try SilverStore.transactionKinds(connection) { _ = tables.transactions.kinds.insert(kind) }
    }

    func readTickets(_ connection: OpaquePointer) throws -> TicketTable {
        var tickets = TicketTable()
        let select = try BulkStatement(
            connection,
            "SELECT ticket_id, client, created_ms, resolved_ms, satisfaction, issue_type FROM ticket ORDER BY row")
        while try select.next("read the tickets") {
            tickets.id.append(select.textBytes(0))
            tickets.client.append(try select.number(1, "table ticket"))
            tickets.createdAt.append(try select.milliseconds(2, "table ticket"))
            tickets.resolvedAt.append(
                select.isNull(3) ? TicketTable.unresolved : try select.milliseconds(3, "table ticket"))
            tickets.satisfaction.append(select.isNull(4) ? 0 : try select.number(4, in: 1...5, "table ticket"))
            tickets.issueType.append(select.text(5))
        }
        return tickets
    }

    func readSurveys(_ connection: OpaquePointer) throws -> SurveyTable {
        var surveys = SurveyTable()
        let select = try BulkStatement(
            connection, "SELECT survey_id, client, day, score, comments FROM survey ORDER BY row")
        while try select.next("read the survey answers") {
            surveys.id.append(select.textBytes(0))
            surveys.client.append(try select.number(1, "table survey"))
            surveys.day.append(try select.day(2, "table survey"))
            surveys.score.append(try select.number(3, in: 0...10, "table survey"))
            surveys.comments.append(select.textBytes(4))
        }
        return surveys
    }

    private func readOrphans(_ connection: OpaquePointer) throws -> [UInt32: [SilverState.OrphanCount]] {
        var orphans: [UInt32: [SilverState.OrphanCount]] = [:]
        let select = try BulkStatement(connection, "SELECT client, drop_id, rows FROM orphan ORDER BY rowid")
        while try select.next("read the orphans") {
            orphans[try select.number(0, "table orphan"), default: []].append(
                SilverState.OrphanCount(
                    drop: try select.number(1, "table orphan"),
                    rows: try select.number(2, in: 0...Int.max, "table orphan")))
        }
        return orphans
    }
}
