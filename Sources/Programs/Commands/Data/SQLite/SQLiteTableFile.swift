/// A SQLite database with one table, written front to back as its rows come in.
///
/// The client writes the file itself because the library would have to be found and bound whenever the client starts.
/// Only the plainest part of the file format is needed: rows that are numbered from 1, so that the tree of the table
/// grows at its right edge alone. https://www.sqlite.org/fileformat2.html is the source.
struct SQLiteTableFile {
    struct Column: Equatable {
        enum Affinity: String {
            case integer = "INTEGER"
            case real = "REAL"
            case text = "TEXT"
        }

        var name: String
        var affinity: Affinity
    }

    static let pageSize = 4_096
    /// The page at 1 GiB is for locks and holds nothing.
    private static let lockPage = (1 << 30) / pageSize + 1
    /// What of a row may stand in its leaf, and what stays there when it does not fit.
    private static let localMax = pageSize - 35
    private static let localMin = (pageSize - 12) * 32 / 255 - 23
    private static let leafHeaderCount = 8
    private static let interiorHeaderCount = 12

    private let table: String
    private let columns: [Column]
    /// Whole pages for the end of the file.
    private let write: ([UInt8]) throws(CommandFailure) -> Void
    /// The first page is written when the rest is known.
    private var pageCount = 1
    private var rowCount: Int64 = 0
    /// Cells of the leaf that is being filled.
    private var cells: [[UInt8]] = []
    private var cellBytes = 0
    /// Finished leaves with the number of their last row.
    private var leaves: [(page: Int, lastRow: Int64)] = []

