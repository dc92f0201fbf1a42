internal import Contract
internal import SocketClient

/// Why a command did not do what was asked: an exit code, what happened, and what to do next.
struct CommandFailure: Error {
    var status: ExitStatus
    /// One lower-case clause without a full stop.
    var message: String
    var hint: String?
    /// The code of the problem that the daemon answered, if it did.
    var problemCode: Problem.Code?
    /// Whether the connection has ended before the answer came.
    var isConnectionLost = false
    /// Whether the reader of the output has gone, which is no failure.
    var isBrokenPipe = false

    init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
        self.status = status
        self.message = message
        self.hint = hint
    }

    static var brokenPipe: CommandFailure {
        var failure = CommandFailure(.done, "broken pipe")
        failure.isBrokenPipe = true
        return failure
    }
}

extension CommandFailure {
    /// Why a call has no result.
    init(_ error: ClientError) {
        switch error {
        case .problem(let problem):
            self.init(problem)
        case .socketMissing(let path):
            self.init(
                .unreachable, "cannot reach the daemon: no socket at \"\(path)\"",
                hint: "start it with \"systemctl start aurad\", or name its socket with --socket PATH or $AURA_SOCKET")
        case .refused(let path):
            self.init(
                .unreachable, "cannot reach the daemon: nobody listens on \"\(path)\"",
                hint: "it has stopped; \"systemctl status aurad\" says why, \"systemctl start aurad\" starts it")
        case .permissionDenied(let path, let at):
            let place = path == at ? "socket \"\(path)\"" : "directory \"\(at)\" on the way to socket \"\(path)\""
            self.init(
                .forbidden, "permission denied on \(place)",
                hint: "ask to become a member of the group that \"ls -ld \(at)\" shows, and log in again")
        case .pathTooLong(let path, let maximum):
            self.init(.usage, "socket path \"\(path)\" is too long", hint: "at most \(maximum) bytes fit")
        case .timeout(let what):
            self.init(
                .tryLater, "timed out waiting for \(what)", hint: "try again, or allow more with --timeout SECONDS")
        case .closed:
            self.init(.tryLater, "the daemon closed the connection", hint: "it may be restarting; try again")
            isConnectionLost = true
        case .protocolViolation(let what):
            self.init(
                .internalError, "what came is not the protocol: \(what)", hint: "check that the socket is the daemon's")
        case .requestTooLarge(let bytes, let maximum):
            self.init(.badData, "the request has \(bytes) bytes; the most is \(maximum)", hint: "send less at a time")
        case .system:
            self.init(.unreachable, error.description)
            isConnectionLost = true
        }
    }

    /// What the daemon answered.
    init(_ problem: Problem) {
        self.init(
            problem.isPassing ? .tryLater : Self.status(problem.code),
            "\(problem.message) (\(problem.data["kind"]?.stringValue ?? problem.kind))",
            hint: problem.hint)
        problemCode = problem.code
        // A code of a later version is no mistake of anybody's.
        if problem.code == .internalError, problem.data["code"] != nil { status = .failed }
    }

    private static func status(_ code: Problem.Code) -> ExitStatus {
        switch code {
        case .invalidParams: .usage
        case .parseError, .invalidRequest, .internalError: .internalError
        case .forbidden: .forbidden
        case .notReady, .timeout, .overloaded: .tryLater
        case .methodNotFound, .notFound, .conflict, .tooLarge, .unavailable: .failed
        }
    }
}
