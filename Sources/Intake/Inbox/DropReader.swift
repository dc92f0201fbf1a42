import Glibc

/// Reads one file block by block: hashes the file's own bytes, unpacks gzip and zstd (told by their first bytes, not by
/// the name), and notices when somebody writes to the file meanwhile. Everything in one pass and in constant memory.
///
/// Not to be shared between threads: make it on the thread that reads, and hand the filled blocks on.
public final class DropReader {
    public typealias Encoding = DropReadError.Encoding

    /// What the blocks hold.
    public enum Output: Sendable, Hashable {
        /// The unpacked content.
        case content
        /// The file's own bytes, as they were delivered.
        case fileBytes
    }

    /// How the delivered file is packed.
    public let encoding: Encoding
    private let file: FileSource
    private let hashing: HashingSource
    private let last: any ByteSource
    /// The layers between the file and the blocks do nothing, so the end of the file is the end of the content.
    private let isDirect: Bool
    private var isFinished = false
    private var failure: DropReadError?
    /// What a packed file may unpack to: tables of rows shrink to a tenth, hardly ever to a fiftieth; what shrinks further
    /// was made to fill a disk or to keep the daemon busy. Small ones are let go.
    private static let unpackedRatioMax = 256
    private let unpackedFreely: Int
    /// The default of ``unpackedFreely``.
    static let unpackedFreelyDefault = 256 << 20
    /// How many bytes have been handed out.
    public private(set) var contentBytes = 0
    /// The SHA-256 of the file's own bytes; nil before the last block.
    public private(set) var sha256: ContentHash?

    /// Opens a claimed drop.
    public convenience init(
        _ drop: ClaimedDrop, in folders: StateFolders, output: Output = .content
    ) throws(DropReadError) {
        let folder = folders.claimed
        let descriptor = try DropReader.open(drop.claimedName, in: folder)
        try self.init(
            FileSource(descriptor, path: folder.path(of: drop.claimedName), expecting: drop.status),
            isStoredAsZstd: false,
            output: output)
    }

