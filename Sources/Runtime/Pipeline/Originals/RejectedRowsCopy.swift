import Bronze
public import Inbox
public import Records
public import Store

/// A piece of the rejected rows of a drop as they came, to be mended.
public struct RejectedRowsPiece: Sendable {
    /// The first piece begins with the lines that name the columns.
    public var bytes: [UInt8]
    public var rows: Int
    /// Wanted rows that are longer than any row may be, of those that this piece has come past.
    public var leftOut: Int
    /// Whether it holds objects of JSON, one a line, and no delimited text.
    public var isJSON: Bool
    public var hasMore: Bool
}

/// Copies the rejected rows of drops out of their originals. Safe to use from several threads.
public struct RejectedRowsCopy: Sendable {
    let archive: Archive
    let quarantine: Quarantine

    public init(archive: Archive, quarantine: Quarantine) {
        self.archive = archive
        self.quarantine = quarantine
    }

    /// - Parameters:
    ///   - entry: a loaded drop.
    ///   - skipping: how many rows earlier pieces had.
    ///   - bytesMax: room of the piece; one row is in it whatever its length.
    ///   - check: asked between blocks whether to go on.
    /// - Throws: what is wrong with the original or the list of rejected rows; what `check` throws.
    public func piece(
        of entry: LedgerEntry, skipping: Int, bytesMax: Int, check: () throws -> Void
    ) throws -> RejectedRowsPiece {
        var files = quarantine.rejectFiles()
        let rows = try files.reader(dropID: entry.id, file: entry.file)?.read(limit: .max) ?? []
        var piece = RejectedRowsPiece(bytes: [], rows: 0, leftOut: 0, isJSON: false, hasMore: false)
        guard !rows.isEmpty, let hash = entry.sha256.flatMap({ ContentHash($0) }) else { return piece }
        var wanted = RowCopier.Wanted()
        for row in rows {
            if let last = row.lastLine {
                wanted.insert(row.line...max(row.line, last))
            } else {
                wanted.insert(line: row.line, raw: row.raw)
            }
        }
        var copier = RowCopier(
            category: entry.category, limits: BronzeReader.Limits(columnsMax: .max), wanted: wanted, skipping: skipping,
            bytesMax: bytesMax)
        let reader = try archive.openOriginal(hash, output: .content)
        let batch = BronzeBatch(byteCapacity: BronzeReader.headroom + DropFeed.blockBytes)
        while !copier.isDone {
            try check()
            batch.reserveBytes(BronzeReader.headroom + DropFeed.blockBytes)
            let (count, isLast) = try reader.readBlock(
                into: UnsafeMutableRawBufferPointer(
                    start: batch.bytes + BronzeReader.headroom, count: DropFeed.blockBytes))
            batch.byteCount = BronzeReader.headroom + count
            copier.begin(batch, dataStart: BronzeReader.headroom, isLast: isLast)
            while try copier.copy(batch, to: &piece.bytes) {}
            if isLast { break }
        }
        piece.rows = copier.copied
        piece.leftOut = copier.leftOut
        piece.hasMore = copier.isFull
        piece.isJSON = batch.header.head.isEmpty
        return piece
    }
}
