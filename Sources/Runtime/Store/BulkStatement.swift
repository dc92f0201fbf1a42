import GRDB
import GRDBSQLite
import Glibc
import Records

/// What SQLite answered when it should not have.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    /// SQLite's extended result code.
    public var code: Int32
    public var message: String

    public var description: String { message }

    /// The disk (or a quota) is full: nothing is lost, and the same work will succeed once there is room.
    public var isDiskFull: Bool { code & 0xFF == SQLITE_FULL }

    /// The file is no database, or no whole one.
    public var isDamaged: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xFF) }

    /// The file was written by a newer version, which this one must not touch.
    public var isNewer: Bool { code == StoreError.newerCode }

    /// No code of SQLite's.
    static let newerCode: Int32 = -1

    /// Whether an error says that a database file is no database, or no whole one, whichever way it came.
    public static func isDamage(_ error: any Error) -> Bool {
        switch error {
        case let error as StoreError: error.isDamaged
        case let error as DatabaseError: [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
        default: false
        }
    }

    /// The same of an error that came of opening or reading the database at `path`: what has another structure than any
    /// version gave it, or is no file at all, is damaged too.
    public static func isDamage(_ error: any Error, of path: String) -> Bool {
        if isDamage(error) { return true }
        guard let code = (error as? StoreError)?.code ?? SilverStore.resultCode(of: error) else { return false }
        switch code & 0xFF {
        // Tables, columns or values are not those of the schema.
        case SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_MISMATCH, SQLITE_CONSTRAINT, SQLITE_FORMAT: return true
        case SQLITE_IOERR:
            return code == SQLITE_IOERR | (2 << 8)  // SQLITE_IOERR_SHORT_READ
                || isAnyNoFile(path)
        // Its head says that it is only to be read, although it may be written to.
        case SQLITE_READONLY: return code == SQLITE_READONLY && access(path, W_OK) == 0
        case SQLITE_CANTOPEN: return isAnyNoFile(path)
        default: return false
        }
    }

    /// Whether something else than a file stands in the place of the database or of its log.
    private static func isAnyNoFile(_ path: String) -> Bool { ["", "-wal", "-shm"].contains { isNoFile(path + $0) } }

    private static func isNoFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    }

    /// An error in words for people: without the statement it came of, which tells them nothing and may be long.
    public static func text(of error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return "\(error.message ?? "the database failed") (SQLite \(error.extendedResultCode.rawValue))"
    }

    /// The words of an error that says the disk is full, whichever way it came; nil for any other error.
    public static func diskFullDescription(_ error: any Error) -> String? {
        guard let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL else { return nil }
        return error.message ?? "database or disk is full"
    }

    /// Whether an error says that the database itself or its disk fails, whatever was to be stored. Nobody's data is to
    /// blame for those.
    public static func isOfStore(_ error: any Error) -> Bool {
        guard let code = (error as? StoreError)?.code ?? SilverStore.resultCode(of: error) else { return false }
        let failures = [
            SQLITE_BUSY, SQLITE_LOCKED, SQLITE_NOMEM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_FULL,
            SQLITE_CANTOPEN, SQLITE_PROTOCOL, SQLITE_MISUSE, SQLITE_NOTADB, SQLITE_INTERRUPT,
        ]
        return failures.contains(code & 0xFF)
    }

    init(_ connection: OpaquePointer?, doing what: String) {
        code = sqlite3_extended_errcode(connection)
        let text = sqlite3_errmsg(connection).map { String(cString: $0) } ?? "unknown error"
        message = "could not \(what): \(text) (SQLite \(code))"
    }

    public init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }
}

/// A prepared statement for rows by the hundred thousand: no allocation a row.
struct BulkStatement: ~Copyable {
    private let connection: OpaquePointer
    private let statement: OpaquePointer

    init(_ connection: OpaquePointer, _ sql: String) throws {
        var prepared: OpaquePointer?
        guard sqlite3_prepare_v2(connection, sql, -1, &prepared, nil) == SQLITE_OK, let prepared else {
            throw StoreError(connection, doing: "prepare a statement")
        }
        self.connection = connection
        statement = prepared
    }

    deinit { sqlite3_finalize(statement) }

    func bind(_ index: Int32, _ value: Int) { sqlite3_bind_int64(statement, index, Int64(value)) }
    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(statement, index, value) }
    func bind(_ index: Int32, _ value: Double) {
        // NaN binds as NULL, which is what unknown is.
        sqlite3_bind_double(statement, index, value)
    }
    func bindNull(_ index: Int32) { sqlite3_bind_null(statement, index) }

    /// Binds text that SQLite copies.
    func bind(_ index: Int32, _ text: String) {
        var text = text
        text.withUTF8 { bytes in
            _ = bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count), BulkStatement.transient)
            }
        }
    }

    /// Binds text that stays in place until the next reset.
    func bindStatic(_ index: Int32, _ text: UnsafeBufferPointer<UInt8>) {
        if text.isEmpty {
            sqlite3_bind_null(statement, index)
        } else {
            text.withMemoryRebound(to: CChar.self) {
                _ = sqlite3_bind_text(statement, index, $0.baseAddress, Int32($0.count), nil)
            }
        }
    }

    /// Binds bytes that stay in place until the next reset.
    func bindStatic(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
        sqlite3_bind_blob64(statement, index, bytes.baseAddress, UInt64(bytes.count), nil)
    }

    /// Runs a statement that gives no rows, and makes it ready for the next.
    func run(_ what: @autoclosure () -> String) throws {
        let code = sqlite3_step(statement)
        if code != SQLITE_DONE, code != SQLITE_ROW {
            let error = StoreError(connection, doing: what())
            sqlite3_reset(statement)
            throw error
        }
        sqlite3_reset(statement)
    }

    /// Steps to the next row; false at the end (the statement is then ready again).
    func next(_ what: @autoclosure () -> String) throws -> Bool {
        let code = sqlite3_step(statement)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE {
            sqlite3_reset(statement)
            return false
        }
        let error = StoreError(connection, doing: what())
        sqlite3_reset(statement)
        throw error
    }

    func reset() { sqlite3_reset(statement) }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    func isInteger(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_INTEGER }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        let bytes = textBytes(column)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Valid until the next step or reset.
    func textBytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: sqlite3_column_text(statement, column), count: Int(sqlite3_column_bytes(statement, column)))
    }

    /// Valid until the next step or reset.
    func blob(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }

    /// SQLITE_TRANSIENT: a macro of a cast that Swift does not import.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

enum SQLiteConnection {
    /// - Parameter what: it is for, in the words of an error.
    static func execute(
        _ connection: OpaquePointer, _ sql: String, doing what: @autoclosure () -> String = "change the database"
    ) throws {
        guard sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK else {
            throw StoreError(connection, doing: what())
        }
    }
}