    /// Opens the file at `path`, which must not be a symbolic link.
    public convenience init(path: String, output: Output = .content) throws(DropReadError) {
        let number = negatedErrorNumber(Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
        switch number {
        case -ELOOP: throw .notARegularFile(.symbolicLink, path: path)
        case -ENXIO: throw .notARegularFile(.socket, path: path)
        case ..<0: throw .file(FileError("open", path: path, errorNumber: -number))
        default: break
        }
        try self.init(FileSource(Descriptor(owning: number), path: path), isStoredAsZstd: false, output: output)
    }

    /// - Parameter isStoredAsZstd: the archive has packed the delivered file; its own bytes are what comes out of that.
    ///   - unpackedFreely: content of this size is let go whatever the file's own.
    init(
        _ file: FileSource, isStoredAsZstd: Bool, output: Output, unpackedFreely: Int = unpackedFreelyDefault
    ) throws(DropReadError) {
        self.file = file
        self.unpackedFreely = unpackedFreely
        let delivered: any ByteSource = isStoredAsZstd ? try ZstdDecoder(file, path: file.path) : file
        hashing = HashingSource(delivered)
        encoding = DropReader.encoding(of: isStoredAsZstd ? try DropReader.unpackedHead(file) : file.peek(4))
        switch (output, encoding) {
        case (.fileBytes, _), (.content, .plain): last = hashing
        case (.content, .gzip): last = try GzipDecoder(hashing, path: file.path)
        case (.content, .zstd): last = try ZstdDecoder(hashing, path: file.path)
        }
        isDirect = !isStoredAsZstd && last === hashing
    }

    /// Ends a read with `.interrupted` once `isInterrupted` says so; asked before every piece of the file, also where
    /// pieces bring forth no content.
    public func interrupt(when isInterrupted: @escaping @Sendable () -> Bool) { file.isInterrupted = isInterrupted }

    /// The size of the file on disk.
    public var storedBytes: Int { file.status.bytes }

    /// How many bytes of the file on disk have been read, for showing progress.
    public var storedPosition: Int { file.position }

    /// How many bytes of the delivered file have been read and hashed.
    public var fileBytes: Int { hashing.position }

    /// Fills `block` as far as the content goes.
    /// - Returns: how many bytes are in the block, and whether it is the last one. The last one may be empty. Further
    ///   calls return an empty last block.
    /// - Throws: `DropReadError`, the same one again when called again.
    public func readBlock(
        into block: UnsafeMutableRawBufferPointer
    ) throws(DropReadError) -> (count: Int, isLast: Bool) {
        precondition(!block.isEmpty, "an empty block can hold nothing")
        if let failure { throw failure }
        if isFinished { return (0, true) }
        var count = 0
        do throws(DropReadError) {
            while count < block.count, !isFinished {
                let read = try last.read(into: UnsafeMutableRawBufferPointer(rebasing: block[count...]))
                count += read
                isFinished = read == 0 || (isDirect && file.isAtEnd)
            }
            if last !== hashing, contentBytes + count > unpackedFreely,
                (contentBytes + count) / DropReader.unpackedRatioMax > hashing.position
            {
                throw .unpacksTooFar(encoding, ratio: DropReader.unpackedRatioMax, path: file.path)
            }
        } catch {
            // Damage that comes from reading a file while it is written is no damage.
            let isOurs = if case .changedWhileReading = error { true } else { file.hasChanged }
            let found: DropReadError = isOurs ? .changedWhileReading(path: file.path) : error
            failure = found
            throw found
        }
        contentBytes += count
        if isFinished { sha256 = hashing.hash }
        return (count, isFinished)
    }

    /// Asks the kernel to have the next bytes of the file ready, so that the next block need not wait for the disk.
    public func prefetch(byteCount: Int = 8 << 20) { file.prefetch(byteCount) }

    /// Reads the rest and forgets it. Returns the hash of the file's own bytes.
    func drain() throws(DropReadError) -> ContentHash {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: FileSource.pieceSize, alignment: 64)
        defer { block.deallocate() }
        while true {
            if try readBlock(into: block).isLast { break }
        }
        return hashing.hash
    }

    /// The hash of the file at `path`, without unpacking anything.
    public static func hash(path: String) throws(DropReadError) -> ContentHash {
        try DropReader(path: path, output: .fileBytes).drain()
    }

    /// The hash of a claimed drop, without unpacking anything.
    /// - Parameter isInterrupted: asked now and then whether to end with `.interrupted`.
    public static func hash(
        _ drop: ClaimedDrop, in folders: StateFolders, isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws(DropReadError) -> ContentHash {
        let reader = try DropReader(drop, in: folders, output: .fileBytes)
        reader.interrupt(when: isInterrupted)
        return try reader.drain()
    }

    static func open(_ name: FileName, in folder: Folder) throws(DropReadError) -> Descriptor {
        do throws(FileError) {
            return try folder.open(name)
        } catch {
            switch error.errorNumber {
            case ELOOP: throw .notARegularFile(.symbolicLink, path: error.path)
            case ENXIO: throw .notARegularFile(.socket, path: error.path)
            default: throw .file(error)
            }
        }
    }

    static func encoding(of head: [UInt8]) -> Encoding {
        if head.starts(with: [0x1F, 0x8B]) { return .gzip }
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        // A skippable frame, with which parallel packers begin.
        if head.count == 4, head[0] & 0xF0 == 0x50, head[1...] == [0x2A, 0x4D, 0x18] { return .zstd }
        return .plain
    }

    /// The first bytes of what the archive has packed.
    private static func unpackedHead(_ file: FileSource) throws(DropReadError) -> [UInt8] {
        var frame = file.peek(ZstdHead.byteCount)
        return try ZstdHead.unpack(&frame, path: file.path)
    }
}
