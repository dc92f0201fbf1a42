public import Contract
import Records
public import Snapshots

/// `export.table`: a gold table, page by page of text. All pages come from one generation; the cursor names it.
public enum ExportAnswer {
    public enum Format: String, Sendable, CaseIterable {
        case csv
        case ndjson
    }

    public struct Question: Sendable, Hashable {
        public var table: PublishedTable
        public var format: Format
        public var offset: Int
        public var snapshotID: String?

        public init(_ parameters: inout Parameters) throws(Problem) {
            guard let table = try parameters.choice("table", PublishedTable.self) else {
                throw Problem(
                    .invalidParams, "parameter \"table\" is missing",
                    hint: "expected one of \(PublishedTable.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            self.table = table
            format = try parameters.choice("format", Format.self) ?? .csv
            offset = 0
            if let cursor = try parameters.text("cursor") {
                guard let parsed = ClientsAnswer.Cursor(cursor) else {
                    throw Problem(
                        .invalidParams, "parameter \"cursor\" is no cursor", hint: "use next_cursor of the page before")
                }
                offset = parsed.offset
                snapshotID = parsed.snapshotID
            }
        }
    }

    /// Rows a page: some megabytes of text.
    static let rowsPerPage = 10_000

    public static func write(
        _ question: Question, _ snapshot: Snapshot, to writer: inout JSONWriter
    ) throws(Problem) {
        let total = question.table.rowCount(snapshot)
        let range = min(question.offset, total)..<min(question.offset + rowsPerPage, total)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rowsPerPage * 256)
        do {
            switch question.format {
            case .csv:
                var sink = CSVSink(columns: question.table.columns, withHeader: question.offset == 0)
                try question.table.write(snapshot, rows: range, to: &sink)
                bytes = sink.bytes
            case .ndjson:
                var sink = NDJSONSink(columns: question.table.columns)
                try question.table.write(snapshot, rows: range, to: &sink)
                bytes = sink.bytes
            }
        } catch {
            throw Problem(.internalError, "could not write \(question.table.rawValue): \(error)")
        }
        writer.beginObject()
        writer.member("table", text: question.table.rawValue)
        writer.member("format", text: question.format.rawValue)
        writer.member("rows", integer: range.count)
        writer.member("total", integer: total)
        writer.key("columns")
        writer.beginArray()
        for column in question.table.columns {
            writer.beginObject()
            writer.member("name", text: column.name)
            writer.member("type", text: column.type.rawValue)
            writer.endObject()
        }
        writer.endArray()
        writer.key("data")
        bytes.withUnsafeBufferPointer { writer.utf8(escaping: $0) }
        writer.member(
            "next_cursor",
            text: range.upperBound < total
                ? ClientsAnswer.Cursor(snapshotID: snapshot.id, offset: range.upperBound).text : nil)
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }
}

/// Rows as RFC 4180 CSV with line feeds; unknown is empty.
struct CSVSink: RowSink {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    init(columns: [PublishedTable.Column], withHeader: Bool) {
        guard withHeader else { return }
        bytes.append(contentsOf: columns.map(\.name).joined(separator: ",").utf8)
        bytes.append(10)
    }

    private mutating func separate() {
        if isFirst { isFirst = false } else { bytes.append(44) }
    }

    mutating func null() { separate() }

    mutating func text(_ text: UnsafeBufferPointer<UInt8>) {
        separate()
        let needsQuotes =
            text.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 } || text.first == 32 || text.last == 32
        guard needsQuotes else {
            bytes.append(contentsOf: text)
            return
        }
        bytes.append(34)
        for byte in text {
            if byte == 34 { bytes.append(34) }
            bytes.append(byte)
        }
        bytes.append(34)
    }

    mutating func integer(_ value: Int64) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func real(_ value: Double) {
        separate()
        bytes.append(contentsOf: NumberText.shortest(value).utf8)
    }

    mutating func money(_ micro: Int64) {
        separate()
        bytes.append(contentsOf: Money(rawValue: micro).description.utf8)
    }

    mutating func day(_ value: Int32) {
        separate()
        bytes.append(contentsOf: Day(rawValue: value).description.utf8)
    }

    mutating func endRow() {
        bytes.append(10)
        isFirst = true
    }
}

/// Rows as JSON objects, one a line.
struct NDJSONSink: RowSink {
    private(set) var bytes: [UInt8] = []
    private let names: [String]
    private var column = 0

    init(columns: [PublishedTable.Column]) { names = columns.map(\.name) }

    private mutating func value(_ write: (inout JSONWriter) -> Void) {
        bytes.append(column == 0 ? 123 : 44)
        bytes.append(34)
        bytes.append(contentsOf: names[column].utf8)
        bytes.append(contentsOf: [34, 58])
        JSONWriter.append(to: &bytes, reservedBytes: 64) { write(&$0) }
        column += 1
    }

    mutating func null() { value { $0.null() } }
    mutating func text(_ text: UnsafeBufferPointer<UInt8>) { value { $0.utf8(escaping: text) } }
    mutating func integer(_ number: Int64) { value { $0.integer(number) } }
    mutating func real(_ number: Double) { value { $0.double(number) } }
    mutating func money(_ micro: Int64) { value { $0.money(microUnits: micro) } }
    mutating func day(_ day: Int32) { value { $0.string(Day(rawValue: day).description) } }

    mutating func endRow() {
        bytes.append(contentsOf: [125, 10])
        column = 0
    }
}

enum NumberText {
    /// The shortest decimal that reads back as the same number; whole numbers without a point.
    static func shortest(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
