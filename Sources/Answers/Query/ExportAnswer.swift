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
        let first = min(question.offset, total)
        let range = first..<min(first + rowsPerPage, total)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rowsPerPage * 256)
        switch question.format {
        case .csv:
            var text = CSVRows(columns: question.table.columns, withHeader: question.offset == 0)
            question.table.forEachBatch(snapshot, rows: range) { text.append($0) }
            bytes = text.bytes
        case .ndjson:
            var text = NDJSONRows(columns: question.table.columns)
            question.table.forEachBatch(snapshot, rows: range) { text.append($0) }
            bytes = text.bytes
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
struct CSVRows {
    private(set) var bytes: [UInt8] = []

    init(columns: [PublishedTable.Column], withHeader: Bool) {
        guard withHeader else { return }
        bytes.append(contentsOf: columns.map(\.name).joined(separator: ",").utf8)
        bytes.append(10)
    }

    mutating func append(_ batch: borrowing CellBatch) {
        let cells = batch.cells
        batch.bytes.withUnsafeBufferPointer { text in
            for (index, cell) in cells.enumerated() {
                if index % batch.columnCount > 0 { bytes.append(44) }
                switch cell {
                case .null: break
                case .text(let start, let count):
                    append(UnsafeBufferPointer(rebasing: text[Int(start)..<Int(start + count)]))
                case .integer(let value): bytes.append(contentsOf: String(value).utf8)
                case .real(let value): bytes.append(contentsOf: NumberText.shortest(value).utf8)
                case .money(let micro): bytes.append(contentsOf: Money(rawValue: micro).description.utf8)
                case .day(let day): bytes.append(contentsOf: Day(rawValue: day).description.utf8)
                }
                if index % batch.columnCount == batch.columnCount - 1 { bytes.append(10) }
            }
        }
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
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
}

/// Rows as JSON objects, one a line.
struct NDJSONRows {
    private(set) var bytes: [UInt8] = []
    private let names: [String]

    init(columns: [PublishedTable.Column]) { names = columns.map(\.name) }

    mutating func append(_ batch: borrowing CellBatch) {
        let cells = batch.cells
        batch.bytes.withUnsafeBufferPointer { text in
            for (index, cell) in cells.enumerated() {
                let column = index % batch.columnCount
                bytes.append(column == 0 ? 123 : 44)
                bytes.append(34)
                bytes.append(contentsOf: names[column].utf8)
                bytes.append(contentsOf: [34, 58])
                JSONWriter.append(to: &bytes, reservedBytes: 64) { writer in
                    switch cell {
                    case .null: writer.null()
                    case .text(let start, let count):
                        writer.utf8(
                            escaping: UnsafeBufferPointer(rebasing: text[Int(start)..<Int(start + count)]))
                    case .integer(let value): writer.integer(value)
                    case .real(let value): writer.double(value)
                    case .money(let micro): writer.money(microUnits: micro)
                    case .day(let day): writer.string(Day(rawValue: day).description)
                    }
                }
                if column == batch.columnCount - 1 { bytes.append(contentsOf: [125, 10]) }
            }
        }
    }
}

enum NumberText {
    /// The shortest decimal that reads back as the same number; whole numbers without a point.
    static func shortest(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
