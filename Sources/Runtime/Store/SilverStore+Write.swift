import GRDB
import GRDBSQLite
public import Records
public import Silver

/// The state of a drop in the ledger after a load.
public struct LoadedDrop: Sendable {
    public var id: Int64
    public var sha256: String
    public var fileExtension: String
    public var rejectCounts: [RejectCount]
    public var reason: String?

    public struct RejectCount: Sendable, Equatable {
        public var column: String
        public var code: String
        public var rows: Int

        public init(column: String, code: String, rows: Int) {
            self.column = column
            self.code = code
            self.rows = rows
        }
    }

    public init(id: Int64, sha256: String, fileExtension: String, rejectCounts: [RejectCount], reason: String? = nil) {
        self.id = id
        self.sha256 = sha256
        self.fileExtension = fileExtension
        self.rejectCounts = rejectCounts
        self.reason = reason
    }
}

/// What a load means for ledger and journal.
public enum LoadKind: Sendable {
    /// Drops that were never loaded: the ledger gets their content, order and time, the journal a line for each.
    case first(LoadJournaling)
    /// Loads that the journal has already: with the order and time it gives them, and where their lines end in it.
    case caughtUp([Int64: (record: LoadRecord, position: String)])
    /// Drops that were loaded before: nothing changes but what is derived from them.
    case again

    public var isFirst: Bool { if case .first = self { true } else { false } }
}

/// The journal as a load sees it.
public struct LoadJournaling: Sendable {
    /// Writes the lines of loads, in their order; on the disk when it returns. Gives the position to note.
    public var append: @Sendable ([LoadRecord]) throws -> String
    /// Takes them back, because the load came to nothing after all.
    public var takeBack: @Sendable () -> Void
    /// The fingerprint of the settings that decide which rows are accepted.
    public var settings: String?

    public init(
        settings: String?, append: @escaping @Sendable ([LoadRecord]) throws -> String,
        takeBack: @escaping @Sendable () -> Void
    ) {
        self.settings = settings
        self.append = append
        self.takeBack = takeBack
    }
}

extension SilverStore {
    /// The note that holds how far the journal of loads went with the last load.
    public static let journalNote = "journal"

    /// The keys of all earlier loads of a category. Only whoever writes to the store may ask, between two writes.
    /// - Parameter isInterrupted: asked now and then whether to end with an error.
    public func knownKeys(
        of category: Category, isInterrupted: @escaping () -> Bool = { false }
    ) throws -> some KnownKeys {
        StoredKeys(
            store: self, category: category, runs: try runs(of: category), isInterrupted: isInterrupted)
    }

    private func runs(of category: Category) throws -> [KeyRun] {
        try read { database in
            guard let connection = database.sqliteConnection else {
                throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
            }
            return try KeyRun.all(connection, category: category)
        }
    }

    /// Stores what a load changes: the new records, their keys, and the ledger entries of its drops. Either all of it is
    /// there afterwards, or nothing.
    ///
    /// Packed blocks of a large load are written ahead, see ``BlockWriting``; one transaction in the end makes them part
    /// of silver together with everything else.
    ///
    /// - Parameters:
    ///   - drops: describes the loaded drops.
    ///   - kind: whether ledger and journal are to be written too.
    ///   - loadedAt: milliseconds since 1970.
    ///   - isInterrupted: asked now and then whether to end without having stored anything.
    public func write(
        _ delta: SilverDelta, drops: [Int64: LoadedDrop], kind: LoadKind, loadedAt: Int64,
        isInterrupted: @escaping () -> Bool = { false }
    ) throws {
        try writeWithoutTransaction { database in
            guard let connection = database.sqliteConnection else {
                throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
            }
            try SQLiteConnection.execute(connection, "BEGIN IMMEDIATE")
            do {
                try BlockWriting.sweep(connection)
                try InterruptibleStatements.during(connection, isInterrupted) {
                    try self.writePacked(delta, connection, isInterrupted)
                    try GatheredDigests.during(connection) {
                        try self.write(delta, drops: drops, kind: kind, loadedAt: loadedAt, connection)
                    }
                    if isInterrupted() { throw StoreError(code: SQLITE_INTERRUPT, message: "interrupted") }
                }
                try self.finish(delta, kind: kind, database, connection)
                // Observers are not told of a transaction that goes past them.
                self.counter.update(from: database)
            } catch {
                // The first error is the one to report; a rollback of a rolled-back transaction is no error.
                sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
                // What was written ahead gives its room back now if it can; if not, before the next load.
                if !isInterrupted() { try? BlockWriting.sweep(connection) }
                throw error
            }
        }
    }

