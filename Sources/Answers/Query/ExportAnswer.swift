public import Contract
import Records
public import Snapshots
public import Words

/// `export.table`: a gold table, page by page of text. All pages come from one generation; the cursor names it.
public enum ExportAnswer {
    public struct Question: Sendable, Hashable {
        public var table: PublishedTable
        public var format: ExportFormat
        /// Whether text that a spreadsheet would run as a formula is marked as text.
        public var guardsFormulas: Bool
        public var offset: Int
        public var snapshotID: String?

        public init(_ parameters: Parameters) throws(Problem) {
            table = parameters.choice("table", PublishedTable.self) ?? .customerMetrics
            format = parameters.choice("format", ExportFormat.self) ?? .csv
            guardsFormulas = parameters.flag("guard_formulas")
            let cursor = try ClientsAnswer.Cursor(parameters)
            offset = cursor?.offset ?? 0
            snapshotID = cursor?.snapshotID
        }
    }

    /// Rows a page at most; wide rows make shorter pages.
    static let rowsPerPage = 10_000

    /// - Parameter bytesMax: what the text of the answer may have; a page is cut before it has more.
    public static func write(
        _ question: Question, _ snapshot: Snapshot, bytesMax: Int = .max, to writer: inout JSONWriter
    ) throws(Problem) {
        let total = question.table.rowCount(snapshot)
        let first = min(question.offset, total)
        let range = first..<min(first + rowsPerPage, total)
        var frame = JSONWriter()
        write(question, snapshot, Page(data: [], rows: range.count, total: total, next: total), to: &frame)
        var text = RowText(
            columns: question.table.columns, question, room: bytesMax - frame.count)
        question.table.forBatches(snapshot, rows: range, while: { text.append($0) })
        if text.rowCount == 0, let bytes = text.leftOutBytes {
            throw BoundedList.tooLarge(
                "row \(first + 1) of \(question.table.rawValue)", bytes: bytes + frame.count, bytesMax: bytesMax)
        }
        let end = first + text.rowCount
        write(
            question, snapshot,
            Page(data: text.bytes, rows: text.rowCount, total: total, next: end < total ? end : nil), to: &writer)
    }

    private struct Page {
        var data: [UInt8]
        var rows: Int
        var total: Int
        /// The row that the next page begins with.
        var next: Int?
    }

    private static func write(
        _ question: Question, _ snapshot: Snapshot, _ page: Page, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("table", text: question.table.rawValue)
        writer.member("format", text: question.format.rawValue)
        writer.member("rows", integer: page.rows)
        writer.member("total", integer: page.total)
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
        page.data.withUnsafeBufferPointer { writer.utf8(escaping: $0) }
        writer.member(
            "next_cursor", text: page.next.map { ClientsAnswer.Cursor(snapshotID: snapshot.id, offset: $0).text })
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }
}

/// The rows of a page as text, for as long as there is room for them in a JSON string.
struct RowText: ~Copyable {
    private enum Rows {
        case csv(CSVRows)
        case ndjson(NDJSONRows)
    }

    private var rows: Rows
    private(set) var bytes: [UInt8] = []
    private(set) var rowCount = 0
    /// The size of the row there was no room for.
    private(set) var leftOutBytes: Int?
    private var room: Int
    /// Measures: a text takes more room inside a string.
    private var measure = JSONWriter()

    init(columns: [PublishedTable.Column], _ question: ExportAnswer.Question, room: Int) {
        self.room = room
        switch question.format {
        case .csv: rows = .csv(CSVRows(guardsFormulas: question.guardsFormulas))
        case .ndjson: rows = .ndjson(NDJSONRows(columns: columns))
        }
        guard question.offset == 0, question.format == .csv else { return }
        bytes = Array((columns.map(\.name).joined(separator: ",") + "\n").utf8)
        self.room -= size(bytes[...])
    }

    /// Appends the rows of a batch.
    /// - Returns: whether there was room for all of them.
    mutating func append(_ batch: borrowing CellBatch) -> Bool {
        var ends: [Int] = []
        let text: [UInt8]
        switch rows {
        case .csv(let rows): text = rows.text(batch, &ends)
        case .ndjson(let rows): text = rows.text(batch, &ends)
        }
        let whole = size(text[...])
        if whole <= room {
            bytes.append(contentsOf: text)
            rowCount += ends.count
            room -= whole
            return true
        }
        var start = 0
        for end in ends {
            let row = size(text[start..<end])
            guard row <= room else {
                leftOutBytes = row
                break
            }
            bytes.append(contentsOf: text[start..<end])
            rowCount += 1
            room -= row
            start = end
        }
        return false
    }

    private mutating func size(_ text: ArraySlice<UInt8>) -> Int {
        measure.removeAll()
        text.withUnsafeBufferPointer { measure.piece($0) }
        return measure.count
    }
}

/// Rows as RFC 4180 CSV with line feeds; unknown is empty.
struct CSVRows {
    let guardsFormulas: Bool

    /// The text of a batch, and where each of its rows ends.
    func text(_ batch: borrowing CellBatch, _ ends: inout [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        let cells = batch.cells
        batch.bytes.withUnsafeBufferPointer { text in
            for (index, cell) in cells.enumerated() {
                if index % batch.columnCount > 0 { bytes.append(44) }
                switch cell {
                case .null: break
                case .text(let start, let count):
                    append(UnsafeBufferPointer(rebasing: text[Int(start)..<Int(start + count)]), to: &bytes)
                case .integer(let value): bytes.append(contentsOf: String(value).utf8)
                case .real(let value): bytes.append(contentsOf: NumberText.shortest(value).utf8)
                case .money(let micro): bytes.append(contentsOf: Money(rawValue: micro).description.utf8)
                case .day(let day): bytes.append(contentsOf: Day(rawValue: day).description.utf8)
                }
                if index % batch.columnCount == batch.columnCount - 1 {
                    bytes.append(10)
                    ends.append(bytes.count)
                }
            }
        }
        return bytes
    }

    /// Whether a spreadsheet takes a text that begins with this for a formula, or drops it and looks at the next: = + -
    /// @, tab and carriage return.
    private static func isFormula(_ first: UInt8?) -> Bool {
        switch first {
        case 61, 43, 45, 64, 9, 13: true
        default: false
        }
    }

    private func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        let needsQuotes =
            text.contains { $0 == 44 || $0 == 34 || $0 == 10 || $0 == 13 } || text.first == 32 || text.last == 32
        let apostrophe: [UInt8] = guardsFormulas && CSVRows.isFormula(text.first) ? [39] : []
        guard needsQuotes else {
            bytes.append(contentsOf: apostrophe)
            bytes.append(contentsOf: text)
            return
        }
        bytes.append(34)
        bytes.append(contentsOf: apostrophe)
        for byte in text {
            if byte == 34 { bytes.append(34) }
            bytes.append(byte)
        }
        bytes.append(34)
    }
}

/// Rows as JSON objects, one a line.
struct NDJSONRows {
    private let names: [String]

    init(columns: [PublishedTable.Column]) { names = columns.map(\.name) }

    /// The text of a batch, and where each of its rows ends.
    func text(_ batch: borrowing CellBatch, _ ends: inout [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
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
                if column == batch.columnCount - 1 {
                    bytes.append(contentsOf: [125, 10])
                    ends.append(bytes.count)
                }
            }
        }
        return bytes
    }
}

enum NumberText {
    /// The shortest decimal that reads back as the same number; whole numbers without a point.
    static func shortest(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
