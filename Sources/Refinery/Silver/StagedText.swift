import Records

/// Copies of texts that outlive their batch.
struct StagedText {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) -> FieldSpan {
        let start = UInt32(bytes.count)
        bytes.append(contentsOf: text)
        return FieldSpan(start: start, end: UInt32(bytes.count))
    }

    func withBytes<R>(_ span: FieldSpan, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        bytes.withUnsafeBufferPointer { buffer in
            body(UnsafeBufferPointer(rebasing: buffer[Int(span.start)..<Int(span.end)]))
        }
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}

/// Gives texts of a coded column their codes; a small direct table in front of the column's dictionary.
struct TextCoder {
    private let cache: KindCache

    init(slotCount: Int = 4096) { cache = KindCache(slotCount: slotCount) }

    func code(_ rows: RowBytes, _ span: FieldSpan, _ column: inout CodedColumn) -> UInt32 {
        code(rows, span) { column.insert($0) }
    }

    func code(_ rows: RowBytes, _ span: FieldSpan, _ column: inout SparseColumn) -> UInt32 {
        code(rows, span) { column.insert($0) }
    }

    /// - Parameter insert: gives a value its code that was not met lately.
    @inline(__always)
    func code(_ rows: RowBytes, _ span: FieldSpan, insert: (String) -> UInt32) -> UInt32 {
        if span.count == 0 { return 0 }
        let key = rows.key(span).mixed
        let known = cache.find(key)
        if known >= 0 { return UInt32(bitPattern: known) }
        let code = insert(rows.text(span))
        cache.insert(key, code)
        return code
    }
}
