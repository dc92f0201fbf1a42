import GRDB
import GRDBSQLite
import Records
public import Silver

extension SilverStore {
    /// Merges segments when there are many of about a size, in the database and in the state.
    /// - Parameter rowsMax: merges that would write more rows than this are left for a quieter time.
    /// - Returns: whether anything was merged.
    public func compact(_ state: SilverState, rowsMax: Int) throws -> Bool {
        if let (removed, merged) = try merge(
            state.tables.events.segments, category: .engagement, id: state.tables.nextSegmentID, rowsMax: rowsMax)
        {
            state.replace(events: removed, with: merged)
            return true
        }
        if let (removed, merged) = try merge(
            state.tables.transactions.segments, category: .transactions, id: state.tables.nextSegmentID,
            rowsMax: rowsMax)
        {
            state.replace(transactions: removed, with: merged)
            return true
        }
        return false
    }

    /// Merges segments of a category in the database.
    /// - Returns: which are gone and what stands for them; nil when there is nothing to merge.
    private func merge<Value>(
        _ segments: [Segment<Value>], category: Category, id: @autoclosure () -> Int64, rowsMax: Int
    ) throws -> (removed: Set<Int64>, merged: Segment<Value>)? {
        let picks = SegmentMerge.candidates(rows: segments.map(\.values.count)).map { segments[$0] }
        guard !picks.isEmpty, picks.reduce(0, { $0 + $1.values.count }) <= rowsMax else { return nil }
        let merged = SegmentMerge.merge(picks, id: id())
        try replace(picks.map(\.id)) { try SegmentRows.write(merged, category: category, $0) }
        return (Set(picks.map(\.id)), merged)
    }

    private func replace(_ removed: [Int64], write: (OpaquePointer) throws -> Void) throws {
        try writeWithoutTransaction { database in
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
