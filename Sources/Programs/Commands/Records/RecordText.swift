internal import Contract
internal import TerminalText

/// Records as text for programs. Raw values: no units, no rounding, no scaling.
enum RecordText {
    /// One JSON object a line.
    static func ndjson(_ records: [JSONValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        for record in records {
            JSONWriter.append(to: &bytes) { $0.value(record) }
            bytes.append(0x0A)
        }
        return bytes
    }

    /// Comma-separated values with a header, after RFC 4180 with line feeds. Members of nested objects are columns
    /// `outer.inner`; lists of plain values are joined by `; `, other lists are JSON text. Unknown is empty.
    static func csv(_ records: [JSONValue]) -> [UInt8] {
        var table = CSVTable()
        let rows = records.map { table.row(of: $0) }
        guard !table.columns.isEmpty else { return [] }
        var bytes: [UInt8] = []
        append(table.columns.map { CSVField.quoted($0) }, to: &bytes)
        for row in rows { append(table.fields(row), to: &bytes) }
        return bytes
    }

    /// Appends a line of fields that are quoted already.
    static func append(_ fields: [String], to bytes: inout [UInt8]) {
        bytes.append(contentsOf: fields.joined(separator: ",").utf8)
        bytes.append(0x0A)
    }
}

/// Records as rows of fields; the columns are found while records are added.
struct CSVTable {
    private(set) var columns: [String] = []
    private var position: [String: Int] = [:]

    /// The fields of a record by column, in the order of its members.
    mutating func row(of record: JSONValue) -> [Int: String] {
        var row: [Int: String] = [:]
        add(record, prefix: "", to: &row)
        return row
    }

    /// The fields of a row under the columns known so far.
    func fields(_ row: [Int: String]) -> [String] { columns.indices.map { row[$0] ?? "" } }

    private mutating func add(_ value: JSONValue, prefix: String, to row: inout [Int: String]) {
        if case .object(let object) = value {
            for member in object.members {
                add(member.value, prefix: prefix.isEmpty ? member.key : prefix + "." + member.key, to: &row)
            }
            return
        }
        let name = prefix.isEmpty ? "value" : prefix
        let index: Int
        if let known = position[name] {
            index = known
        } else {
            index = columns.count
            position[name] = index
            columns.append(name)
        }
        row[index] = Self.field(value)
    }

    private static func field(_ value: JSONValue) -> String {
        switch value {
        case .null: return ""
        case .string(let text): return CSVField.quoted(text)
        case .array(let elements):
            if elements.isEmpty { return "" }
            let isPlain = elements.allSatisfy {
                switch $0 {
                case .array, .object: false
                default: true
                }
            }
            guard isPlain else { return CSVField.quoted(json(value)) }
            return CSVField.quoted(elements.map { $0.stringValue ?? json($0) }.joined(separator: "; "))
        default: return json(value)
        }
    }

    private static func json(_ value: JSONValue) -> String {
        String(decoding: JSONWriter.bytes(of: value), as: UTF8.self)
    }
}
