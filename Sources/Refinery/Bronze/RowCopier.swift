public import Records

/// Copies rows of a file byte for byte, under the lines that name its columns: what was rejected, to be mended and handed in
/// again. Rows of JSON become lines of objects.
///
/// The caller hands over the file as it does to a ``BronzeReader``:
/// ```
/// copier.begin(batch, dataStart: headroom, isLast: false)
/// while try copier.copy(batch, to: &bytes) { … }
/// ```
public struct RowCopier {
    /// Which rows are wanted.
    public struct Wanted: Sendable {
        /// By the line on which a row starts, what stood there: several rows of JSON may share a line.
        private var listed: [Int: [[UInt8]]] = [:]
        private var stretches: [ClosedRange<Int>] = []
        private var lastLine = 0

        public init() {}

        /// One row.
        /// - Parameter raw: its text, cut after `Reject.rawLimit` bytes.
        public mutating func insert(line: Int, raw: [UInt8]) {
            listed[line, default: []].append(raw)
            lastLine = max(lastLine, line)
        }

        /// All rows that start between two lines. Stretches come in the order of their lines.
        public mutating func insert(_ lines: ClosedRange<Int>) {
            stretches.append(lines)
            lastLine = max(lastLine, lines.upperBound)
        }

        func contains(line: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
            if let raws = listed[line] {
                let head = text.prefix(Reject.rawLimit)
                if raws.contains(where: { $0.elementsEqual(head) }) { return true }
            }
            var low = 0
            var high = stretches.count
            while low < high {
                let middle = (low + high) / 2
                if stretches[middle].upperBound < line { low = middle + 1 } else { high = middle }
            }
            return low < stretches.count && stretches[low].contains(line)
        }

        func ends(before line: Int) -> Bool { line > lastLine }
    }

    private var reader: BronzeReader
    private let wanted: Wanted
    /// Rows that are passed over before the first one is copied.
    private var toSkip: Int
    private var bytesLeft: Int
    private var hasHead = false
    /// How many rows have been copied.
    public private(set) var copied = 0
    /// How many were wanted and could not be copied, because they are longer than any row may be.
    public private(set) var leftOut = 0
    /// Nothing more is to come, or there is no more room.
    public private(set) var isDone = false
    /// There was no room for the next row.
    public private(set) var isFull = false

    /// - Parameters:
    ///   - skipping: how many of the wanted rows were copied before.
    ///   - bytesMax: room for so many bytes; one row is copied whatever its length.
    public init(category: Category, limits: BronzeReader.Limits, wanted: Wanted, skipping: Int, bytesMax: Int) {
        reader = BronzeReader(category: category, limits: limits)
        self.wanted = wanted
        toSkip = skipping
        bytesLeft = bytesMax
    }

    /// Starts on a block, see ``BronzeReader/begin(_:dataStart:isLast:)``.
    public mutating func begin(_ batch: BronzeBatch, dataStart: Int, isLast: Bool) {
        reader.begin(batch, dataStart: dataStart, isLast: isLast)
    }

    /// Copies what is wanted of the next rows of the block.
    /// - Returns: false when the block is used up.
    public mutating func copy(_ batch: BronzeBatch, to bytes: inout [UInt8]) throws(DropRefusal) -> Bool {
        guard !isDone, try reader.nextRows(batch) else { return false }
        let head = batch.header.head
        if !hasHead, toSkip == 0 {
            bytes += head
            bytesLeft -= head.count
        }
        hasHead = true
        let rows = (0..<batch.rowCount).map { (line: Int(batch.lines[$0]), span: batch.rows[$0]) }
        let rejects = zip(batch.rejects, batch.rejectSpans).map { (line: $0.line, span: $1) }
        for (line, span) in (rows + rejects).sorted(by: { ($0.span.start, $0.line) < ($1.span.start, $1.line) }) {
            if wanted.ends(before: line) {
                isDone = true
                break
            }
            let text = UnsafeBufferPointer(start: batch.bytes + Int(span.start), count: span.count)
            guard wanted.contains(line: line, text) else { continue }
            if batch.isCut(span) {
                leftOut += 1
                continue
            }
            if toSkip > 0 {
                toSkip -= 1
                continue
            }
            if copied > 0, span.count + 2 > bytesLeft {
                (isDone, isFull) = (true, true)
                break
            }
            if head.isEmpty {
                // Line ends between the values of an object mean nothing.
                bytes += text.map { $0 == 10 || $0 == 13 ? 32 : $0 }
                bytes.append(10)
            } else {
                bytes += text
                bytes += RowCopier.lineEnd(of: head)
            }
            bytesLeft -= span.count + 2
            copied += 1
        }
        return true
    }

    private static func lineEnd(of head: [UInt8]) -> ArraySlice<UInt8> {
        head.suffix(head.suffix(2).elementsEqual([13, 10]) ? 2 : 1)
    }
}
