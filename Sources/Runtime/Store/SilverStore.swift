import GRDB
import GRDBSQLite
import Records
import Silver

/// `aura.db`: the ledger of drops and silver. One writer; readers never wait for it.
public final class SilverStore: Sendable {
    let pool: DatabasePool
    public let path: String
    /// What the write-ahead log holds of a large load, see ``BlockWriting``.
    let logBytesMax: Int
    /// What opening did to a database of an older version; nil when there was nothing to do, or no database yet.
    public let migration: Migration?

    /// From one version of the schema to another.
    public struct Migration: Sendable, Equatable {
        public var before: Int
        public var after: Int
        public var duration: Duration
    }

    /// Opens or makes the database and brings it to today's schema.
    /// - Parameter logBytesMax: what the write-ahead log may hold of a large load before it is emptied.
    public init(path: String, logBytesMax: Int = 256 << 20) throws {
        self.path = path
        self.logBytesMax = logBytesMax
        var configuration = Configuration()
        configuration.label = "aura.db"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            // A page holds some thousand packed keys. Takes effect on an empty file only.
            try database.execute(sql: "PRAGMA page_size = 16384")
            try database.execute(sql: "PRAGMA cache_size = -32768")
            try database.execute(sql: "PRAGMA mmap_size = 17179869184")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        pool = try DatabasePool(path: path, configuration: configuration)
        // Every commit is on the disk before a drop leaves its place. Here and not above, because opening a pool sets
        // the writer to NORMAL after it was prepared.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let before = try pool.read { try Schema.migrator.appliedMigrations($0).count }
        let start = ContinuousClock.now
        try Schema.migrator.migrate(pool)
        let after = Schema.migrator.migrations.count
        migration =
            before > 0 && before < after
            ? Migration(before: before, after: after, duration: ContinuousClock.now - start) : nil
    }

    /// Moves what stands in the write-ahead log into the database, as far as readers allow. Called after a load, off
    /// the path of any answer. The log keeps its size, which is bounded: opening a pool with an empty one writes to it,
    /// and on a full disk there would be no room for that.
    public func checkpoint() throws {
        try pool.writeWithoutTransaction { database throws in
            guard let connection = database.sqliteConnection else { return }
            sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_RESTART, nil, nil)
        }
    }

    /// Asks SQLite to check the whole file.
    /// - Returns: the problems found; empty when there are none.
    public func integrityProblems() throws -> [String] {
        try pool.read { database in
            try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        }
    }

    func setMeta(_ connection: OpaquePointer, _ key: String, _ value: Int64?) throws {
        let statement = try BulkStatement(
            connection,
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        statement.bind(1, key)
        if let value { statement.bind(2, value) } else { statement.bindNull(2) }
        try statement.run("write \(key)")
    }

    static func meta(_ database: Database, _ key: String) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
    }

    /// A text that is kept beside the data, such as the fingerprint of the settings it was loaded with.
    public func note(_ key: String) throws -> String? {
        try pool.read {
            try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = ?", arguments: ["note:" + key])
        }
    }

    public func setNote(_ key: String, _ value: String) throws {
        try pool.write {
            try $0.execute(
                sql:
                    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                arguments: ["note:" + key, value])
        }
    }

    /// Forgets silver, keeps the ledger: every drop that was loaded is queued again in its old order. The originals
    /// stand in
    /// bronze.
    public func resetForRebuild() throws {
        try pool.write { database in
            for table in [
                "client", "client_history", "event_kind", "transaction_kind", "segment", "segment_block", "key_run",
                "key_block", "ticket", "survey", "orphan", "reject_counts", "calendar",
            ] {
                try database.execute(sql: "DELETE FROM \(table)")
            }
            try database.execute(sql: "DELETE FROM meta WHERE key IN ('last_day', 'first_event_day')")
        }
        try pool.vacuum()
    }
}
