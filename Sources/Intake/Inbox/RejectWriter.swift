import Glibc
public import Records

/// Writes the rejected rows of one drop. Nothing is visible before `commit`; a writer that goes without one takes its
/// file with it. Not to be shared between threads.
///
/// A file of nothing but line ends becomes seventy times as large as a list of rejected rows, and a small packed one fills
/// a disk that way. So the list ends at a size that no honest file reaches; its last row says from which line on, and how
/// many rows are in the original alone.
public final class RejectWriter {
    private let folder: Folder
    private let published: FileName
    private let temporary: FileName
    private let file: Descriptor
    private var buffer: [UInt8] = []
    private var isOpen = true
    /// How many rows have been appended.
    public private(set) var count = 0
    private let bytesMax: Int
    private var bytesWritten = 0
    private var unlistedCount = 0
    private var firstUnlistedLine = 0

    private static let bufferSize = 256 * 1024
    /// The size at which the list ends.
    public static let bytesMaxDefault = 1 << 30

    init(folder: Folder, published: FileName, bytesMax: Int = RejectWriter.bytesMaxDefault) throws(FileError) {
        self.folder = folder
        self.bytesMax = bytesMax
        self.published = published
        temporary = FileName(made: ".\(published).tmp")
        // Left over when the same drop was loaded before and a crash came.
        try folder.remove(temporary)
        file = try folder.open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL, operation: "make")
    }

    deinit { discard() }

    /// Adds one row. The order is kept.
    public func append(_ reject: Reject) throws(FileError) { try append(RejectedRow(reject)) }

    /// Adds one row. The order is kept.
    public func append(_ row: RejectedRow) throws(FileError) {
        precondition(isOpen, "the rejected rows have been committed or discarded")
        count += 1
        guard bytesWritten + buffer.count < bytesMax else {
            if unlistedCount == 0 { firstUnlistedLine = row.line }
            unlistedCount += 1
            return
        }
        row.appendLine(to: &buffer)
        if buffer.count >= RejectWriter.bufferSize { try flush() }
    }

    private func flush() throws(FileError) {
        try file.write(buffer, path: folder.path(of: temporary))
        bytesWritten += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Publishes the rows in place of those of an earlier attempt; no rows, no file. Survives a power cut once the call
    /// has returned.
    public func commit() throws(FileError) {
        precondition(isOpen, "the rejected rows have been committed or discarded")
        if count == 0 {
            try folder.remove(published)
            discard()
        } else {
            if unlistedCount > 0 { closingRow.appendLine(to: &buffer) }
            try flush()
            try file.sync(path: folder.path(of: temporary))
            try folder.rename(temporary, to: folder, as: published, replacing: true, operation: "publish")
            isOpen = false
        }
        try folder.sync()
    }

    private var closingRow: RejectedRow {
        RejectedRow(
            line: firstUnlistedLine, column: nil, code: "not_listed",
            reason:
                "\(unlistedCount) rows rejected from this line on are not listed; the original in bronze holds them",
            raw: [])
    }

    /// Forgets the rows. Does nothing after a commit.
    public func discard() {
        guard isOpen else { return }
        isOpen = false
        buffer = []
        // What stays behind is removed at the next start.
        _ = try? folder.remove(temporary)
    }
}
