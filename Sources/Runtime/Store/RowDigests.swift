import GRDB
import GRDBSQLite

/// A digest of each table whose rows figures, rebuilds or reject lists rest on, kept beside them: SQLite tells whether its
/// pages hang together, not whether a row is what was written.
///
/// It is the sum of the digests of the rows, so that a row that comes, changes or goes costs one addition wherever the
/// table stands; triggers of the one connection that writes do it, in the transaction of the row. Whatever changes a row
/// otherwise (a disk, another program) leaves a difference that no later write takes away. Packed blocks have digests of
/// their own, see ``BlockDigest``.
enum RowDigests {
    struct Table: Sendable {
        var name: String
        /// The rows that count.
        var isCounted: String?
        /// Rows of a table without rowid are told apart by their key, the others also by their place.
        var hasRowID = true

        init(_ name: String, where isCounted: String? = nil, hasRowID: Bool = true) {
            (self.name, self.isCounted, self.hasRowID) = (name, isCounted, hasRowID)
        }
    }

    /// The ledger, by which a start and a rebuild go.
    static let ledger = [Table("drops")]

    /// What is derived from originals. Notes among `meta` are looked at by those who keep them, and derived otherwise.
    static let silver = [
        Table("client"), Table("client_history"), Table("event_kind"), Table("transaction_kind"), Table("segment"),
        Table("key_run"), Table("ticket"), Table("survey"), Table("orphan"), Table("calendar"),
        Table("reject_counts", hasRowID: false),
        Table("meta", where: "key NOT LIKE 'note:%'", hasRowID: false), TransactionRevisions.table,
    ]

    /// Those that a database has; one of an older version does not have all of today's.
    static func present(_ tables: [Table] = ledger + silver, in database: Database) throws -> [Table] {
        try tables.filter { try database.tableExists($0.name) }
    }

    static let schema = "CREATE TABLE row_digest (name TEXT PRIMARY KEY, sum INTEGER NOT NULL) WITHOUT ROWID"

    // MARK: Keeping

    /// Teaches a connection the functions by which digests are kept and compared.
    static func addFunctions(to connection: OpaquePointer) {
        // Without them no statement over digests can be prepared, which says so.
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS
        sqlite3_create_function_v2(
            connection, "digest_with", -1, flags, nil,
            { context, count, values in
                guard let values else { return }
                sqlite3_result_int64(
                    context, sqlite3_value_int64(values[0]) &+ RowDigests.digest(values, count))
            }, nil, nil, nil)
        sqlite3_create_function_v2(
            connection, "digest_without", -1, flags, nil,
            { context, count, values in
                guard let values else { return }
                sqlite3_result_int64(
                    context, sqlite3_value_int64(values[0]) &- RowDigests.digest(values, count))
            }, nil, nil, nil)
        GatheredDigests.addFunctions(to: connection)
    }

    /// From here on digests follow what this connection writes.
    static func keep(_ database: Database) throws {
        for (number, table) in (ledger + silver).enumerated() {
            let (new, old) = (try values(of: table, "NEW.", database), try values(of: table, "OLD.", database))
            func trigger(
                _ name: String, _ event: String, _ row: String, _ sum: String, isGathered: String
            ) throws {
                let condition = table.isCounted.map { "\(row).\($0) AND" } ?? ""
                try database.execute(
                    sql: """
                        CREATE TEMP TRIGGER digest_\(name)_\(table.name) AFTER \(event) ON main.\(table.name)
                        WHEN \(condition) NOT (\(isGathered))
                        BEGIN
                            UPDATE row_digest SET sum = \(sum) WHERE name = '\(table.name)';
                        END
                        """)
            }
            let (comes, goes) = ("gather_with(\(number), \(new))", "gather_without(\(number), \(old))")
            try trigger("new", "INSERT", "NEW", "digest_with(sum, \(new))", isGathered: comes)
            try trigger("gone", "DELETE", "OLD", "digest_without(sum, \(old))", isGathered: goes)
            // No row changes from one that counts to one that does not: keys stay.
            try trigger(
                "changed", "UPDATE", "NEW", "digest_with(digest_without(sum, \(old)), \(new))",
                isGathered: "\(goes) AND \(comes)")
        }
    }

