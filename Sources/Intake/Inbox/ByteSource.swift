import Glibc

/// One layer of reading: gives bytes until there are no more.
protocol ByteSource: AnyObject {
    /// Fills as much of `buffer`, which is not empty, as is at hand; 0 is the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DropReadError) -> Int

    /// How many bytes have been given.
    var position: Int { get }
}

/// The bytes of an open file, with a guard against changes while they are read.
final class FileSource: ByteSource {
    let path: String
    let status: FileStatus
    private let descriptor: Descriptor
    private(set) var position = 0
    /// How far the kernel was told that the content in its cache is not needed any more.
    private var released = 0
    private let streamedFrom: Int
    /// Asked before every piece.
    var isInterrupted: @Sendable () -> Bool = { false }

    /// Of a file as large as this the cache keeps nothing that has been read.
    static let streamedBytesMin = 128 << 20
    private static let releaseBytes = 8 << 20

    /// Reads hundreds of megabytes per second out of the cache in pieces that stay in the processor's own.
    static let pieceSize = 256 * 1024

    /// - Parameters:
    ///   - expected: what the file was when it was claimed, if known.
    ///   - streamedFrom: the size from which the cache keeps nothing that has been read.
    init(
        _ descriptor: consuming Descriptor, path: String, expecting expected: FileStatus? = nil,
        streamedFrom: Int = FileSource.streamedBytesMin
    ) throws(DropReadError) {
        do throws(FileError) {
            status = try FileStatus.of(descriptor.number, path: path)
        } catch {
            throw .file(error)
        }
        self.path = path
        self.streamedFrom = streamedFrom
        self.descriptor = descriptor
        guard status.kind == .regular else { throw .notARegularFile(status.kind, path: path) }
        if let expected, !expected.hasSameContent(as: status) { throw .changedWhileReading(path: path) }
        posix_fadvise(self.descriptor.number, 0, 0, Int32(POSIX_FADV_SEQUENTIAL))
    }

    /// Whether all bytes of the file, as large as it was when it was opened, have been given.
    var isAtEnd: Bool { position == status.bytes }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DropReadError) -> Int {
        if isInterrupted() { throw .interrupted(path: path) }
        let piece = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(FileSource.pieceSize))
        let count: Int
        do throws(FileError) {
            count = try descriptor.read(into: piece, path: path)
        } catch {
            throw .file(error)
        }
        position += count
        releaseCache()
        // Shorter than it was, longer than it was, or other content of the same length.
        if count == 0, !isAtEnd { throw .changedWhileReading(path: path) }
        if position > status.bytes || (isAtEnd && hasChanged) { throw .changedWhileReading(path: path) }
        return count
    }

    /// Large files are read once and not again soon: what has been read makes room, for what the load itself needs and
    /// for the content that others want cached. A hint only; what is not yet on the disk stays.
    private func releaseCache() {
        guard status.bytes >= streamedFrom, position - released >= FileSource.releaseBytes else { return }
        posix_fadvise(descriptor.number, off_t(released), off_t(position - released), Int32(POSIX_FADV_DONTNEED))
        released = position
    }

    /// Whether somebody has written to the file since it was opened.
    var hasChanged: Bool {
        guard let now = descriptor.status else { return true }
        return !now.hasSameContent(as: status)
    }

    /// The first bytes, without moving.
    func peek(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var total = 0
        while total < count {
            let offset = total
            let read = bytes.withUnsafeMutableBytes {
                pread(descriptor.number, $0.baseAddress.map { $0 + offset }, count - offset, off_t(offset))
            }
            if read < 0, errno == EINTR { continue }
            if read <= 0 { break }
            total += read
        }
        return Array(bytes.prefix(total))
    }

    /// Asks the kernel to have the next `byteCount` bytes ready.
    func prefetch(_ byteCount: Int) {
        posix_fadvise(descriptor.number, off_t(position), off_t(byteCount), Int32(POSIX_FADV_WILLNEED))
    }
}

/// Hashes what passes through.
final class HashingSource: ByteSource {
    private let upstream: any ByteSource
    private var hasher = ContentHasher()
    private(set) var position = 0

    init(_ upstream: any ByteSource) { self.upstream = upstream }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(DropReadError) -> Int {
        let count = try upstream.read(into: buffer)
        // Right after the read, while the piece is still in the processor's cache.
        hasher.update(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
        position += count
        return count
    }

    /// The hash of all that has passed so far.
    var hash: ContentHash { hasher.hash }
}

/// What a decoder has read from the layer above it and not used yet.
final class InputBuffer {
    private let upstream: any ByteSource
    private let memory: UnsafeMutableRawBufferPointer
    /// Unused bytes: `start ..< end` of the memory.
    private(set) var start = 0
    private(set) var end = 0
    private(set) var isAtEnd = false

    init(_ upstream: any ByteSource) {
        self.upstream = upstream
        memory = .allocate(byteCount: FileSource.pieceSize, alignment: 64)
    }

    deinit { memory.deallocate() }

    var isEmpty: Bool { start == end }

    var unused: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: memory[start..<end]) }

    /// How many bytes of the layer above have been used.
    var position: Int { upstream.position - (end - start) }

    func use(_ count: Int) { start += count }

    /// Makes sure that there are unused bytes, unless the end has come. Returns whether there are.
    func fill() throws(DropReadError) -> Bool {
        while isEmpty, !isAtEnd {
            start = 0
            end = 0
            end = try upstream.read(into: memory)
            isAtEnd = end == 0
        }
        return !isEmpty
    }
}
