internal import CAura

/// Why the server could not start.
public enum ServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A path a Unix socket address has no room for.
    case pathTooLong(path: String, bytesMax: Int)
    /// Something that is no socket stands at the path; it is left alone.
    case notASocket(path: String)
    /// A live daemon answers at the path.
    case inUse(path: String)
    /// Another process is setting up a socket in the directory and does not finish.
    case directoryLocked(path: String)
    case unknownGroup(name: String)
    /// An inherited descriptor that is no listening Unix stream socket.
    case notListening(descriptor: Int32)
    /// The settings contradict themselves.
    case invalidSettings(String)
    /// A system call failed.
    case system(operation: String, path: String?, errno: Int32)

    public var description: String {
        switch self {
        case .pathTooLong(let path, let maximum):
            "socket path \"\(path)\" is too long: with the temporary name beside it, at most \(maximum) bytes fit"
        case .notASocket(let path):
            "\"\(path)\" exists and is not a socket; move it away or choose another socket path"
        case .inUse(let path):
            "another daemon is listening on \"\(path)\"; stop it first or choose another socket path"
        case .directoryLocked(let path):
            "the directory \"\(path)\" is locked by another process that is setting up a socket; try again"
        case .unknownGroup(let name):
            "there is no group \"\(name)\" to own the socket: create it (groupadd --system \(name)), or name another one "
                + "with socket_group in the configuration"
        case .notListening(let descriptor):
            "descriptor \(descriptor) is not a listening Unix stream socket; check the socket unit"
        case .invalidSettings(let what):
            "invalid server settings: \(what)"
        case .system(let operation, let path, let number):
            "could not \(operation)\(path.map { " \"\($0)\"" } ?? ""): \(String(cString: aura_error_text(number)))"
        }
    }
}
