import Glibc

/// Where a field stands in the bytes of its batch: `start ..< end`.
public struct FieldSpan: BitwiseCopyable, Sendable {
    public var start: UInt32
    public var end: UInt32

    @inlinable
    public init(start: UInt32, end: UInt32) {
        self.start = start
        self.end = end
    }

    @inlinable
    public var count: Int { Int(end &- start) }
}

/// Some rows of one file as text: the bytes, the span of every field, and the line each row starts on.
///
/// A batch is filled by Bronze, read by Silver and then filled again; it is used by one thread at a time. It holds raw
/// memory instead of arrays because every byte of the house's largest files passes through it.
public final class BronzeBatch {
    /// Bytes that can be read behind `byteCount` without leaving the allocation.
    public static let slack = 64

    public private(set) var bytes: UnsafeMutablePointer<UInt8>
    public private(set) var byteCapacity: Int
    /// Bytes in use, unescaped copies of quoted fields included.
    public var byteCount = 0

    /// `rowCount * columnCount` spans, row by row.
    public private(set) var spans: UnsafeMutablePointer<FieldSpan>
    private var spanCapacity: Int
    /// The physical line each row starts on, and where its raw text stands.
    public private(set) var lines: UnsafeMutablePointer<UInt32>
    public private(set) var rows: UnsafeMutablePointer<FieldSpan>
    private var rowCapacity: Int

    public var rowCount = 0
    public var columnCount = 0
    /// Rows that could not be split into fields, and where they stand.
    public private(set) var rejects: [Reject] = []
    public private(set) var rejectSpans: [FieldSpan] = []
    /// The one whose end is not among the bytes.
    private var cutSpan: FieldSpan?
    /// Names of the columns as the file gives them; a new value means that the columns have changed.
    public var header: Header
    /// Whether a row may lack columns of its batch, as an object may lack keys that others have. The field of a column
    /// that a row lacks is empty and stands where the row begins, where no value can.
    public var rowsMayLackColumns = false

    /// The columns of a file. Compared by identity: a reader makes a new one when the columns change.
    public final class Header: Sendable {
        public let names: [String]
        /// The file as far as the end of the line of the names, with what ends it; empty where they stand in none.
        public let head: [UInt8]
        /// The line of the names as it is compared; nil where they stand in no line of their own.
        private let line: [UInt8]?

        /// - Parameters:
        ///   - line: the line of the file that names the columns.
        ///   - head: the file as far as its end.
        public init(names: [String], line: UnsafeBufferPointer<UInt8>? = nil, head: [UInt8] = []) {
            self.names = names
            self.head = head
            self.line = line.map { Header.compared($0.prefix(Reject.rawLimit)) }
        }

        /// Whether a row is the line of the names once more, as where files were put behind each other.
        public func isRepeated(in raw: [UInt8]) -> Bool {
            guard let line else { return false }
            return Header.compared(raw[...]) == line
        }

        /// Without the mark in front of UTF-8 text, upper case, and blanks at the ends.
        private static func compared(_ text: some RandomAccessCollection<UInt8>) -> [UInt8] {
            var text = Array(text)
            if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.removeFirst(3) }
            while let last = text.last, last == 13 || last == 32 || last == 9 { text.removeLast() }
            return text.map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 }
        }
    }

    public init(byteCapacity: Int = 1 << 19) {
        self.byteCapacity = byteCapacity
        bytes = .allocate(capacity: byteCapacity + BronzeBatch.slack)
        bytes.initialize(repeating: 0, count: byteCapacity + BronzeBatch.slack)
        rowCapacity = 4096
        spanCapacity = 4096 * 8
        spans = .allocate(capacity: spanCapacity)
        lines = .allocate(capacity: rowCapacity)
        rows = .allocate(capacity: rowCapacity)
        header = Header(names: [])
    }

    deinit {
        bytes.deallocate()
        spans.deallocate()
        lines.deallocate()
        rows.deallocate()
    }

    /// Forgets the rows and rejects, keeps the memory and the bytes.
    public func clearRows() {
        rowCount = 0
        rowsMayLackColumns = false
        rejects.removeAll(keepingCapacity: true)
        rejectSpans.removeAll(keepingCapacity: true)
        cutSpan = nil
    }

    /// Makes room for `count` bytes; keeps the bytes in use.
    public func reserveBytes(_ count: Int) {
        guard count > byteCapacity else { return }
        let capacity = max(count, byteCapacity * 2)
        let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + BronzeBatch.slack)
        grown.update(from: bytes, count: byteCount)
        (grown + byteCount).initialize(repeating: 0, count: capacity + BronzeBatch.slack - byteCount)
        bytes.deallocate()
        bytes = grown
        byteCapacity = capacity
    }

    /// Makes room for `count` more rows of `columnCount` fields; the pointers may change.
    public func reserveRows(_ count: Int) {
        if rowCount + count >= rowCapacity {
            let capacity = max(rowCapacity * 2, rowCount + count + 1)
            let grownLines = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
            grownLines.update(from: lines, count: rowCount)
            lines.deallocate()
            lines = grownLines
            let grownRows = UnsafeMutablePointer<FieldSpan>.allocate(capacity: capacity)
            grownRows.update(from: rows, count: rowCount)
            rows.deallocate()
            rows = grownRows
            rowCapacity = capacity
        }
        // The row after the last may have been begun.
        let needed = (rowCount + count + 1) * columnCount
        if needed >= spanCapacity {
            let capacity = max(spanCapacity * 2, needed + columnCount)
            let grown = UnsafeMutablePointer<FieldSpan>.allocate(capacity: capacity)
            grown.update(from: spans, count: min((rowCount + 1) * columnCount, spanCapacity))
            spans.deallocate()
            spans = grown
            spanCapacity = capacity
        }
    }

    /// The text of one field.
    public func text(row: Int, column: Int) -> String {
        let span = spans[row * columnCount + column]
        return String(decoding: UnsafeBufferPointer(start: bytes + Int(span.start), count: span.count), as: UTF8.self)
    }

    /// Whether two fields say the same.
    public func isSame(_ one: FieldSpan, _ other: FieldSpan) -> Bool {
        one.count == other.count && memcmp(bytes + Int(one.start), bytes + Int(other.start), one.count) == 0
    }

    /// The raw text of one row, without its line end, cut after `Reject.rawLimit` bytes.
    public func raw(row: Int) -> [UInt8] {
        let span = rows[row]
        return Array(UnsafeBufferPointer(start: bytes + Int(span.start), count: min(span.count, Reject.rawLimit)))
    }
}

extension BronzeBatch {
    /// Notes that what stands in `start ..< end` is no row.
    /// - Parameter isCut: it goes on behind the bytes that are there.
    public func reject(
        line: Int, column: String? = nil, _ reason: Reject.Reason, from start: Int, to end: Int, isCut: Bool = false
    ) {
        let end = max(start, end)
        let raw = Array(UnsafeBufferPointer(start: bytes + start, count: min(end - start, Reject.rawLimit)))
        rejects.append(Reject(line: line, column: column, reason: reason, raw: raw))
        let span = FieldSpan(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
        rejectSpans.append(span)
        if isCut { cutSpan = span }
    }

    /// Whether it goes on behind the bytes that are there.
    public func isCut(_ reject: FieldSpan) -> Bool { cutSpan?.start == reject.start && cutSpan?.end == reject.end }

    /// Copies row `source` over row `target`; for closing gaps.
    public func moveRow(from source: Int, to target: Int) {
        lines[target] = lines[source]
        rows[target] = rows[source]
        (spans + target * columnCount).update(from: spans + source * columnCount, count: columnCount)
    }
}
