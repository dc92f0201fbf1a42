import Glibc
import Locks

/// A file that comes over the socket, piece by piece, in a folder that nobody but the daemon reaches. What was stored is
/// read again in the end and compared with what was sent.
public final class UploadFile: Sendable {
    /// What can go wrong beside the file system.
    public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        case file(FileError)
        /// The bytes on the disk are not those that were sent.
        case differs(sent: ContentHash, stored: ContentHash?)

        public var description: String {
            switch self {
            case .file(let error): error.description
            case .differs(let sent, let stored):
                "what was stored is not what was sent: \(sent) came, "
                    + (stored.map { "\($0) was read back" } ?? "and it could not be read back")
                    + "; send it again, and have the disk looked at"
            }
        }
    }

    private struct State: ~Copyable {
        /// Nil once the file has ended.
        var file: Descriptor?
        var hasher = ContentHasher()
        var bytes = 0
    }

    /// Its name in the folder of uploads.
    public let name: FileName
    private let folder: Folder
    private let state: Guarded<State>

    public init(_ name: FileName, in folders: StateFolders) throws(FileError) {
        self.name = name
        folder = folders.uploads
        state = Guarded(
            State(file: try folder.open(name, flags: O_WRONLY | O_CREAT | O_EXCL, operation: "take in")))
    }

    /// How much has come.
    public var bytes: Int { state.withLock { $0.bytes } }

    /// Adds the next piece.
    /// - Returns: how much has come with it.
    @discardableResult
    public func append(_ piece: [UInt8]) throws(FileError) -> Int {
        try state.withLock { state throws(FileError) in
            try state.file?.write(piece, path: folder.path(of: name))
            state.hasher.update(piece)
            state.bytes += piece.count
            return state.bytes
        }
    }

    /// Ends the file. It survives a power cut once the call has returned, and has been read back.
    /// - Returns: the hash of what was sent, which is that of what was stored.
    public func finish() throws(Failure) -> ContentHash {
        let sent = state.withLock { $0.hasher.hash }
        do throws(FileError) {
            try state.withLock { state throws(FileError) in
                try state.file?.sync(path: folder.path(of: name))
                // Whoever takes the file over is to find it closed.
                state.file = nil
            }
            try folder.sync()
        } catch {
            throw .file(error)
        }
        let stored: ContentHash?
        do throws(DropReadError) {
            stored = try DropReader(
                FileSource(DropReader.open(name, in: folder), path: folder.path(of: name)), isStoredAsZstd: false,
                output: .fileBytes
            ).drain()
        } catch {
            stored = nil
        }
        guard stored == sent else { throw .differs(sent: sent, stored: stored) }
        return sent
    }

    /// Removes the file. Does nothing once it was taken over.
    public func discard() { _ = try? folder.remove(name) }
}