    /// Stores the keys of a load and its segment.
    private func writePacked(
        _ delta: SilverDelta, _ connection: OpaquePointer, _ isInterrupted: () -> Bool
    ) throws {
        guard delta.keys.count > 0 || delta.transactionSegment != nil else { return }
        let blocks = BlockWriting(connection, bytesMax: logBytesMax)
        let writer = try KeyRunWriter(connection, category: delta.category)
        try delta.keys.forEachPiece {
            try writer.append($0)
            try blocks.wrote($0.count * MemoryLayout<KeyEntry>.stride)
        }
        if let segment = delta.eventSegment {
            try SegmentRows.writeBlocks(segment, connection) { try blocks.wrote($0) }
        }
        for segment in delta.rewrittenTransactions + [delta.transactionSegment].compactMap({ $0 }) {
            try SegmentRows.writeBlocks(segment, connection) { try blocks.wrote($0) }
        }
        // From here on everything is one transaction.
        var runs = try KeyRun.all(connection, category: delta.category)
        if let run = try writer.finish() { runs.append(run) }
        let candidates = KeyRunMerge.candidates(runs)
        if !candidates.isEmpty {
            _ = try KeyRunMerge.merge(candidates, category: delta.category, connection, isInterrupted)
        }
    }

    /// The journal first, then the commit: what the ledger calls loaded stands in the journal, always.
    private func finish(
        _ delta: SilverDelta, kind: LoadKind, _ database: Database, _ connection: OpaquePointer
    ) throws {
        switch kind {
        case .again: try SQLiteConnection.execute(connection, "COMMIT")
        case .caughtUp(let known):
            if let last = delta.counts.last, let position = known[last.drop]?.position {
                try SilverStore.setNote(SilverStore.journalNote, position, database)
            }
            try SQLiteConnection.execute(connection, "COMMIT")
        case .first(let journal):
            var records: [LoadRecord] = []
            for (drop, _) in delta.counts {
                guard var record = try SilverStore.loadRecord(drop, database) else { continue }
                record.settings = journal.settings
                records.append(record)
            }
            let position = try journal.append(records)
            do {
                try SilverStore.setNote(SilverStore.journalNote, position, database)
                try SQLiteConnection.execute(connection, "COMMIT")
            } catch {
                journal.takeBack()
                throw error
            }
        }
    }

    private func write(
        _ delta: SilverDelta, drops: [Int64: LoadedDrop], kind: LoadKind, loadedAt: Int64, _ connection: OpaquePointer
    ) throws {
        let tables = delta.tables
        try ClientRows.write(
            tables.clients, new: delta.newClients, changed: delta.changedClients,
            drop: delta.counts.last?.drop ?? 0, connection)
        try writeKinds(delta, connection)
        if let segment = delta.eventSegment {
            try SegmentRows.enter(segment, category: .engagement, connection)
        }
        for segment in delta.rewrittenTransactions + [delta.transactionSegment].compactMap({ $0 }) {
            try SegmentRows.enter(segment, category: .transactions, connection)
        }
        for id in delta.removedTransactions { try SegmentRows.remove(id, connection) }
        try TransactionRevisions.write(delta.revisedKeys, connection)
        try writeTickets(tables.tickets, rows: Array(delta.newTickets) + delta.changedTickets, connection)
        try writeSurveys(tables.surveys, rows: delta.newSurveys, connection)
        try CalendarRows.write(
            tables.calendar, rows: Array(delta.newCalendarRows) + delta.changedCalendarRows, connection)
        try writeOrphans(delta, connection)
        try setMeta(connection, "last_day", tables.lastDay.map { Int64($0.rawValue) })
        try setMeta(connection, "first_event_day", tables.firstEventDay.map { Int64($0.rawValue) })
        try writeLedger(delta, drops: drops, kind: kind, loadedAt: loadedAt, connection)
        try writeCounts(delta, drops: drops, connection)
    }

    private func writeKinds(_ delta: SilverDelta, _ connection: OpaquePointer) throws {
        let events = try BulkStatement(
            connection, "INSERT INTO event_kind (idx, type, device, feature) VALUES (?, ?, ?, ?)")
        for index in delta.newEventKinds {
            let kind = delta.tables.events.kinds.kinds[index]
            events.bind(1, index)
            events.bind(2, kind.type)
            events.bind(3, kind.device)
            events.bind(4, kind.feature)
            try events.run("write a kind of event")
        }
        let transactions = try BulkStatement(
            connection,
            """
            INSERT INTO transaction_kind (idx, currency, method, is_recurring, period_start, period_days)
                VALUES (?, ?, ?, ?, ?, ?)
            """)
        for index in delta.newTransactionKinds {
            let kind = delta.tables.transactions.kinds.kinds[index]
            transactions.bind(1, index)
            transactions.bind(2, kind.currency)
            transactions.bind(3, kind.method)
            SilverStore.bind(kind.terms, firstIndex: 4, transactions)
            try transactions.run("write a kind of transaction")
        }
    }

