internal import CAura
public import Contract

/// Why a call has no result. Every description says what to look at next.
public enum ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no file at the path.
    case socketMissing(path: String)
    /// A socket file is there and nobody listens.
    case refused(path: String)
    /// The socket, or the directory `at` on the way to it, does not admit this user.
    case permissionDenied(path: String, at: String)
    /// The path does not fit a socket address.
    case pathTooLong(path: String, bytesMax: Int)
    /// The time-out passed while doing what `waitingFor` says.
    case timeout(waitingFor: String)
    /// The daemon closed the connection.
    case closed
    /// What came is not the protocol.
    case protocolViolation(String)
    /// The request does not fit a frame.
    case requestTooLarge(bytes: Int, bytesMax: Int)
    /// The daemon answered with an error.
    case problem(Problem)
    /// A system call failed.
    case system(operation: String, errno: Int32)

    public var description: String {
        switch self {
        case .socketMissing(let path):
            "no socket at \"\(path)\": is the daemon running, and is this its socket path?"
        case .refused(let path):
            "nobody listens on \"\(path)\": the daemon has stopped without removing its socket; start it again"
        case .permissionDenied(let path, let at) where path == at:
            "permission denied on socket \"\(path)\": check its mode and group, and that you are in that group"
        case .permissionDenied(let path, let at):
            "permission denied on directory \"\(at)\" on the way to socket \"\(path)\": check its mode and group"
        case .pathTooLong(let path, let maximum):
            "socket path \"\(path)\" is too long: at most \(maximum) bytes fit"
        case .timeout(let what):
            "timed out waiting for \(what): the daemon may be busy; try again or allow more time"
        case .closed:
            "the daemon closed the connection: it may be restarting; try again"
        case .protocolViolation(let what):
            "protocol violation: \(what); check that the socket belongs to the daemon"
        case .requestTooLarge(let bytes, let maximum):
            "the request has \(bytes) bytes; the most is \(maximum); send less at a time"
        case .problem(let problem):
            problem.description
        case .system(let operation, let number):
            "could not \(operation): \(String(cString: aura_error_text(number)))"
        }
    }
}
