import Glibc
public import Records

/// Writes the rejected rows of one drop. Nothing is visible before `commit`; a writer that goes without one takes its
/// file with it. Not to be shared between threads.
public final class RejectWriter {
    private let folder: Folder
    private let published: FileName
    private let temporary: FileName
    private let file: Descriptor
    private var buffer: [UInt8] = []
    private var isOpen = true
    /// How many rows have been appended.
    public private(set) var count = 0

    private static let bufferSize = 256 * 1024

    init(folder: Folder, published: FileName) throws(FileError) {
        self.folder = folder
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
        row.appendLine(to: &buffer)
        count += 1
        if buffer.count >= RejectWriter.bufferSize { try flush() }
    }

    private func flush() throws(FileError) {
        try file.write(buffer, path: folder.path(of: temporary))
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
            try flush()
            try file.sync(path: folder.path(of: temporary))
            try folder.rename(temporary, to: folder, as: published, replacing: true, operation: "publish")
            isOpen = false
        }
        try folder.sync()
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
