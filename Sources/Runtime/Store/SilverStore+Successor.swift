import GRDB
import GRDBSQLite
import Glibc
import Locks
public import Records

/// A database that is made beside the one in force, to take its place with one rename: silver is not given up before its
/// successor is whole.
extension SilverStore {
    /// Where the ledger of a successor comes from.
    public enum LedgerOrigin: Sendable {
        /// The ledger in force.
        case ledger
        /// The journal of loads, because there is no ledger, or a damaged one.
        case journal([LoadRecord])
    }

    private var successorPath: String { "\(path).next" }

    /// Removes what an interrupted rebuild has left.
    public func removeSuccessor() throws { try SilverStore.removeDatabase(successorPath) }

    /// Makes the successor: the ledger is filled, silver is empty.
    public func makeSuccessor(_ origin: LedgerOrigin) throws -> SilverStore {
        try removeSuccessor()
        let successor = try SilverStore(path: successorPath, logBytesMax: logBytesMax)
        switch origin {
        case .ledger:
            try successor.attaching(path) { try SilverStore.copy(SilverStore.ledgerTables, $0) }
            try successor.copyAudit(from: path)
        case .journal(let records):
            try successor.write { database in
                for record in records { try SilverStore.enter(record, state: .loaded, database) }
            }
        }
        return successor
    }

    /// Puts the successor in the place of this database, which is in force from then on. Readers wait meanwhile. Nothing
    /// in the former file has to be whole for it.
    ///
    /// - Parameter settingAside: keeps the former file, as `aura.db.damaged-N`. One that turns out to be damaged here is
    ///   kept, too.
    /// - Returns: the path under which the former file is kept; nil when it is not.
    @discardableResult
    public func replace(with successor: SilverStore, settingAside: Bool) throws -> String? {
        try pool.replace { pool throws in
            // What was asked while the successor was made is noted here; nothing is added any more.
            try successor.copyAudit(from: path)
            // A log that is left beside a new file would be played into it: both are emptied, closed and gone first.
            try successor.pool.use { next in
                try next.writeWithoutTransaction { try SilverStore.emptyLog($0) }
                try next.close()
            }
            try SilverStore.sync(successor.path)
            try SilverStore.removeLogs(of: successor.path)
            var kept: String?
            do {
                // What stands in the log alone must not go with it: a crash before the rename leaves this file.
                if try !settingAside && SilverStore.couldEmptyLog(pool) {
                    try pool.close()
                    try SilverStore.removeLogs(of: path)
                } else {
                    try? pool.close()
                    kept = try SilverStore.setAside(path)
                }
                guard rename(successor.path, path) == 0 else {
                    throw StoreError(code: SQLITE_IOERR, message: SilverStore.failure("put in place", successor.path))
                }
                try SilverStore.syncFolder(of: path)
            } catch {
                // Whatever is there now is in force again, if it can be: what went wrong first is what is told.
                if let opened = try? SilverStore.open(path, counter) {
                    pool = opened.pool
                    noteFiles()
                }
                throw error
            }
            pool = try SilverStore.open(path, counter).pool
            noteFiles()
            return kept
        }
    }

    /// Moves what stands in a database's log into its file.
    /// - Returns: false when the file is too damaged for that.
    private static func couldEmptyLog(_ pool: DatabasePool) throws -> Bool {
        do {
            try pool.writeWithoutTransaction { try emptyLog($0) }
            return true
        } catch {
            guard StoreError.isDamage(error) else { throw error }
            return false
        }
    }

