import Glibc

/// All that the configuration asks of the operating system, so that everything else is a function of text.
public struct FileAccess: Sendable {
    /// What reading a file gave.
    public enum Content: Sendable, Equatable {
        case bytes([UInt8])
        /// There is nothing of that name.
        case missing
        /// It is there but cannot be read: the reason in words.
        case refused(String)
    }

    /// The content of a regular file of at most so many bytes.
    public var read: @Sendable (_ path: String, _ bytesMax: Int) -> Content
    public var isDirectory: @Sendable (_ path: String) -> Bool
    public var groupExists: @Sendable (_ name: String) -> Bool
    /// The absolute path that relative names start from.
    public var currentDirectory: @Sendable () -> String

    public init(
        read: @escaping @Sendable (_ path: String, _ bytesMax: Int) -> Content,
        isDirectory: @escaping @Sendable (_ path: String) -> Bool,
        groupExists: @escaping @Sendable (_ name: String) -> Bool,
        currentDirectory: @escaping @Sendable () -> String
    ) {
        self.read = read
        self.isDirectory = isDirectory
        self.groupExists = groupExists
        self.currentDirectory = currentDirectory
    }

    /// A machine without any file or group.
    public static let none = FileAccess(
        read: { _, _ in .missing }, isDirectory: { _ in false }, groupExists: { _ in false }, currentDirectory: { "/" })

    /// The machine the process runs on.
    public static let system = FileAccess(
        read: { path, bytesMax in readFile(path, bytesMax: bytesMax) },
        isDirectory: { path in
            var status = stat()
            return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        },
        groupExists: { name in hasGroup(name) },
        currentDirectory: {
            guard let path = getcwd(nil, 0) else { return "/" }
            defer { free(path) }
            return String(cString: path)
        })

    private static func readFile(_ path: String, bytesMax: Int) -> Content {
        // Without O_NONBLOCK a FIFO would hold the daemon until somebody writes into it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .missing : .refused(reason(errno))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .refused(reason(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return .refused(status.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : "it is not a regular file")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(bytesMax, Int(status.st_size)) + 1)
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return .bytes(bytes) }
            if count < 0 {
                if errno == EINTR { continue }
                return .refused(reason(errno))
            }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > bytesMax { return .refused("it is longer than \(NumberText.byteText(bytesMax))") }
        }
    }

    private static func reason(_ number: Int32) -> String {
        switch number {
        case EACCES: return "permission denied"
        case ELOOP: return "too many symbolic links"
        case ENAMETOOLONG: return "the name is too long"
        case EIO: return "input/output error"
        default: return "error number \(number)"
        }
    }

    private static func hasGroup(_ name: String) -> Bool {
        var size = 4096
        while size <= 1 << 20 {
            var entry = group()
            var result: UnsafeMutablePointer<group>?
            var buffer = [CChar](repeating: 0, count: size)
            let status = getgrnam_r(name, &entry, &buffer, size, &result)
            if status != ERANGE { return status == 0 && result != nil }
            // A group with many members does not fit yet.
            size *= 4
        }
        return false
    }
}
