internal import Contract

/// The pages of an export as a SQLite database.
struct SQLiteExport {
    private let columns: [SQLiteTableFile.Column]
    private var file: SQLiteTableFile

    /// Begins the database of a table whose first page is at hand.
    init(
        _ table: String, _ page: Answer, write: @escaping ([UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        columns = page[at: "columns"].elements.map { column in
            SQLiteTableFile.Column(
                name: column[at: "name"].stringValue ?? "",
                affinity: Self.affinity(ofType: column[at: "type"].stringValue))
        }
        let isPlain = columns.allSatisfy { column in
            !column.name.isEmpty
                && column.name.utf8.allSatisfy { $0 == 95 || 48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 }
        }
        let nameBytes = columns.reduce(0) { $0 + $1.name.utf8.count + 16 }
        guard isPlain, !columns.isEmpty, nameBytes < 3_600 else {
            throw CommandFailure(
                .internalError, "the columns of \(table) are no columns of a database",
                hint: "use another --format, or a client of the daemon's version")
        }
        file = try SQLiteTableFile(table: table, columns: columns, write: write)
    }

    /// As in the daemon's own database of figures: money is a number of units.
    private static func affinity(ofType type: String?) -> SQLiteTableFile.Column.Affinity {
        switch type {
        case "integer": .integer
        case "real", "money": .real
        default: .text
        }
    }

    /// Appends the rows of a page, an object a line.
    mutating func append(_ ndjson: [UInt8]) throws(CommandFailure) {
        for line in ndjson.split(separator: 0x0A) {
            let row = try DaemonSession.value(Array(line), of: .exportTable)
            var values: [SQLiteValue] = []
            values.reserveCapacity(columns.count)
            for column in columns { values.append(Self.value(row[column.name] ?? .null, column.affinity)) }
            try file.append(values)
        }
    }

    /// Writes what is left; the first page, for the beginning of the file.
    mutating func finish() throws(CommandFailure) -> [UInt8] { try file.finish() }

    private static func value(_ value: JSONValue, _ affinity: SQLiteTableFile.Column.Affinity) -> SQLiteValue {
        switch value {
        case .integer(let number): affinity == .real ? .real(Double(number)) : .integer(number)
        case .double(let number): .real(number)
        case .string(let text): .text(text)
        case .bool(let flag): .integer(flag ? 1 : 0)
        case .null, .array, .object: .null
        }
    }
}
