public import Bronze
public import Records

/// Hands bytes to a reader as the intake does: block by block, in the memory of one batch.
public enum BlockFeed {
    /// - Parameters:
    ///   - blockBytes: how many bytes a block has; nil for all in one.
    ///   - endsEmpty: the last block holds no bytes, as when a file's length is a multiple of the block's.
    ///   - finishes: whether the reader is asked in the end if the drop as a whole will do.
    public static func forEachBatch(
        _ bytes: [UInt8], category: Category, limits: BronzeReader.Limits = .init(), blockBytes: Int? = nil,
        endsEmpty: Bool = false, finishes: Bool = false, _ body: (BronzeBatch) throws -> Void
    ) throws {
        var reader = BronzeReader(category: category, limits: limits)
        let size = max(1, blockBytes ?? bytes.count)
        let headroom = blockBytes == nil ? BronzeReader.headroom : min(BronzeReader.headroom, size)
        let batch = BronzeBatch(byteCapacity: size + headroom)
        var at = 0
        while true {
            let count = min(size, bytes.count - at)
            bytes.withUnsafeBufferPointer { source in
                if let base = source.baseAddress, count > 0 {
                    (batch.bytes + headroom).update(from: base + at, count: count)
                }
            }
            batch.byteCount = headroom + count
            at += count
            let isLast = endsEmpty ? count == 0 : at == bytes.count
            reader.begin(batch, dataStart: headroom, isLast: isLast)
            while try reader.nextRows(batch) { try body(batch) }
            if isLast { break }
        }
        if finishes { try reader.finish() }
    }

    /// A file as its rows of text.
    public struct Rows: Equatable {
        /// By row: the values by the names of their columns; empty values are left out.
        public var rows: [[String: String]] = []
        public var lines: [Int] = []
        public var rejects: [Reject] = []
        /// The names of the columns in the end.
        public var columns: [String] = []

        public init() {}
    }

    public static func rows(
        _ bytes: [UInt8], category: Category, limits: BronzeReader.Limits = .init(), blockBytes: Int? = nil,
        endsEmpty: Bool = false
    ) throws -> Rows {
        var result = Rows()
        try forEachBatch(
            bytes, category: category, limits: limits, blockBytes: blockBytes, endsEmpty: endsEmpty
        ) { batch in
            result.columns = batch.header.names
            for row in 0..<batch.rowCount {
                var values: [String: String] = [:]
                for (column, name) in batch.header.names.enumerated() {
                    let text = batch.text(row: row, column: column)
                    if !text.isEmpty { values[name] = text }
                }
                result.rows.append(values)
                result.lines.append(Int(batch.lines[row]))
            }
            result.rejects += batch.rejects
        }
        return result
    }
}
