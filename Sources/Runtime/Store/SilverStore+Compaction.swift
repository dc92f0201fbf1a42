import GRDB
import GRDBSQLite
import Records
public import Silver

extension SilverStore {
    /// Merges segments when there are many of about a size, in the database and in the state.
    /// - Parameter rowsMax: merges that would write more rows than this are left for a quieter time.
    /// - Returns: whether anything was merged.
    public func compact(_ state: SilverState, rowsMax: Int) throws -> Bool {
        let events = state.tables.events.segments
        let eventPicks = SegmentMerge.candidates(rows: events.map(\.events.count)).map { events[$0] }
        if !eventPicks.isEmpty, eventPicks.reduce(0, { $0 + $1.events.count }) <= rowsMax {
            let merged = SegmentMerge.merge(eventPicks, id: try nextSegmentID())
            try replace(eventPicks.map(\.id)) { connection in
                try SegmentRows.write(
                    merged.slices, values: merged.events, id: merged.id, category: .engagement, connection)
            }
            state.replace(events: Set(eventPicks.map(\.id)), with: merged)
            return true
        }
        let transactions = state.tables.transactions.segments
        let picks = SegmentMerge.candidates(rows: transactions.map(\.transactions.count)).map { transactions[$0] }
        if !picks.isEmpty, picks.reduce(0, { $0 + $1.transactions.count }) <= rowsMax {
            let merged = SegmentMerge.merge(picks, id: try nextSegmentID())
            try replace(picks.map(\.id)) { connection in
                try SegmentRows.write(
                    merged.slices, values: merged.transactions, id: merged.id, category: .transactions, connection)
            }
            state.replace(transactions: Set(picks.map(\.id)), with: merged)
            return true
        }
        return false
    }

    private func nextSegmentID() throws -> Int64 {
        try pool.read { try Int64.fetchOne($0, sql: "SELECT coalesce(max(id), 0) + 1 FROM segment") ?? 1 }
    }

    private func replace(_ removed: [Int64], write: (OpaquePointer) throws -> Void) throws {
        try pool.writeWithoutTransaction { database in
            guard let connection = database.sqliteConnection else {
                throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
            }
            try SQLiteConnection.execute(connection, "BEGIN IMMEDIATE")
            do {
                try BlockWriting.sweep(connection)
                for id in removed { try SegmentRows.remove(id, connection) }
                try write(connection)
                try SQLiteConnection.execute(connection, "COMMIT")
            } catch {
                sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
                throw error
            }
        }
    }
}
