import GRDB
import GRDBSQLite
import Glibc
import Locks
import Records
public import Snapshots

/// `gold.db`: the published gold tables, for any SQLite tool. Every publication is one transaction, so that a reader sees
/// one generation of a table or the next, never a mixture.
///
/// The file holds nothing that is not made again from what is served: a damaged one is thrown away.
public final class GoldPublisher: Sendable {
    private let queue: Replaceable<DatabaseQueue>
    let path: String
    /// The file as this left it, see ``isInPlace()``.
    let place = Guarded<FilePlace?>(nil)
    /// How the generation in force differs from what is published; nil when that is not known.
    private let unpublished = Guarded<UnpublishedRows?>(nil)
    /// The file that was found was damaged, and has been replaced by an empty one.
    public let wasDamaged: Bool

    public init(path: String) throws {
        self.path = path
        var found: DatabaseQueue?
        do {
            let queue = try GoldPublisher.open(path)
            // Reads the head of the file and the table, which opening does not.
            _ = try GoldPublisher.publishedSnapshot(queue)
            found = queue
        } catch {
            guard StoreError.isDamage(error) else { throw error }
            try GoldPublisher.remove(path)
        }
        wasDamaged = found == nil
        queue = Replaceable(try found ?? GoldPublisher.open(path))
        notePlace()
    }

    /// How long to wait for whoever has locked the file.
    private static let lockSeconds: Int32 = 10

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "gold.db"
        configuration.busyMode = .timeout(Double(lockSeconds))
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA page_size = 16384")
            // Gold can always be published again; a crash may cost the last publication, never the file.
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
            try database.execute(sql: "PRAGMA cache_size = -16384")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// The log goes with the file: left beside a new one it would be played into it.
    private static func remove(_ path: String) throws {
        for file in ["\(path)-wal", "\(path)-shm", path] where unlink(file) != 0 && errno != ENOENT {
            throw StoreError(
                code: SQLITE_IOERR, message: "could not remove the damaged \(file): \(String(cString: strerror(errno)))"
            )
        }
    }

    /// Throws the file away and begins an empty one. Programs that have the former one open go on reading that.
    public func replaceFile() throws {
        unpublished.withLock { $0 = nil }
        try queue.replace { queue throws in
            try? queue.close()
            try GoldPublisher.remove(path)
            queue = try GoldPublisher.open(path)
        }
        notePlace()
    }

    /// Asks SQLite to check the whole file; empty when there is nothing wrong with it.
    public func integrityProblems() throws -> [String] {
        do {
            return try queue.use { queue in
                try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" } }
            }
        } catch {
            guard StoreError.isDamage(error) else { throw error }
            return [StoreError.text(of: error)]
        }
    }

    /// The name of the generation that is published; nil before the first publication.
    public func publishedSnapshot() throws -> String? { try queue.use { try GoldPublisher.publishedSnapshot($0) } }

    private static func publishedSnapshot(_ queue: DatabaseQueue) throws -> String? {
        try queue.read { database in
            // Not the schema as GRDB remembers it: tables are made behind its back.
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master WHERE name = 'published'")
            guard tables == 1 else { return nil }
            return try String.fetchOne(database, sql: "SELECT snapshot FROM published")
        }
    }

    /// Notes a generation that is put in force, so that its publication writes only what differs from what is published.
    /// - Parameter previous: the generation in force before.
    public func note(_ snapshot: Snapshot, after previous: Snapshot?) {
        unpublished.withLock { unpublished in
            if let previous, unpublished?.generation == previous.generation {
                unpublished?.add(from: previous, to: snapshot)
            } else {
                // The same name is the same content.
                let isPublished = (try? publishedSnapshot()) == snapshot.id
                unpublished = isPublished ? UnpublishedRows(published: snapshot, hasForecasts: false) : nil
            }
        }
    }

    /// All tables but the past of the clients' health, which is long and changes little: see
    /// ``publishHealthHistory(of:isInterrupted:)``.
    /// - Parameter isInterrupted: asked now and then whether to end with an error, and everything as it was.
    public func publish(_ snapshot: Snapshot, isInterrupted: @escaping () -> Bool = { false }) throws {
        try publish(
            PublishedTable.allCases.filter { $0 != .customerHealthHistory }, of: snapshot, isInterrupted: isInterrupted)
    }

    /// Publishes some tables; the others stay as they are.
    public func publish(
        _ tables: [PublishedTable], of snapshot: Snapshot, isInterrupted: @escaping () -> Bool = { false }
    ) throws {
        let known = unpublished.withLock { $0?.generation == snapshot.generation ? $0 : nil }
        let isWhole = tables.count > 1
        _ = try inTransaction { connection in
            try InterruptibleStatements.during(connection, isInterrupted) {
                let publication = try GoldPublication(connection, snapshot, known)
                for table in tables { try publication.write(table) }
                if isWhole { try publication.end() }
            }
            return true
        }
        unpublished.withLock { unpublished in
            if isWhole {
                unpublished = UnpublishedRows(published: snapshot, hasForecasts: true)
            } else if tables.contains(.forecasts) {
                unpublished?.publishedForecasts(of: snapshot)
            }
        }
        if isWhole { compact(isInterrupted) }
    }

    /// What was written once and is of no use any more is given back when it is a large part of the file. It is of use
    /// as a rule: the next publication writes there.
    private func compact(_ isInterrupted: @escaping () -> Bool) {
        defer { noteOwnWriting() }
        try? queue.use { queue in
            try queue.writeWithoutTransaction { database in
                let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                guard free > 1000, free > pages / 4, let connection = database.sqliteConnection else { return }
                // Where the disk has no room for it, or the daemon ends, the file stays as long as it is.
                InterruptibleStatements.during(connection, isInterrupted) {
                    _ = sqlite3_exec(connection, "VACUUM", nil, nil, nil)
                }
                GoldPublisher.emptyLog(connection)
            }
        }
    }

    /// The first publication goes straight into the file, which nobody can be reading yet; all later ones by way of a
    /// write-ahead log, so that readers need not wait.
    /// - Parameter body: returns whether what it did is to stay.
    func inTransaction(_ body: (OpaquePointer) throws -> Bool) throws -> Bool {
        defer { noteOwnWriting() }
        return try queue.use { queue in
            try queue.writeWithoutTransaction { database in
                guard let connection = database.sqliteConnection else {
                    throw StoreError(code: SQLITE_MISUSE, message: "gold.db is closed")
                }
                try SQLiteConnection.execute(connection, "BEGIN IMMEDIATE")
                let stays: Bool
                do {
                    stays = try body(connection)
                    try SQLiteConnection.execute(connection, stays ? "COMMIT" : "ROLLBACK")
                } catch {
                    sqlite3_exec(connection, "ROLLBACK", nil, nil, nil)
                    throw error
                }
                // A reader that is there already only delays either of these.
                if stays { sqlite3_exec(connection, "PRAGMA journal_mode = WAL", nil, nil, nil) }
                GoldPublisher.emptyLog(connection)
                return stays
            }
        }
    }

    /// Moves what was published from the log to the file, and the log off the disk: it is as long as what was written
    /// over, which is most of the file. Where somebody is reading, the next publication does it.
    private static func emptyLog(_ connection: OpaquePointer) {
        sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        sqlite3_busy_timeout(connection, 0)
        sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        sqlite3_busy_timeout(connection, lockSeconds * 1000)
    }
}
