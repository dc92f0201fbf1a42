import GRDB
import GRDBSQLite
import Glibc
import Locks
import Records
import Silver

/// `aura.db`: the ledger of drops and silver. One writer; readers never wait for it.
///
/// The file itself can be exchanged for a successor while others read, see ``replace(with:settingAside:)``.
public final class SilverStore: Sendable {
    let pool: Replaceable<DatabasePool>
    public let path: String
    /// What the write-ahead log holds of a large load, see ``BlockWriting``.
    let logBytesMax: Int
    let counter: LedgerCounter
    /// See ``misplacedFile``.
    let opened = Guarded<OpenedFiles?>(nil)
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
    /// - Throws: `StoreError` whose `isDamaged` or `isNewer` says so, and what SQLite says otherwise.
    public init(path: String, logBytesMax: Int = 256 << 20) throws {
        self.path = path
        self.logBytesMax = logBytesMax
        counter = LedgerCounter()
        let opened = try SilverStore.open(path, counter)
        pool = Replaceable(opened.pool)
        migration = opened.migration
        noteFiles()
    }

    /// - Parameter counter: goes on counting in this database.
    static func open(
        _ path: String, _ counter: LedgerCounter
    ) throws -> (pool: DatabasePool, migration: Migration?) {
        var configuration = Configuration()
        configuration.label = "aura.db"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            // A page holds some thousand packed keys. Takes effect on an empty file only.
            try database.execute(sql: "PRAGMA page_size = 16384")
            try database.execute(sql: "PRAGMA cache_size = -32768")
            // Not mapped into memory: reading what somebody has cut off there would end the process, and the pages would
            // count as its own.
            try database.execute(sql: "PRAGMA mmap_size = 0")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            // A row that is replaced goes by the triggers of those that go.
            try database.execute(sql: "PRAGMA recursive_triggers = ON")
            if let connection = database.sqliteConnection { RowDigests.addFunctions(to: connection) }
        }
        let migrator = Schema.migrator
        try refuseNewer(path, migrator)
        let pool = try DatabasePool(path: path, configuration: configuration)
        // Every commit is on the disk before a drop leaves its place. Here and not above, because opening a pool sets
        // the writer to NORMAL after it was prepared.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        let before = try pool.read { try migrator.appliedMigrations($0).count }
        let start = ContinuousClock.now
        if before < migrator.migrations.count {
            // Migrations note what they leave as what was written: nothing damaged is to be among it.
            try pool.read { database in
                guard try RowDigests.isKept(database) else { return }
                try RowDigests.check(RowDigests.present(in: database), database)
            }
        }
        try migrator.migrate(pool)
        let after = migrator.migrations.count
        let migration =
            before > 0 && before < after
            ? Migration(before: before, after: after, duration: ContinuousClock.now - start) : nil
        try counter.begin(pool)
        try pool.writeWithoutTransaction { try RowDigests.keep($0) }
        return (pool, migration)
    }

    /// What a newer version has written may mean something else by the same names, so that even opening it for writing,
    /// which begins a log, is too much.
    private static func refuseNewer(_ path: String, _ migrator: DatabaseMigrator) throws {
        guard access(path, F_OK) == 0 else { return }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        let applied = try queue.read { database -> [String?] in
            guard try database.tableExists("grdb_migrations") else { return [] }
            return try Row.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations")
                .map { String.fromDatabaseValue($0["identifier"]) }
        }
        let known = Set(migrator.migrations)
        let names = Set(applied.compactMap { $0 })
        guard names.count < applied.count || !names.isSubset(of: known) else { return }
        // A newer version has all migrations of this one, and some more of names as these have. A name that was damaged is
        // missing where it was.
        let newer = names.subtracting(known).count(where: Schema.isName)
        guard newer > known.subtracting(names).count else { throw BlockDigest.damaged("table grdb_migrations") }
        throw StoreError(code: StoreError.newerCode, message: "\(path) was written by a newer version of aura")
    }

    /// Closes the file, before it is given another name: closing a database removes the log of its name.
    public func close() { pool.use { try? $0.close() } }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try pool.use { try $0.read(body) }
    }

    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try pool.use { try $0.write(body) }
    }

    func writeWithoutTransaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try pool.use { try $0.writeWithoutTransaction(body) }
    }

    /// Moves what stands in the write-ahead log into the database, as far as readers allow. Called after a load, off
    /// the path of any answer. The log keeps its size, which is bounded: opening a pool with an empty one writes to it,
    /// and on a full disk there would be no room for that.
    public func checkpoint() throws {
        try writeWithoutTransaction { database throws in
            guard let connection = database.sqliteConnection else { return }
            sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_RESTART, nil, nil)
        }
    }

    /// Asks SQLite to check the whole file.
    /// - Parameter isInterrupted: asked now and then whether to end with an error.
    /// - Returns: the problems found; empty when there are none.
    public func integrityProblems(isInterrupted: @escaping @Sendable () -> Bool = { false }) throws -> [String] {
        try read { database in
            guard let connection = database.sqliteConnection else {
                throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
            }
            return try InterruptibleStatements.during(connection, isInterrupted) {
                try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
            }
        }
    }

    /// The same for the tables by which a start and a rebuild go; whatever keeps them from being read is a problem, too.
    public func ledgerProblems() -> [String] {
        do {
            return try read { database in
                let problems = try ["drops", "meta", "original_look"].flatMap { table in
                    try String.fetchAll(database, sql: "PRAGMA integrity_check('\(table)')").filter { $0 != "ok" }
                }
                guard problems.isEmpty else { return problems }
                try SilverStore.checkLedger(database)
                return try RowDigests.differences(RowDigests.ledger, database)
                    .map { BlockDigest.damaged("table \($0)").message }
            }
        } catch let error as StoreError where error.isDamaged {
            return [error.message]
        } catch {
            return [StoreError.text(of: error)]
        }
    }

    /// Looks at what a look at the ends tells of the whole: moves what stands in the log into the file, which shows
    /// whether the file is as long as it has to be, and compares its length. What is damaged within is found as it is
    /// read.
    /// - Throws: an error of damage; a disk that is full keeps nobody from reading.
    public func checkLength() throws {
        try writeWithoutTransaction { database in
            guard let connection = database.sqliteConnection else { return }
            var (log, moved): (Int32, Int32) = (0, 0)
            let code = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, &log, &moved)
            guard ![SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xFF) else {
                throw StoreError(connection, doing: "read the end of the database")
            }
            guard code == SQLITE_OK, log == moved else { return }
            let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let bytes = pages * (try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
            var status = stat()
            guard stat(path, &status) == 0, Int64(status.st_size) < bytes else { return }
            throw StoreError(
                code: SQLITE_CORRUPT, message: "it has \(status.st_size) bytes, and should have \(bytes)")
        }
    }

    /// Why the file as a whole is not sound: every page, every packed block and every row is read. For whoever is about
    /// to throw it away.
    /// - Returns: nil when nothing is wrong.
    public func wholeProblem(isInterrupted: @escaping @Sendable () -> Bool) throws -> String? {
        do {
            try checkLength()
            if let problem = try integrityProblems(isInterrupted: isInterrupted).first { return problem }
            let state = try readState(isInterrupted: isInterrupted)
            return try differences(from: state.tables, isInterrupted: isInterrupted).first
                .map { "table \($0) does not hold what was written to it" }
        } catch {
            if isInterrupted() { throw error }
            return StoreError.text(of: error)
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
        try Row.fetchOne(database, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key])
            .flatMap { try StoredRow($0, "\(key) in table meta").optional("value") }
    }

    /// A text that is kept beside the data, such as the fingerprint of the settings it was loaded with.
    public func note(_ key: String) throws -> String? {
        try read {
            try Row.fetchOne($0, sql: "SELECT value FROM meta WHERE key = ?", arguments: ["note:" + key])
                .flatMap { try StoredRow($0, "note \(key) in table meta").optional("value") }
        }
    }

    static func setNote(_ key: String, _ value: String, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            arguments: ["note:" + key, value])
    }

    public func setNote(_ key: String, _ value: String) throws {
        try write { try SilverStore.setNote(key, value, $0) }
    }
}
