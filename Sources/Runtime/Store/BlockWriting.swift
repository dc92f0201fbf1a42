import GRDBSQLite

/// Writes the packed blocks of a large load ahead of the transaction that makes them part of silver.
///
/// In one transaction they would all stand in the write-ahead log before any of them reached the database: a log as large
/// as the load, on the disk and in the page cache. Nothing refers to a block before its run of keys or its segment is
/// entered, so blocks may be committed on the way; when the load then fails, or the daemon is killed, they are left over,
/// and ``sweep(_:)`` removes them before anything else is written.
final class BlockWriting {
    private let connection: OpaquePointer
    /// What the log may hold of a load.
    private let bytesMax: Int
    private var bytes = 0

    /// - Parameter connection: in a write transaction, and so it is after each call.
    init(_ connection: OpaquePointer, bytesMax: Int) {
        self.connection = connection
        self.bytesMax = bytesMax
    }

    /// Notes that a block was written; now and then everything so far is committed and moved into the database.
    func wrote(_ count: Int) throws {
        bytes += count
        guard bytes >= bytesMax else { return }
        bytes = 0
        try SQLiteConnection.execute(connection, "COMMIT")
        // A reader that holds the log open only delays this.
        sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        try SQLiteConnection.execute(connection, "BEGIN IMMEDIATE")
    }

    /// Removes blocks that nothing refers to. They are the last ones: numbers only rise, and no writer goes by without
    /// sweeping.
    static func sweep(_ connection: OpaquePointer) throws {
        try SQLiteConnection.execute(
            connection,
            """
            DELETE FROM segment_block WHERE segment_id > (SELECT coalesce(max(id), 0) FROM segment);
            DELETE FROM key_block WHERE id >= (SELECT coalesce(max(first_block + blocks), 0) FROM key_run)
            """, doing: "remove blocks that a load has left over")
    }
}
