import Glibc

/// Which file stands at a path, and when it was last written to.
struct FilePlace: Sendable, Equatable {
    var device: UInt64
    var inode: UInt64
    var bytes: Int64
    var seconds: Int
    var nanoseconds: Int

    /// Nil where no file stands.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        bytes = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    func isSameFile(as other: FilePlace) -> Bool { device == other.device && inode == other.inode }
}
