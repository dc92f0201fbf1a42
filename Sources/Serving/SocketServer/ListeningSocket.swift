internal import CAura
internal import Glibc

/// Where a server listens.
public enum ListenAddress: Sendable, Equatable {
    /// A socket file of the server's own: created, given its permissions, put in place, and removed at the end.
    /// `mode` are permission bits such as 0o660; `group` is a name, or nil for the process's own group.
    case path(String, mode: UInt32 = 0o660, group: String? = nil)
    /// A socket that listens already, passed in by the service manager; its file is left alone.
    case inherited(descriptor: Int32)
}

/// A listening Unix stream socket.
struct ListeningSocket: Sendable {
    /// The file the server created, told apart from one that replaced it.
    private struct OwnFile: Sendable, Equatable {
        let path: String
        let device: UInt64
        let inode: UInt64
    }

    let descriptor: Int32
    private let ownFile: OwnFile?

    private static let backlog: Int32 = 1_024
    /// How long another process may take to set up its socket in the same directory.
    private static let lockAttempts = 100
    private static let lockPauseMicroseconds: UInt32 = 50_000

    init(_ address: ListenAddress) throws(ServerError) {
        switch address {
        case .inherited(let descriptor):
            guard aura_is_listening_unix_stream(descriptor) == 1 else { throw .notListening(descriptor: descriptor) }
            try Self.check(
                aura_set_nonblocking_cloexec(descriptor), "prepare the inherited socket", nil)
            self.descriptor = descriptor
            ownFile = nil
        case .path(let path, let mode, let group):
            self = try Self.listen(path: path, mode: mode, group: group)
        }
    }

    private init(descriptor: Int32, ownFile: OwnFile) {
        self.descriptor = descriptor
        self.ownFile = ownFile
    }

    /// Closes the socket, and removes its file when it is still the one that was created.
    func close() {
        if let ownFile {
            // Under the lock no other daemon can put its socket in place between the look and the removal.
            let lock = try? Self.lockDirectory(of: ownFile.path)
            if let identity = Self.identity(of: ownFile.path), identity.file == ownFile { unlink(ownFile.path) }
            if let lock { _ = Glibc.close(lock) }
        }
        _ = Glibc.close(descriptor)
    }

    // MARK: Setting up

    private static func listen(path: String, mode: UInt32, group: String?) throws(ServerError) -> ListeningSocket {
        var groupID: UInt32?
        if let group { groupID = try Self.groupID(of: group) }
        let temporary = "\(directory(of: path))/.aurad-\(getpid())"
        let bytesMax = aura_unix_path_bytes_max()
        guard path.utf8.count <= bytesMax, temporary.utf8.count <= bytesMax, !path.utf8.contains(0), !path.isEmpty
        else {
            throw .pathTooLong(path: path, bytesMax: bytesMax)
        }
        // One daemon at a time looks whether the name is free and takes it; a lock on the directory leaves no file.
        let lock = try lockDirectory(of: path)
        defer { _ = Glibc.close(lock) }
        try requireFree(path)

        let descriptor = try check(aura_unix_socket(1), "create a socket for", path)
        do throws(ServerError) {
            // A leftover of a process that had this number and died in here.
            unlink(temporary)
            // The mode of an unbound socket is what its file is created with: nobody else can connect before the
            // permissions asked for are set. The process's umask, which other threads depend on, stays as it is.
            try check(fchmod(descriptor, 0o600) < 0 ? -errno : 0, "restrict the socket for", path)
            try check(aura_unix_bind(descriptor, temporary), "bind", temporary)
            if let groupID {
                try check(chown(temporary, uid_t.max, groupID) < 0 ? -errno : 0, "set the group of", temporary)
            }
            try check(chmod(temporary, mode_t(mode)) < 0 ? -errno : 0, "set the mode of", temporary)
            try check(Glibc.listen(descriptor, backlog) < 0 ? -errno : 0, "listen on", path)
            guard let identity = identity(of: temporary) else {
                throw .system(operation: "find", path: temporary, errno: ENOENT)
            }
            // Clients only ever meet a socket that is ready.
            try check(rename(temporary, path) < 0 ? -errno : 0, "put in place", path)
            let file = OwnFile(path: path, device: identity.file.device, inode: identity.file.inode)
            return ListeningSocket(descriptor: descriptor, ownFile: file)
        } catch {
            unlink(temporary)
            _ = Glibc.close(descriptor)
            throw error
        }
    }

    /// Checks that nothing stands at the path but, at most, the socket of a daemon that is gone.
    private static func requireFree(_ path: String) throws(ServerError) {
        guard let found = identity(of: path) else { return }
        guard found.isSocket else { throw .notASocket(path: path) }
        let probe = try check(aura_unix_socket(1), "create a socket to probe", path)
        defer { _ = Glibc.close(probe) }
        let connected = aura_unix_connect(probe, path)
        switch -connected {
        case ECONNREFUSED, ENOENT: return
        // A full backlog (EAGAIN) is a live daemon too.
        case 0, EAGAIN: throw .inUse(path: path)
        default: throw .system(operation: "find out whether a daemon listens on", path: path, errno: -connected)
        }
    }

    private static func lockDirectory(of path: String) throws(ServerError) -> Int32 {
        let directory = directory(of: path)
        let descriptor = try check(aura_open_directory(directory), "open the directory", directory)
        for _ in 0..<lockAttempts {
            let locked = aura_try_lock(descriptor)
            if locked == 0 { return descriptor }
            guard locked == -EWOULDBLOCK else {
                _ = Glibc.close(descriptor)
                throw .system(operation: "lock the directory", path: directory, errno: -locked)
            }
            usleep(lockPauseMicroseconds)
        }
        _ = Glibc.close(descriptor)
        throw .directoryLocked(path: directory)
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func identity(of path: String) -> (file: OwnFile, isSocket: Bool)? {
        var device: UInt64 = 0
        var inode: UInt64 = 0
        var isSocket: Int32 = 0
        var mode: UInt32 = 0
        guard aura_file_identity(path, &device, &inode, &isSocket, &mode) == 0 else { return nil }
        return (OwnFile(path: path, device: device, inode: inode), isSocket == 1)
    }

    private static func groupID(of name: String) throws(ServerError) -> UInt32 {
        let found = aura_group_id(name)
        guard found >= 0 else {
            if found == -Int64(ENOENT) { throw .unknownGroup(name: name) }
            throw .system(operation: "look up the group", path: name, errno: Int32(-found))
        }
        return UInt32(found)
    }

    @discardableResult
    private static func check(
        _ result: Int32, _ operation: String, _ path: String?
    ) throws(ServerError) -> Int32 {
        guard result >= 0 else { throw .system(operation: operation, path: path, errno: -result) }
        return result
    }
}
