import Glibc
public import Records

/// Writes the rejected rows of one drop. Nothing is visible before `commit`; a writer that goes without one takes its
/// file with it. Not to be shared between threads.
///
/// A file of nothing but line ends becomes seventy times as large as a list of rejected rows, and a small packed one fills
/// a disk that way. So the list ends at a size that serves people who mend their file; what comes after is kept as
/// positions in the original, see ``RejectRuns``, which are few whatever the file.
public final class RejectWriter {
    /// How much is listed row by row, and how many entries stand for the rest.
    public struct Limits: Sendable, Equatable {
        public var rows: Int
        public var bytes: Int
        public var runs: Int

        public init(rows: Int = 10_000, bytes: Int = 16 << 20, runs: Int = 10_000) {
            self.rows = rows
            self.bytes = bytes
            self.runs = runs
        }

        /// For a drop: a file that is made to be rejected is not to take many times its own room, each time it comes.
        /// - Parameter fileBytes: the size of the file as it was delivered.
        public init(fileBytes: Int) {
            self.init()
            bytes = min(
                bytes, max(256 << 10, fileBytes.multipliedReportingOverflow(by: 8).overflow ? .max : 8 * fileBytes))
            // A stretch takes some two hundred bytes.
            runs = min(runs, bytes / 256)
        }
    }

    private let folder: Folder
    private let published: FileName
    private let temporary: FileName
    /// Made when there is something to write: a load may have thousands of drops open, most of them without a reject.
    private var file: OpenFile?
    private var hasFile = false
    private var isSealed = false
    private var buffer: [UInt8] = []
    private var isOpen = true
    /// How many rows have been appended.
    public private(set) var count = 0
    /// How many of them are listed.
    public private(set) var listedCount = 0
    private let limits: Limits
    private var isFull = false
    private var bytesWritten = 0
    private var runs: RejectRuns

    private static let bufferSize = 256 * 1024

    /// Closed with its last reference.
    private final class OpenFile {
        let descriptor: Descriptor

        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    init(folder: Folder, published: FileName, limits: Limits = Limits()) throws(FileError) {
        self.folder = folder
        self.limits = limits
        self.published = published
        temporary = FileName(made: ".\(published).tmp")
        runs = RejectRuns(countMax: limits.runs)
    }

    deinit { discard() }

    /// Adds one row. The order is kept.
    public func append(_ reject: Reject) throws(FileError) {
        if mustList() { return try list(RejectedRow(reject)) }
        runs.append(line: reject.line, column: reject.column, code: reject.reason.code) { reject.reason.text }
    }

    /// Adds one row. The order is kept.
    public func append(_ row: RejectedRow) throws(FileError) {
        if mustList() { return try list(row) }
        runs.append(line: row.line, column: row.column, code: row.code) { row.reason }
    }

    /// Counts a row, and says whether it is still one of those that are listed.
    private func mustList() -> Bool {
        precondition(isOpen, "the rejected rows have been committed or discarded")
        count += 1
        // Once a row is not listed, no later one is: the list has no gaps.
        isFull = isFull || listedCount >= limits.rows || bytesWritten + buffer.count >= limits.bytes
        return !isFull
    }

    private func list(_ row: RejectedRow) throws(FileError) {
        listedCount += 1
        row.appendLine(to: &buffer)
        if buffer.count >= RejectWriter.bufferSize { try flush() }
    }

    private func flush() throws(FileError) {
        if !hasFile {
            // Left over when the same drop was loaded before and a crash came.
            try folder.remove(temporary)
            file = OpenFile(try folder.open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL, operation: "make"))
            hasFile = true
        }
        try file?.descriptor.write(buffer, path: folder.path(of: temporary))
        bytesWritten += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// No row follows: all of them are on the disk when it returns, and the file is closed. To be called before `commit`
    /// by whoever has many writers; `commit` does it where it was not done.
    public func seal() throws(FileError) {
        guard isOpen, count > 0, !isSealed else { return }
        for run in runs.runs { run.appendLine(to: &buffer) }
        try flush()
        try file?.descriptor.sync(path: folder.path(of: temporary))
        file = nil
        buffer = []
        isSealed = true
    }

    /// Publishes the rows in place of those of an earlier attempt; no rows, no file. Survives a power cut once the call
    /// has returned.
    /// - Parameter syncsFolder: false where the caller sees to it that the folder is on the disk, once for many drops.
    public func commit(syncsFolder: Bool = true) throws(FileError) {
        precondition(isOpen, "the rejected rows have been committed or discarded")
        if count == 0 {
            try folder.remove(published)
            discard()
        } else {
            try seal()
            try folder.rename(temporary, to: folder, as: published, replacing: true, operation: "publish")
            isOpen = false
        }
        if syncsFolder { try folder.sync() }
    }

    /// Forgets the rows. Does nothing after a commit.
    public func discard() {
        guard isOpen else { return }
        isOpen = false
        buffer = []
        file = nil
        // What stays behind is removed at the next start.
        if hasFile { _ = try? folder.remove(temporary) }
    }
}
