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
    private let path: String
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
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "gold.db"
        configuration.busyMode = .timeout(10)
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
        try queue.replace { queue throws in
            try? queue.close()
            try GoldPublisher.remove(path)
            queue = try GoldPublisher.open(path)
        }
    }

    /// Asks SQLite to check the whole file; empty when there is nothing wrong with it.
    public func integrityProblems() throws -> [String] {
        do {
            return try queue.use { queue in
                try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" } }
            }
        } catch {
            guard StoreError.isDamage(error) else { throw error }
            return ["\(error)"]
        }
    }

    /// The name of the generation that is published; nil before the first publication.
    public func publishedSnapshot() throws -> String? { try queue.use { try GoldPublisher.publishedSnapshot($0) } }

    private static func publishedSnapshot(_ queue: DatabaseQueue) throws -> String? {
        try queue.read { database in
            guard try database.tableExists("published") else { return nil }
            return try String.fetchOne(database, sql: "SELECT snapshot FROM published")
        }
    }

    /// All tables but the past of the clients' health, which is long and changes little: see
    /// ``publishHealthHistory(of:isInterrupted:)``.
    /// - Parameter isInterrupted: asked now and then whether to end with an error, and everything as it was.
    public func publish(_ snapshot: Snapshot, isInterrupted: @escaping () -> Bool = { false }) throws {
        try publish(
            PublishedTable.allCases.filter { $0 != .customerHealthHistory }, of: snapshot, isInterrupted: isInterrupted)
    }

    /// Publishes some tables anew; the others stay as they are.
    public func publish(
        _ tables: [PublishedTable], of snapshot: Snapshot, isInterrupted: @escaping () -> Bool = { false }
    ) throws {
        _ = try inTransaction { connection in
            try InterruptibleStatements.during(connection, isInterrupted) {
                for table in tables { try GoldPublisher.publish(table, snapshot, connection) }
            }
            try SQLiteConnection.execute(
                connection,
                "CREATE TABLE IF NOT EXISTS published (snapshot TEXT NOT NULL, as_of TEXT NOT NULL); DELETE FROM published"
            )
            let statement = try BulkStatement(connection, "INSERT INTO published (snapshot, as_of) VALUES (?, ?)")
            statement.bind(1, snapshot.id)
            statement.bind(2, snapshot.asOf.description)
            try statement.run("note the publication")
            return true
        }
    }

    /// The first publication goes straight into the file, which nobody can be reading yet; all later ones by way of a
    /// write-ahead log, so that readers need not wait.
    /// - Parameter body: returns whether what it did is to stay.
    func inTransaction(_ body: (OpaquePointer) throws -> Bool) throws -> Bool {
        try queue.use { queue in
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
                sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                return stays
            }
        }
    }

    private static func publish(
        _ table: PublishedTable, _ snapshot: Snapshot, _ connection: OpaquePointer
    ) throws {
        let columns = table.columns
        let definition = columns.map { column in
            let type =
                switch column.type {
                case .text, .day: "TEXT"
                case .integer: "INTEGER"
                case .real, .money: "REAL"
                }
            return "\(column.name) \(type)"
        }
        // The columns of an older version may differ: the table is made anew.
        try SQLiteConnection.execute(connection, "DROP TABLE IF EXISTS \(table.rawValue)")
        try SQLiteConnection.execute(
            connection, "CREATE TABLE \(table.rawValue) (\(definition.joined(separator: ", ")))")
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        let insert = try BulkStatement(connection, "INSERT INTO \(table.rawValue) VALUES (\(marks))")
        var days = DayTexts()
        try table.forEachBatchInMemoryOrder(snapshot) { batch in
            try GoldPublisher.insert(batch, insert, &days)
        }
        if table.isByClient {
            try SQLiteConnection.execute(
                connection, "CREATE UNIQUE INDEX \(table.rawValue)_by_customer ON \(table.rawValue) (customer_id)")
        }
    }

    private static func insert(
        _ batch: borrowing CellBatch, _ statement: borrowing BulkStatement, _ days: inout DayTexts
    ) throws {
        let cells = batch.cells
        try batch.bytes.withUnsafeBufferPointer { bytes in
            var at = 0
            for _ in 0..<batch.rowCount {
                for column in 1...Int32(batch.columnCount) {
                    switch cells[at] {
                    case .null: statement.bindNull(column)
                    case .text(let start, let count):
                        // The bytes stay where they are until the row is written.
                        statement.bindStatic(
                            column, UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(start + count)]))
                    case .integer(let value): statement.bind(column, value)
                    case .real(let value): statement.bind(column, value)
                    case .money(let micro): statement.bind(column, Money(rawValue: micro).units)
                    case .day(let day): statement.bindStatic(column, days.text(of: day))
                    }
                    at += 1
                }
                try statement.run("publish a row")
            }
        }
    }
}

/// Days as text, written once each. The texts stay where they are as long as this lives.
private struct DayTexts: ~Copyable {
    private var known: [Int32: UnsafeMutableBufferPointer<UInt8>] = [:]

    mutating func text(of day: Int32) -> UnsafeBufferPointer<UInt8> {
        if let text = known[day] { return UnsafeBufferPointer(text) }
        let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 10)
        _ = text.initialize(fromContentsOf: Day(rawValue: day).description.utf8.prefix(10))
        known[day] = text
        return UnsafeBufferPointer(text)
    }

    deinit { for text in known.values { text.deallocate() } }
}
