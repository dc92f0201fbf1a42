import Glibc

/// Reads published rejected rows, in constant memory. Not to be shared between threads.
public final class RejectReader {
    private let path: String
    private let file: Descriptor
    /// Bytes read and not yet used: `start ..< end`.
    private var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    private var start = 0
    private var end = 0
    private var isAtEnd = false
    private var rowNumber = 0

    /// Raw rows are cut, those of earlier versions at 64 KiB, and JSON writes a byte with six at most, base 64 comes on top: a longer line is
    /// damage.
    static let lineBytesMax = 2 << 20

    init(folder: Folder, name: FileName) throws(FileError) {
        path = folder.path(of: name)
        file = try folder.open(name)
    }

    /// Passes over up to `limit` rows.
    /// - Returns: how many there were.
    public func skip(_ limit: Int) throws(FileError) -> Int {
        var skipped = 0
        while skipped < limit, try nextLine() != nil {
            rowNumber += 1
            skipped += 1
        }
        return skipped
    }

    /// How many of the rows that follow are listed one by one. Reads to the end.
    public func countListed() throws(FileError) -> Int {
        var count = 0
        while let line = try nextLine() {
            rowNumber += 1
            if buffer.withUnsafeBytes({ RejectedRow.isListed(line: UnsafeRawBufferPointer(rebasing: $0[line])) }) {
                count += 1
            }
        }
        return count
    }

    /// The next rows: `offset` are passed over, then up to `limit` are read. Fewer than `limit` means the end.
    /// - Throws: `FileError` with the code `.damaged` at a line that is not a rejected row.
    public func read(offset: Int = 0, limit: Int) throws(FileError) -> [RejectedRow] {
        var rows: [RejectedRow] = []
        var toSkip = max(0, offset)
        while rows.count < limit, let line = try nextLine() {
            rowNumber += 1
            if toSkip > 0 {
                toSkip -= 1
                continue
            }
            let row = buffer.withUnsafeBytes { RejectedRow(line: UnsafeRawBufferPointer(rebasing: $0[line])) }
            guard let row else {
                throw FileError(
                    .damaged, "read the rejected rows in", path: path,
                    detail: "line \(rowNumber) is not a rejected row")
            }
            rows.append(row)
        }
        return rows
    }

    /// Where the next line stands in the buffer, without its line feed.
    private func nextLine() throws(FileError) -> Range<Int>? {
        var searched = start
        while true {
            let found = buffer.withUnsafeBytes { bytes -> Int? in
                guard searched < end, let base = bytes.baseAddress,
                    let hit = memchr(base + searched, Int32(UInt8(ascii: "\n")), end - searched)
                else { return nil }
                return base.distance(to: hit)
            }
            if let found {
                defer { start = found + 1 }
                return start..<found
            }
            if isAtEnd {
                guard start < end else { return nil }
                defer { start = end }
                return start..<end
            }
            searched = end - start
            try fill()
        }
    }

    /// Moves what is unused to the front and reads on.
    private func fill() throws(FileError) {
        buffer.replaceSubrange(0..<(end - start), with: Array(buffer[start..<end]))
        end -= start
        start = 0
        if end == buffer.count {
            guard buffer.count < RejectReader.lineBytesMax else {
                throw FileError(
                    .damaged, "read the rejected rows in", path: path,
                    detail: "line \(rowNumber + 1) is longer than any rejected row")
            }
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        let outcome: Result<Int, FileError> = buffer.withUnsafeMutableBytes { bytes in
            do throws(FileError) {
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[end...])
                return .success(try file.read(into: rest, path: path))
            } catch {
                return .failure(error)
            }
        }
        let count = try outcome.get()
        end += count
        isAtEnd = count == 0
    }
}
