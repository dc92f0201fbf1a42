import Glibc

/// `SEEK_HOLE`, which the C headers show to GNU programs alone.
private let seekHole: Int32 = 4

/// An open file descriptor that is closed exactly once, when its owner goes.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    init(owning number: Int32) { self.number = number }

    deinit { close(number) }

    /// Reads up to the size of `buffer`; 0 is the end of the file.
    func read(
        into buffer: UnsafeMutableRawBufferPointer, path: @autoclosure () -> String
    ) throws(FileError) -> Int {
        while true {
            let count = Glibc.read(number, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw FileError("read", path: path(), errorNumber: errno) }
        }
    }

    /// Writes all of `bytes`.
    func write(_ bytes: UnsafeRawBufferPointer, path: @autoclosure () -> String) throws(FileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(number, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if count == 0 {
                // A regular file never takes nothing without a reason; treat it as full rather than spin.
                throw FileError("write", path: path(), errorNumber: ENOSPC)
            } else if errno != EINTR {
                throw FileError("write", path: path(), errorNumber: errno)
            }
        }
    }

    func write(_ bytes: [UInt8], path: @autoclosure () -> String) throws(FileError) {
        let outcome: Result<Void, FileError> = bytes.withUnsafeBytes { buffer in
            do throws(FileError) {
                return .success(try write(buffer, path: path()))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    /// Returns when the content would survive a power cut.
    func sync(path: @autoclosure () -> String) throws(FileError) {
        while fsync(number) != 0 {
            if errno != EINTR { throw FileError("write to the disk", path: path(), errorNumber: errno) }
        }
    }

    /// Whether stretches of the file were never written. A file system that does not know says no.
    var hasHoles: Bool {
        guard let bytes = status?.bytes, bytes > 0 else { return false }
        let hole = lseek(number, 0, seekHole)
        _ = lseek(number, 0, SEEK_SET)
        return hole >= 0 && hole < off_t(bytes)
    }

    var status: FileStatus? {
        var status = stat()
        return fstat(number, &status) == 0 ? FileStatus(status) : nil
    }
}
