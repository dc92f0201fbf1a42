import Glibc

/// What the kernel says about one file, without following it.
public struct FileStatus: Sendable, Hashable {
    /// What kind of thing it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case regular = "regular file"
        case folder = "folder"
        case symbolicLink = "symbolic link"
        case pipe = "named pipe"
        case socket = "socket"
        case device = "device"
        case unknown = "special file"
    }

    public var kind: Kind
    public var device: UInt64
    public var inode: UInt64
    public var bytes: Int
    /// When the content last changed, in nanoseconds since 1970.
    public var modifiedNanoseconds: Int64
    /// When anything about the file last changed, in nanoseconds since 1970.
    public var changedNanoseconds: Int64
    /// How many names the file has.
    public var links: Int
    /// The permission bits, set-id and sticky bits included.
    public var permissions: UInt32
    public var owner: UInt32

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .symbolicLink
            case S_IFIFO: .pipe
            case S_IFSOCK: .socket
            case S_IFCHR, S_IFBLK: .device
            default: .unknown
            }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        bytes = Int(status.st_size)
        modifiedNanoseconds = FileStatus.nanoseconds(status.st_mtim)
        changedNanoseconds = FileStatus.nanoseconds(status.st_ctim)
        links = Int(status.st_nlink)
        permissions = UInt32(status.st_mode & 0o7777)
        owner = status.st_uid
    }

    /// Saturates: a file system may hold any seconds.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        let (scaled, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return time.tv_sec < 0 ? .min : .max }
        return scaled.addingReportingOverflow(Int64(time.tv_nsec)).overflow ? .max : scaled + Int64(time.tv_nsec)
    }

    /// The same file, and nobody has written to it.
    func hasSameContent(as other: FileStatus) -> Bool {
        isSameFile(as: other) && bytes == other.bytes && modifiedNanoseconds == other.modifiedNanoseconds
    }

    func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode && kind == other.kind
    }

    /// Of an open file.
    static func of(_ descriptor: Int32, path: @autoclosure () -> String) throws(FileError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileError("look at", path: path(), errorNumber: errno)
        }
        return FileStatus(status)
    }
}
