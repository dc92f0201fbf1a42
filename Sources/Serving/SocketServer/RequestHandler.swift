public import Contract

/// Where a request is answered.
public enum Lane: Sendable, Equatable {
    /// On the thread that does the I/O. For answers that take microseconds and never wait: a slow one delays every
    /// connection of that thread.
    case immediate
    /// On a worker thread, of which there are few. For everything that waits or computes.
    case worker
}

/// What a server asks of those who know the answers. Called from several threads at once.
public protocol RequestHandler: Sendable {
    /// Every method there is. A request for another is answered `method_not_found` by the server itself, and counters
    /// are kept for these names alone.
    var methods: [String] { get }

    /// Where to answer a request. Called on the I/O thread: it has to be cheap.
    func lane(for request: Request) -> Lane

    /// Another limit than the server's for this request, or nil. Called on the I/O thread.
    func timeLimit(for request: Request) -> Duration?

    /// Appends the JSON text of `result` to `result`, which holds bytes already that are not to be touched, or throws.
    /// The deadline is also kept by the server, which answers `timeout` when it passes; a handler that may run long
    /// looks at it, since nothing can stop it from outside.
    func answer(
        _ request: Request, from connection: Connection, deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem)

    /// A connection has ended: the place to forget its subscriptions. Called once, on the I/O thread.
    func connectionClosed(_ connection: Connection)
}

extension RequestHandler {
    public func timeLimit(for request: Request) -> Duration? { nil }

    public func connectionClosed(_ connection: Connection) {}
}