    /// Moves a database that is no whole one out of the way.
    /// - Returns: its new name; nil when there was no file.
    @discardableResult
    public static func setAside(_ path: String) throws -> String? {
        guard access(path, F_OK) == 0 else { return nil }
        var number = 1
        while access("\(path).damaged-\(number)", F_OK) == 0 { number += 1 }
        let aside = "\(path).damaged-\(number)"
        // The log first: it must never lie beside another file of the database's name.
        for ending in ["-wal", "-shm"] where access(path + ending, F_OK) == 0 {
            guard rename(path + ending, aside + ending) == 0 else {
                throw StoreError(code: SQLITE_IOERR, message: failure("set aside", path + ending))
            }
        }
        guard rename(path, aside) == 0 else {
            throw StoreError(code: SQLITE_IOERR, message: failure("set aside", path))
        }
        try syncFolder(of: path)
        return aside
    }

    // MARK: Tables that cannot be derived

    private struct LedgerTable: Sendable {
        var name: String
        var rows = "1"
    }

    /// Everything in the database that is not derived from originals, but for the audit trail.
    private static let ledgerTables = [
        LedgerTable(name: "drops"), LedgerTable(name: "meta", rows: "key LIKE 'note:%'"),
        LedgerTable(name: "original_look"),
    ]

    /// Takes the audit trail over from another file as far as it can be read there: no rebuild fails for what is
    /// damaged behind that.
    public func copyAudit(from former: String) throws {
        do {
            try attaching(former) { while try SilverStore.copyAudit(rowsMax: 1000, $0) > 0 {} }
        } catch {
            guard StoreError.isDamage(error, of: former) else { throw error }
        }
    }

    /// - Returns: how many lines were copied; those that are there already stay.
    private static func copyAudit(rowsMax: Int, _ database: Database) throws -> Int {
        // A damaged file that was set aside may be from before a column was added: it is as its last program left it.
        let former = try Row.fetchAll(database, sql: "PRAGMA former.table_info(audit)").map { $0["name"] as String }
        let columns = try database.columns(in: "audit").map(\.name).filter(former.contains).joined(separator: ", ")
        guard !columns.isEmpty else { return 0 }
        try database.execute(
            sql: """
                INSERT INTO main.audit (\(columns))
                    SELECT \(columns) FROM former.audit
                    WHERE id > (SELECT coalesce(max(id), 0) FROM main.audit) ORDER BY id LIMIT \(rowsMax)
                """)
        return database.changesCount
    }

    private static func copy(_ tables: [LedgerTable], _ database: Database) throws {
        try database.inTransaction {
            for table in tables {
                let columns = try database.columns(in: table.name).map(\.name).joined(separator: ", ")
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO main.\(table.name) (\(columns))
                            SELECT \(columns) FROM former.\(table.name) WHERE \(table.rows)
                        """)
            }
            return .commit
        }
    }

    private func attaching(_ former: String, _ body: (Database) throws -> Void) throws {
        try writeWithoutTransaction { database in
            try database.execute(sql: "ATTACH DATABASE ? AS former", arguments: [former])
            defer { try? database.execute(sql: "DETACH DATABASE former") }
            try body(database)
        }
    }

    // MARK: Files

    private static func emptyLog(_ database: Database) throws {
        guard let connection = database.sqliteConnection else { return }
        let code = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        guard code == SQLITE_OK else { throw StoreError(connection, doing: "empty the log of a database") }
    }

    private static func removeDatabase(_ path: String) throws {
        try removeLogs(of: path)
        guard unlink(path) == 0 || errno == ENOENT else {
            throw StoreError(code: SQLITE_IOERR, message: failure("remove", path))
        }
    }

    private static func removeLogs(of path: String) throws {
        for ending in ["-wal", "-shm"] where unlink(path + ending) != 0 && errno != ENOENT {
            throw StoreError(code: SQLITE_IOERR, message: failure("remove", path + ending))
        }
    }

    private static func sync(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(code: SQLITE_IOERR, message: failure("open", path)) }
        defer { Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw StoreError(code: SQLITE_IOERR, message: failure("write to the disk", path))
        }
    }

    private static func syncFolder(of path: String) throws {
        try sync(path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ".")
    }

    private static func failure(_ what: String, _ path: String) -> String {
        "could not \(what) \(path): \(String(cString: strerror(errno)))"
    }
}
