internal import Contract
internal import TerminalText

/// Records as text for programs. Raw values: no units, no rounding, no scaling.
enum RecordText {
    /// One JSON object a line.
    static func ndjson(_ records: [Answer]) -> [UInt8] {
        var bytes: [UInt8] = []
        for record in records {
            JSONWriter.append(to: &bytes) { $0.value(record.value) }
            bytes.append(0x0A)
        }
        return bytes
    }

    /// Comma-separated values with a header, after RFC 4180 with line feeds. Members of nested objects are columns
    /// `outer.inner`; lists of plain values are joined by `; `, other lists are JSON text. Unknown is empty.
    ///
    /// - Parameter raw: texts that a spreadsheet would run as formulas stay as they are.
    static func csv(_ records: [Answer], raw: Bool) -> [UInt8] {
        var table = CSVTable(raw: raw)
        let rows = records.map { table.row(of: $0) }
        guard !table.columns.isEmpty else { return [] }
        var bytes: [UInt8] = []
        append(table.header, to: &bytes)
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
    private let raw: Bool
    private var position: [String: Int] = [:]

    /// - Parameter raw: texts that a spreadsheet would run as formulas stay as they are.
    init(raw: Bool) { self.raw = raw }

    /// The names of the columns as fields: those of attributes are the client's.
    var header: [String] { columns.map { text($0) } }

    /// The fields of a record by column, in the order of its members.
    mutating func row(of record: Answer) -> [Int: String] {
        var row: [Int: String] = [:]
        add(record.value, prefix: "", to: &row)
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
        row[index] = field(value)
    }

    private func field(_ value: JSONValue) -> String {
        switch value {
        case .null: return ""
        case .string(let value): return text(value)
        case .array(let elements):
            if elements.isEmpty { return "" }
            let isPlain = elements.allSatisfy {
                switch $0 {
                case .array, .object: false
                default: true
                }
            }
            guard isPlain else { return CSVField.quoted(Self.json(value)) }
            let joined = elements.map { $0.stringValue ?? Self.json($0) }.joined(separator: "; ")
            // A list that begins with a number is one to a spreadsheet, or a text.
            return elements.first?.stringValue == nil ? CSVField.quoted(joined) : text(joined)
        default: return Self.json(value)
        }
    }

    private func text(_ value: String) -> String { CSVField.quoted(raw ? value : CSVField.guarded(value)) }

    private static func json(_ value: JSONValue) -> String {
        String(decoding: JSONWriter.bytes(of: value), as: UTF8.self)
    }
}
