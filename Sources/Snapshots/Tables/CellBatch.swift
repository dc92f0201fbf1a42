import Records

/// Some rows of a published table: what crosses from the tables to whoever writes them down.
public struct CellBatch: ~Copyable {
    public enum Cell: BitwiseCopyable, Sendable {
        case null
        /// A stretch of the batch's text bytes, never empty.
        case text(start: UInt32, count: UInt32)
        case integer(Int64)
        case real(Double)
        /// Micro-units.
        case money(Int64)
        /// Days since 1970.
        case day(Int32)
    }

    /// Rows a batch holds when it is full: their cells fit into a processor's second-level cache.
    public static let rowsMax = 128

    public let columnCount: Int
    public private(set) var rowCount = 0
    /// `rowCount * columnCount` cells, row by row.
    public private(set) var cells: [Cell] = []
    /// The text that cells point into.
    public private(set) var bytes: [UInt8] = []

    /// Text at the front that stays from batch to batch.
    private var pinnedBytes = 0

    init(columnCount: Int) {
        self.columnCount = columnCount
        cells.reserveCapacity(columnCount * CellBatch.rowsMax)
    }

    var isFull: Bool { rowCount >= CellBatch.rowsMax }

    mutating func clear() {
        cells.removeAll(keepingCapacity: true)
        bytes.removeSubrange(pinnedBytes...)
        rowCount = 0
    }

    // MARK: Row by row

    mutating func null() { cells.append(.null) }
    mutating func text(_ value: String) { cells.append(stored(value)) }
    mutating func text(_ value: UnsafeBufferPointer<UInt8>) {
        let start = UInt32(truncatingIfNeeded: bytes.count)
        bytes.append(contentsOf: value)
        cells.append(value.isEmpty ? .null : .text(start: start, count: UInt32(truncatingIfNeeded: value.count)))
    }
    mutating func integer(_ value: Int64) { cells.append(.integer(value)) }
    mutating func optionalReal(_ value: Double?) { cells.append(CellBatch.real(value)) }
    mutating func money(_ micro: Int64) { cells.append(.money(micro)) }
    mutating func day(_ value: Int32) { cells.append(.day(value)) }
    /// A cell that stands already, such as a pinned text.
    mutating func cell(_ value: Cell) { cells.append(value) }
    mutating func endRow() { rowCount += 1 }

    // MARK: Column by column

    /// Starts on `rows` rows whose cells are all unknown.
    mutating func begin(rows: Int) {
        clear()
        cells.append(contentsOf: repeatElement(.null, count: rows * columnCount))
        rowCount = rows
    }

    /// Fills a column of the rows begun. Reading one column for many rows lets the processor fetch several of its
    /// values at a time.
    @inline(__always)
    mutating func fill(_ column: Int, _ cell: (_ row: Int) -> Cell) {
        var at = column
        for row in 0..<rowCount {
            cells[at] = cell(row)
            at += columnCount
        }
    }

    /// Fills a column with texts; an empty one is unknown.
    @inline(__always)
    mutating func fillText(
        _ column: Int, _ value: (_ row: Int, _ store: (UnsafeBufferPointer<UInt8>) -> Void) -> Void
    ) {
        var at = column
        for row in 0..<rowCount {
            let start = bytes.count
            value(row) { bytes.append(contentsOf: $0) }
            cells[at] =
                bytes.count > start
                ? .text(
                    start: UInt32(truncatingIfNeeded: start), count: UInt32(truncatingIfNeeded: bytes.count - start))
                : .null
            at += columnCount
        }
    }

    /// Fills a column with texts of which there are few, by their code.
    /// - Parameter values: the cells of all codes, see ``pin(_:)``.
    @inline(__always)
    mutating func fillCoded(_ column: Int, _ values: [Cell], _ code: (_ row: Int) -> Int) {
        fill(column) { values[code($0)] }
    }

    /// Keeps texts that occur again and again for all batches to come, and gives their cells.
    /// - Precondition: the batch has no rows.
    mutating func pin(_ values: [String]) -> [Cell] {
        precondition(rowCount == 0, "texts are pinned before there are rows")
        defer { pinnedBytes = bytes.count }
        return values.map { stored($0) }
    }

    /// An empty text is unknown.
    mutating func stored(_ value: String) -> Cell {
        if value.isEmpty { return .null }
        let start = bytes.count
        bytes.append(contentsOf: value.utf8)
        return .text(start: UInt32(truncatingIfNeeded: start), count: UInt32(truncatingIfNeeded: bytes.count - start))
    }

    // MARK: Cells

    @inline(__always)
    static func real(_ value: Double?) -> Cell {
        guard let value, !value.isNaN else { return .null }
        return .real(value)
    }

    @inline(__always)
    static func number(_ value: Int32) -> Cell {
        value == ClientMetrics.unknown ? .null : .integer(Int64(value))
    }

    @inline(__always)
    static func day(_ value: Int32, unknown: Int32 = ClientTable.unknownDay) -> Cell {
        value == unknown ? .null : .day(value)
    }
}
