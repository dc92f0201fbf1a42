import GRDB
import GRDBSQLite
import Glibc
public import Records

extension SilverStore {
    /// The currencies that payments were loaded in. One of them may have none any more that counts.
    public func storedCurrencies() throws -> [String] {
        try read { database in
            guard let connection = database.sqliteConnection else {
                throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
            }
            return try SilverStore.transactionKinds(connection).map(\.currency)
        }
    }

    static func transactionKinds(_ connection: OpaquePointer) throws -> [TransactionKind] {
        // A database that is not opened may be of an older version.
        let probe = try BulkStatement(
            connection, "SELECT count(*) FROM pragma_table_info('transaction_kind') WHERE name = 'period_days'")
        let hasTerms = try probe.next("read the kinds of transactions") && probe.integer(0) > 0
        let terms = hasTerms ? "is_recurring, period_start, period_days" : "NULL, NULL, NULL"
        let select = try BulkStatement(
            connection, "SELECT currency, method, \(terms) FROM transaction_kind ORDER BY idx")
        var kinds: [TransactionKind] = []
        while try select.next("read the kinds of transactions") {
            kinds.append(
                TransactionKind(
                    currency: select.text(0), method: select.text(1),
                    terms: try paymentTerms(select, firstColumn: 2)))
        }
        return kinds
    }

    /// What a version before payments had terms has written is null, as are those of rows that say nothing of them.
    static let paymentTermsSchema = """
        ALTER TABLE transaction_kind ADD COLUMN is_recurring INTEGER;
        ALTER TABLE transaction_kind ADD COLUMN period_start INTEGER;
        ALTER TABLE transaction_kind ADD COLUMN period_days INTEGER;
        """

    static func bind(_ terms: PaymentTerms, firstIndex: Int32, _ statement: borrowing BulkStatement) {
        if terms.isRecurring { statement.bindNull(firstIndex) } else { statement.bind(firstIndex, 0) }
        for (offset, days) in [terms.periodStart, terms.periodDays].enumerated() {
            let index = firstIndex + 1 + Int32(offset)
            if terms.hasPeriod { statement.bind(index, Int(days)) } else { statement.bindNull(index) }
        }
    }

    private static func paymentTerms(
        _ select: borrowing BulkStatement, firstColumn: Int32
    ) throws -> PaymentTerms {
        let what = "table transaction_kind"
        let recurs =
            select.isNull(firstColumn) ? true : try select.number(firstColumn, in: 0...1, what) as Int64 == 1
        if select.isNull(firstColumn + 2) { return PaymentTerms(isRecurring: recurs) }
        guard
            let terms = PaymentTerms(
                isRecurring: recurs, start: try select.number(firstColumn + 1, what),
                days: try select.number(firstColumn + 2, what))
        else { throw BlockDigest.damaged(what) }
        return terms
    }

    /// The payments of a database that is not opened: nothing is made, changed or brought to today's schema, and whether a
    /// daemon works with it does not matter.
    /// - Returns: nil where there is no database.
    public static func storedPayments(at path: String) throws -> TransactionTable? {
        guard access(path, F_OK) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw StoreError(code: SQLITE_CANTOPEN, message: String(cString: strerror(errno)))
        }
        // Without an index of its log nobody works with it: then it is read as it stands, and no log is begun beside it.
        let isAtRest = access("\(path)-shm", F_OK) != 0 && access("\(path)-wal", F_OK) != 0
        var handle: OpaquePointer?
        let opened = sqlite3_open_v2(
            uri(path) + (isAtRest ? "?immutable=1" : ""), &handle,
            SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nil)
        defer { sqlite3_close(handle) }
        guard opened == SQLITE_OK, let handle else {
            throw StoreError(code: opened, message: String(cString: sqlite3_errstr(opened)))
        }
        sqlite3_busy_timeout(handle, 5_000)
        // One picture, whatever is loaded meanwhile.
        let begun = sqlite3_exec(handle, "BEGIN", nil, nil, nil)
        guard begun == SQLITE_OK else {
            throw StoreError(code: begun, message: String(cString: sqlite3_errmsg(handle)))
        }
        return try payments(handle)
    }

    private static func payments(_ connection: OpaquePointer) throws -> TransactionTable {
        var table = TransactionTable()
        for kind in try transactionKinds(connection) { _ = table.kinds.insert(kind) }
        let kinds = UInt32(table.kinds.kinds.count)
        let count = try BulkStatement(connection, "SELECT count(*) FROM client")
        let clients = try count.next("count the clients") ? Int(count.integer(0)) : 0
        table.segments = try SegmentRows.readAll(category: .transactions, clientCount: clients, connection) { values in
            values.allSatisfy { $0.kind < kinds }
        }
        return table
    }

    /// A path as SQLite takes it along with options.
    private static func uri(_ path: String) -> String {
        var text = "file:"
        for byte in path.utf8 {
            let isPlain = byte > 32 && byte < 127 && !"?#%".utf8.contains(byte)
            let digits = String(byte, radix: 16)
            text += isPlain ? String(Unicode.Scalar(byte)) : "%\(digits.count < 2 ? "0" : "")\(digits)"
        }
        return text
    }
}