    private func writeTickets(_ tickets: TicketTable, rows: [Int], _ connection: OpaquePointer) throws {
        guard !rows.isEmpty else { return }
        let statement = try BulkStatement(
            connection,
            "INSERT OR REPLACE INTO ticket (row, ticket_id, client, created_ms, resolved_ms, satisfaction, issue_type) VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        var issues = CodedText(tickets.issueType)
        for row in rows {
            let issue = issues[tickets.issueType.codes[row]]
            try tickets.id.withBytes(at: row) { id in
                statement.bind(1, row)
                statement.bindStatic(2, id)
                statement.bind(3, Int(tickets.client[row]))
                statement.bind(4, tickets.createdAt[row])
                let resolved = tickets.resolvedAt[row]
                if resolved == TicketTable.unresolved { statement.bindNull(5) } else { statement.bind(5, resolved) }
                let score = tickets.satisfaction[row]
                if score == 0 { statement.bindNull(6) } else { statement.bind(6, Int(score)) }
                statement.bindStatic(7, issue)
                try statement.run("write a ticket")
            }
        }
    }

    private func writeSurveys(_ surveys: SurveyTable, rows: Range<Int>, _ connection: OpaquePointer) throws {
        guard !rows.isEmpty else { return }
        let statement = try BulkStatement(
            connection, "INSERT INTO survey (row, survey_id, client, day, score, comments) VALUES (?, ?, ?, ?, ?, ?)")
        for row in rows {
            try surveys.id.withBytes(at: row) { id in
                try surveys.comments.withBytes(at: row) { comments in
                    statement.bind(1, row)
                    statement.bindStatic(2, id)
                    statement.bind(3, Int(surveys.client[row]))
                    statement.bind(4, Int(surveys.day[row]))
                    statement.bind(5, Int(surveys.score[row]))
                    statement.bindStatic(6, comments)
                    try statement.run("write a survey answer")
                }
            }
        }
    }

    private func writeOrphans(_ delta: SilverDelta, _ connection: OpaquePointer) throws {
        if !delta.joinedOrphans.isEmpty {
            let remove = try BulkStatement(connection, "DELETE FROM orphan WHERE client = ?")
            let subtract = try BulkStatement(connection, "UPDATE drops SET orphans = orphans - ? WHERE id = ?")
            for (client, count) in delta.joinedOrphans {
                remove.bind(1, Int(client))
                try remove.run("join orphans")
                subtract.bind(1, count.rows)
                subtract.bind(2, count.drop)
                try subtract.run("join orphans")
            }
        }
        guard !delta.newOrphans.isEmpty else { return }
        let insert = try BulkStatement(connection, "INSERT INTO orphan (client, drop_id, rows) VALUES (?, ?, ?)")
        for (client, count) in delta.newOrphans {
            insert.bind(1, Int(client))
            insert.bind(2, count.drop)
            insert.bind(3, count.rows)
            try insert.run("note orphans")
        }
    }

    /// What is true of a drop for good once it was loaded for the first time.
    private func writeLedger(
        _ delta: SilverDelta, drops: [Int64: LoadedDrop], kind: LoadKind, loadedAt: Int64, _ connection: OpaquePointer
    ) throws {
        var known: [Int64: LoadRecord] = [:]
        switch kind {
        case .again: return
        case .first: break
        case .caughtUp(let records): known = records.mapValues(\.record)
        }
        let update = try BulkStatement(
            connection,
            """
            UPDATE drops SET state = 'loaded', sha256 = ?, extension = ?, loaded_at = ?, reason = ?,
                load_order = coalesce(?, (
                    SELECT coalesce(max(load_order), 0) + 1 FROM drops WHERE load_order IS NOT NULL))
            WHERE id = ?
            """)
        for (id, _) in delta.counts {
            guard let drop = drops[id] else { continue }
            update.bind(1, drop.sha256)
            update.bind(2, drop.fileExtension)
            update.bind(3, known[id]?.loadedAt.rawValue ?? loadedAt)
            if let reason = drop.reason { update.bind(4, reason) } else { update.bindNull(4) }
            if let order = known[id]?.order { update.bind(5, order) } else { update.bindNull(5) }
            update.bind(6, id)
            try update.run("enter a loaded drop")
        }
    }

    /// What a load found in its drops; found again in a rebuild.
    private func writeCounts(
        _ delta: SilverDelta, drops: [Int64: LoadedDrop], _ connection: OpaquePointer
    ) throws {
        let update = try BulkStatement(
            connection,
            """
            UPDATE drops SET rows = ?, accepted = ?, rejected = ?, duplicates = ?, collisions = ?, updated = ?,
                warnings = ?, orphans = ?
            WHERE id = ?
            """)
        let rejects = try BulkStatement(
            connection,
            "INSERT OR REPLACE INTO reject_counts (drop_id, column_name, code, rows) VALUES (?, ?, ?, ?)")
        for (id, counts) in delta.counts {
            guard let drop = drops[id] else { continue }
            update.bind(1, counts.rows)
            update.bind(2, counts.accepted)
            update.bind(3, counts.rejected)
            update.bind(4, counts.duplicates)
            update.bind(5, counts.collisions)
            update.bind(6, counts.updated)
            update.bind(7, counts.warnings)
            update.bind(8, counts.orphans)
            update.bind(9, id)
            try update.run("count the rows of a drop")
            for count in drop.rejectCounts {
                rejects.bind(1, id)
                rejects.bind(2, count.column)
                rejects.bind(3, count.code)
                rejects.bind(4, count.rows)
                try rejects.run("count rejects")
            }
        }
    }
}
