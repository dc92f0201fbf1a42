/// The rows of a drop until it is complete, in the order of appending. They never move: growing copies nothing and asks
/// for no memory twice, which for a drop of some million rows is most of what an array would cost.
struct StagedRows<Row: BitwiseCopyable>: ~Copyable {
    private static var chunkBits: Int { 12 }
    private static var chunkLength: Int { 1 << chunkBits }

    private var chunks: [UnsafeMutablePointer<Row>] = []
    private(set) var count = 0

    deinit { for chunk in chunks { chunk.deallocate() } }

    mutating func append(_ row: Row) {
        let offset = count & (StagedRows.chunkLength - 1)
        if offset == 0, count >> StagedRows.chunkBits == chunks.count {
            chunks.append(.allocate(capacity: StagedRows.chunkLength))
        }
        (chunks[count >> StagedRows.chunkBits] + offset).initialize(to: row)
        count += 1
    }

    /// - Precondition: `0 <= index < count`.
    subscript(index: Int) -> Row {
        precondition(index >= 0 && index < count, "a row that was not staged")
        return chunks[index >> StagedRows.chunkBits][index & (StagedRows.chunkLength - 1)]
    }

    /// Forgets all rows; room for a small drop stays.
    mutating func removeAll() {
        while chunks.count > 1 { chunks.removeLast().deallocate() }
        count = 0
    }
}
