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
        case .ledger: try successor.copy(SilverStore.ledgerTables, from: path)
        case .journal(let records):
            try successor.write { database in
                for record in records { try SilverStore.enter(record, state: .loaded, database) }
            }
        }
        return successor
    }

    /// Puts the successor in the place of this database, which is in force from then on. Readers wait meanwhile.
    ///
    /// - Parameter settingAside: keeps a damaged file, as `aura.db.damaged-N`; the audit trail is taken from it as far as
    ///   it can be read.
    /// - Returns: the name under which the former file is kept; nil when it is not.
    @discardableResult
    public func replace(with successor: SilverStore, settingAside: Bool) throws -> String? {
        try pool.replace { pool throws in
            // What is asked while the successor is made is noted here; nothing is added any more.
            do { try successor.copy([.audit], from: path) } catch { if !settingAside { throw error } }
            // A log that is left beside a new file would be played into it: both are emptied, closed and gone first.
            try successor.pool.use { next in
                try next.writeWithoutTransaction { try SilverStore.emptyLog($0) }
                try next.close()
            }
            try SilverStore.sync(successor.path)
            try SilverStore.removeLogs(of: successor.path)
            var kept: String?
            do {
                if settingAside {
                    try? pool.close()
                    kept = try SilverStore.setAside(path)
                } else {
                    // What stands in the log alone must not go with it: a crash before the rename leaves this file.
                    try pool.writeWithoutTransaction { try SilverStore.emptyLog($0) }
                    try pool.close()
                    try SilverStore.removeLogs(of: path)
                }
                guard rename(successor.path, path) == 0 else {
                    throw StoreError(code: SQLITE_IOERR, message: SilverStore.failure("put in place", successor.path))
                }
                try SilverStore.syncFolder(of: path)
            } catch {
                // Whatever is there now is in force again.
                pool = try SilverStore.open(path, counter).pool
                throw error
            }
            pool = try SilverStore.open(path, counter).pool
            return kept
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

    struct LedgerTable: Sendable {
        var name: String
        /// Which rows; with `INSERT OR IGNORE` those that are there already stay.
        var rows = "1"
        static let audit = LedgerTable(name: "audit")
    }

    /// Everything in the database that is not derived from originals.
    static let ledgerTables = [
        LedgerTable(name: "drops"), LedgerTable(name: "meta", rows: "key LIKE 'note:%'"),
        LedgerTable(name: "original_look"), LedgerTable.audit,
    ]

    private func copy(_ tables: [LedgerTable], from former: String) throws {
        try writeWithoutTransaction { database in
            try database.execute(sql: "ATTACH DATABASE ? AS former", arguments: [former])
            defer { try? database.execute(sql: "DETACH DATABASE former") }
            try database.inTransaction {
                for table in tables {
                    let columns = try database.columns(in: table.name).map(\.name).joined(separator: ", ")
                    // The trigger of the audit trail refuses a number that is there: those are passed over first.
                    let isNew =
                        table.name == "audit" ? "id > (SELECT coalesce(max(id), 0) FROM main.audit)" : table.rows
                    try database.execute(
                        sql: """
                            INSERT OR REPLACE INTO main.\(table.name) (\(columns))
                                SELECT \(columns) FROM former.\(table.name) WHERE \(isNew)
                            """)
                }
                return .commit
            }
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
        defer { close(descriptor) }
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