    /// Begins a file; a blank first page goes out at once. The names are plain words, and all of them together fit the
    /// first page.
    ///
    /// - Parameter write: appends pages to the file.
    init(
        table: String, columns: [Column], write: @escaping ([UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        self.table = table
        self.columns = columns
        self.write = write
        try write([UInt8](repeating: 0, count: Self.pageSize))
    }

    /// Appends a row with a value for each column.
    mutating func append(_ values: [SQLiteValue]) throws(CommandFailure) {
        rowCount += 1
        var payload: [UInt8] = []
        SQLiteRecord.append(values, to: &payload)
        var cell: [UInt8] = []
        SQLiteNumber.appendVarint(UInt64(payload.count), to: &cell)
        SQLiteNumber.appendVarint(UInt64(rowCount), to: &cell)
        if payload.count <= Self.localMax {
            cell += payload
        } else {
            let kept = Self.localMin + (payload.count - Self.localMin) % (Self.pageSize - 4)
            let local = kept <= Self.localMax ? kept : Self.localMin
            cell += payload[..<local]
            SQLiteNumber.append(UInt64(try writeOverflow(payload[local...])), byteCount: 4, to: &cell)
        }
        if Self.leafHeaderCount + cellBytes + cell.count + 2 * (cells.count + 1) > Self.pageSize {
            // The row that comes opens the next leaf.
            try writeLeaf(lastRow: rowCount - 1)
        }
        cells.append(cell)
        cellBytes += cell.count
    }

    /// Writes the rest of the tree.
    ///
    /// - Returns: the first page, which belongs at the beginning of the file.
    mutating func finish() throws(CommandFailure) -> [UInt8] {
        if !cells.isEmpty || leaves.isEmpty { try writeLeaf(lastRow: rowCount) }
        var level = leaves
        while level.count > 1 { level = try writeInterior(over: level) }
        return firstPage(root: level[0].page)
    }

    // MARK: Pages

    /// The number of the next page, for one that is written now.
    private mutating func nextPage() throws(CommandFailure) -> Int {
        pageCount += 1
        if pageCount == Self.lockPage {
            try write([UInt8](repeating: 0, count: Self.pageSize))
            pageCount += 1
        }
        return pageCount
    }

    /// A chain of pages with the rest of a row.
    /// - Returns: the first of them.
    private mutating func writeOverflow(_ rest: ArraySlice<UInt8>) throws(CommandFailure) -> Int {
        let first = try nextPage()
        var start = rest.startIndex
        while start < rest.endIndex {
            let end = min(start + Self.pageSize - 4, rest.endIndex)
            var page: [UInt8] = []
            page.reserveCapacity(Self.pageSize)
            // Pages of a chain follow each other, but for the one that is skipped.
            let next = pageCount + 1 == Self.lockPage ? pageCount + 2 : pageCount + 1
            SQLiteNumber.append(end < rest.endIndex ? UInt64(next) : 0, byteCount: 4, to: &page)
            page += rest[start..<end]
            page += [UInt8](repeating: 0, count: Self.pageSize - page.count)
            try write(page)
            if end < rest.endIndex { _ = try nextPage() }
            start = end
        }
        return first
    }

    private mutating func writeLeaf(lastRow: Int64) throws(CommandFailure) {
        let number = try nextPage()
        var page = [UInt8](repeating: 0, count: Self.pageSize)
        Self.fill(&page, type: 0x0D, headerAt: 0, headerCount: Self.leafHeaderCount, cells: cells)
        try write(page)
        leaves.append((number, lastRow))
        cells.removeAll(keepingCapacity: true)
        cellBytes = 0
    }

    /// Pages that point to those of a level.
    private mutating func writeInterior(
        over level: [(page: Int, lastRow: Int64)]
    ) throws(CommandFailure) -> [(page: Int, lastRow: Int64)] {
        // A cell is a page number, a varint and its own place; a page has one child more than cells, and at least two.
        let cellMax = 4 + 9 + 2
        let childrenMax = (Self.pageSize - Self.interiorHeaderCount) / cellMax + 1
        var result: [(page: Int, lastRow: Int64)] = []
        var start = 0
        while start < level.count {
            var end = min(start + childrenMax, level.count)
            if level.count - end == 1 { end -= 1 }
            let children = level[start..<end]
            let cells = children.dropLast().map { child in
                var cell: [UInt8] = []
                SQLiteNumber.append(UInt64(child.page), byteCount: 4, to: &cell)
                SQLiteNumber.appendVarint(UInt64(child.lastRow), to: &cell)
                return cell
            }
            let number = try nextPage()
            var page = [UInt8](repeating: 0, count: Self.pageSize)
            Self.fill(&page, type: 0x05, headerAt: 0, headerCount: Self.interiorHeaderCount, cells: cells)
            SQLiteNumber.store(level[end - 1].page, byteCount: 4, in: &page, at: 8)
            try write(page)
            result.append((number, level[end - 1].lastRow))
            start = end
        }
        return result
    }

    /// Puts cells into a page of a tree: their places after the header, themselves at the end.
    private static func fill(
        _ page: inout [UInt8], type: UInt8, headerAt start: Int, headerCount: Int, cells: [[UInt8]]
    ) {
        var content = page.count
        for (index, cell) in cells.enumerated() {
            content -= cell.count
            page.replaceSubrange(content..<content + cell.count, with: cell)
            SQLiteNumber.store(content, byteCount: 2, in: &page, at: start + headerCount + 2 * index)
        }
        page[start] = type
        SQLiteNumber.store(cells.count, byteCount: 2, in: &page, at: start + 3)
        SQLiteNumber.store(content, byteCount: 2, in: &page, at: start + 5)
    }

    /// The header of the file and the schema.
    private func firstPage(root: Int) -> [UInt8] {
        let definition = columns.map { "\"\($0.name)\" \($0.affinity.rawValue)" }.joined(separator: ", ")
        var record: [UInt8] = []
        SQLiteRecord.append(
            [
                .text("table"), .text(table), .text(table), .integer(Int64(root)),
                .text("CREATE TABLE \(table) (\(definition))"),
            ], to: &record)
        var cell: [UInt8] = []
        SQLiteNumber.appendVarint(UInt64(record.count), to: &cell)
        SQLiteNumber.appendVarint(1, to: &cell)
        cell += record
        var page = [UInt8](repeating: 0, count: Self.pageSize)
        Self.fill(&page, type: 0x0D, headerAt: 100, headerCount: Self.leafHeaderCount, cells: [cell])
        page.replaceSubrange(0..<16, with: Array("SQLite format 3\u{0}".utf8))
        SQLiteNumber.store(Self.pageSize, byteCount: 2, in: &page, at: 16)
        // Readable and writable in the rollback journal's way; fractions of a page as the format fixes them.
        page.replaceSubrange(18..<24, with: [1, 1, 0, 64, 32, 32])
        SQLiteNumber.store(1, byteCount: 4, in: &page, at: 24)
        SQLiteNumber.store(pageCount, byteCount: 4, in: &page, at: 28)
        // Version of the schema, format of the schema, UTF-8.
        SQLiteNumber.store(1, byteCount: 4, in: &page, at: 40)
        SQLiteNumber.store(4, byteCount: 4, in: &page, at: 44)
        SQLiteNumber.store(1, byteCount: 4, in: &page, at: 56)
        // The page count above holds for this change; the library whose format this is.
        SQLiteNumber.store(1, byteCount: 4, in: &page, at: 92)
        SQLiteNumber.store(3_040_001, byteCount: 4, in: &page, at: 96)
        return page
    }
}
