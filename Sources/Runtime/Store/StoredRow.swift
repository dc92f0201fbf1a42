import GRDB
import GRDBSQLite
import Records

/// A row of a table whose values are those that this program writes: anything else is damage, and is said to be, instead of
/// being taken for something it may not be.
struct StoredRow {
    private let row: Row
    /// The table, and where it helps the row.
    private let what: String

    init(_ row: Row, _ what: String) {
        self.row = row
        self.what = what
    }

    /// Nil where nothing is stored.
    func optional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        let stored: DatabaseValue = row[column]
        if stored.isNull { return nil }
        guard let value = Value.fromDatabaseValue(stored) else { throw damaged(column) }
        return value
    }

    func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard let value: Value = try optional(column) else { throw damaged(column) }
        return value
    }

    /// One of a few words.
    func word<Word: RawRepresentable>(_ column: String) throws -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try value(column)) else { throw damaged(column) }
        return word
    }

    func day(_ column: String) throws -> Day { try StoredTime.day(try value(column), "column \(column) of \(what)") }

    func instant(_ column: String) throws -> Instant { Instant(rawValue: try value(column)) }

    private func damaged(_ column: String) -> StoreError { BlockDigest.damaged("column \(column) of \(what)") }
}

extension BulkStatement {
    /// A whole number that this program can have written there.
    func number<Number: FixedWidthInteger>(
        _ column: Int32, in range: ClosedRange<Number> = Number.min...Number.max, _ what: String
    ) throws -> Number {
        guard isInteger(column), let number = Number(exactly: integer(column)), range.contains(number) else {
            throw BlockDigest.damaged(what)
        }
        return number
    }
}