    /// Notes what stands in tables as what was written: for those that have just been made or changed by a migration.
    static func makeAnew(_ tables: [Table] = ledger + silver, in database: Database) throws {
        // A migration may come by way of any connection.
        if let connection = database.sqliteConnection { addFunctions(to: connection) }
        for table in tables {
            try database.execute(
                sql: "INSERT OR REPLACE INTO row_digest (name, sum) VALUES (?, ?)",
                arguments: [table.name, try sum(table, database)])
        }
    }

    // MARK: Comparing

    /// - Returns: the names of tables whose rows are not what was written; empty when all are.
    static func differences(_ tables: [Table], _ database: Database) throws -> [String] {
        try tables.filter { table in
            let row = try Row.fetchOne(
                database, sql: "SELECT sum FROM row_digest WHERE name = ?", arguments: [table.name])
            let kept: Int64? = try row.flatMap { try StoredRow($0, "table row_digest").optional("sum") }
            return try kept != sum(table, database)
        }.map(\.name)
    }

    static func check(_ tables: [Table], _ database: Database) throws {
        if let name = try differences(tables, database).first { throw BlockDigest.damaged("table \(name)") }
    }

    static func isKept(_ database: Database) throws -> Bool { try database.tableExists("row_digest") }

    private static func sum(_ table: Table, _ database: Database) throws -> Int64 {
        guard let connection = database.sqliteConnection else {
            throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
        }
        let rows = table.isCounted.map { " WHERE \($0)" } ?? ""
        let values = try values(of: table, "", database)
        let select = try BulkStatement(
            connection, "SELECT digest_with(0, \(values)) FROM \(table.name) NOT INDEXED\(rows)")
        var sum: Int64 = 0
        while try select.next("read table \(table.name)") { sum &+= select.integer(0) }
        return sum
    }

    /// All of a row, in the order in which columns came: those of a later version stand behind, and are null before they
    /// are written to.
    private static func values(of table: Table, _ prefix: String, _ database: Database) throws -> String {
        let columns = try database.columns(in: table.name).map(\.name)
        return ((table.hasRowID ? ["rowid"] : []) + columns).map { prefix + $0 }.joined(separator: ", ")
    }

    // MARK: One row

    /// Of all values behind the first. Each step is a bijection of what was before and of the word that is added, so that
    /// a change of one word is always seen; a null adds nothing.
    static func digest(_ values: UnsafeMutablePointer<OpaquePointer?>, _ count: Int32) -> Int64 {
        var digest: UInt64 = 0x9E37_79B9_7F4A_7C15
        func add(_ word: UInt64) {
            digest = (digest ^ word) &* 0xC4CE_B9FE_1A85_EC53
            digest ^= digest >> 29
        }
        for place in 1..<max(1, Int(count)) {
            let value = values[place]
            let type = sqlite3_value_type(value)
            if type == SQLITE_NULL { continue }
            add(UInt64(place) << 8 | UInt64(UInt32(bitPattern: type)))
            switch type {
            case SQLITE_INTEGER: add(UInt64(bitPattern: sqlite3_value_int64(value)))
            case SQLITE_FLOAT: add(sqlite3_value_double(value).bitPattern)
            default:
                // Of a text, too, these are its bytes.
                let start = sqlite3_value_blob(value)
                let bytes = UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
                add(UInt64(bytes.count))
                var offset = 0
                while offset + 8 <= bytes.count {
                    add(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                    offset += 8
                }
                guard offset < bytes.count else { break }
                var last: UInt64 = 0
                while offset < bytes.count {
                    last = last << 8 | UInt64(bytes[offset])
                    offset += 1
                }
                add(last)
            }
        }
        // Sums of what differs in few bits differ in few bits: not of this.
        digest = (digest ^ digest >> 32) &* 0xD6E8_FEB8_6659_FD93
        return Int64(bitPattern: digest ^ digest >> 32)
    }
}
