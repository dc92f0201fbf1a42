import Records

/// Where the columns of a category stand in a file.
final class ColumnMap {
    /// By column of the schema; -1 where the file does not have it.
    let sources: UnsafeMutablePointer<Int>
    private let count: Int

    init(_ header: BronzeBatch.Header, category: Category) {
        let columns = category.columns
        count = columns.count
        sources = .allocate(capacity: count)
        sources.initialize(repeating: -1, count: count)
        // By the names of the file: JSON objects may come to have many, one by one, and each is a new header.
        let indexOfColumn = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1.name, $0) })
        for (source, name) in header.names.enumerated() {
            if let index = indexOfColumn[name], sources[index] < 0 { sources[index] = source }
        }
    }

    deinit { sources.deallocate() }

    subscript(column: Int) -> Int { sources[column] }
}

/// Short ways to the fields of a batch. Holds plain pointers into the batch and the map: valid as long as both are
/// alive
/// and the batch is not filled again.
struct RowBytes {
    let batch: BronzeBatch
    private let bytes: UnsafePointer<UInt8>
    private let spans: UnsafePointer<FieldSpan>
    private let columnCount: Int
    private let sources: UnsafePointer<Int>

    init(_ batch: BronzeBatch, _ map: ColumnMap) {
        self.batch = batch
        bytes = UnsafePointer(batch.bytes)
        spans = UnsafePointer(batch.spans)
        columnCount = batch.columnCount
        sources = UnsafePointer(map.sources)
    }

    @inline(__always)
    func span(_ row: Int, _ column: Int) -> FieldSpan {
        let source = sources[column]
        if source < 0 { return FieldSpan(start: 0, end: 0) }
        return spans[row &* columnCount &+ source]
    }

    /// Whether the file has a column of the schema.
    @inline(__always)
    func hasColumn(_ column: Int) -> Bool { sources[column] >= 0 }

    /// A field by its position in the file.
    @inline(__always)
    func sourceSpan(_ row: Int, _ source: Int) -> FieldSpan { spans[row &* columnCount &+ source] }

    /// Whether a row says anything of a column of the schema; what it does not say leaves what is known.
    func names(_ row: Int, _ column: Int) -> Bool { sources[column] >= 0 && namesSource(row, sources[column]) }

    /// The same by the position in the file.
    func namesSource(_ row: Int, _ source: Int) -> Bool {
        !batch.rowsMayLackColumns || sourceSpan(row, source).start != batch.rows[row].start
    }

    @inline(__always)
    func pointer(_ span: FieldSpan) -> UnsafePointer<UInt8> { bytes + Int(span.start) }

    @inline(__always)
    func buffer(_ span: FieldSpan) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: pointer(span), count: span.count)
    }

    func text(_ span: FieldSpan) -> String { String(decoding: buffer(span), as: UTF8.self) }

    @inline(__always)
    func key(_ span: FieldSpan) -> RecordKey { RecordKey(paddedBytes: pointer(span), count: span.count) }

    /// 64 bits over all fields of a row: tells a repeated row from one that differs. Empty fields play no part: a JSON
    /// file may get more columns as it is read.
    func contentHash(_ row: Int) -> UInt64 {
        var state = RecordKey(low: 0, high: 0)
        for source in 0..<columnCount {
            let span = sourceSpan(row, source)
            if span.count == 0 { continue }
            let key = key(span).mixed
            state =
                RecordKey(
                    low: state.low ^ key.low, high: state.high ^ key.high &+ UInt64(truncatingIfNeeded: source)
                ).mixed
        }
        return state.low
    }
}
