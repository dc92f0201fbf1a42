import Records

/// Short ways to the fields of a batch.
struct RowBytes {
    let batch: BronzeBatch
    /// Column of the batch per column of the schema; -1 where the file does not have it.
    let columns: [Int]

    @inline(__always)
    func span(_ row: Int, _ column: Int) -> FieldSpan {
        let source = columns[column]
        if source < 0 { return FieldSpan(start: 0, end: 0) }
        return batch.spans[row &* batch.columnCount &+ source]
    }

    @inline(__always)
    func pointer(_ span: FieldSpan) -> UnsafePointer<UInt8> { UnsafePointer(batch.bytes + Int(span.start)) }

    func buffer(_ span: FieldSpan) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: pointer(span), count: span.count)
    }

    func text(_ span: FieldSpan) -> String { String(decoding: buffer(span), as: UTF8.self) }

    @inline(__always)
    func key(_ span: FieldSpan) -> RecordKey { RecordKey(paddedBytes: pointer(span), count: span.count) }

    /// The columns of a batch by the schema of its category.
    static func columns(of header: BronzeBatch.Header, category: Category) -> [Int] {
        category.columns.map { column in header.names.firstIndex(of: column.name) ?? -1 }
    }
}
