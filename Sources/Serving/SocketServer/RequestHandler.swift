public import Contract

/// Where a request is answered.
public enum Lane: Sendable, Equatable {
    /// On the thread that does the I/O. For answers that take microseconds and never wait: a slow one delays every
    /// connection of that thread.
    case immediate
    /// On a worker thread, of which there are few. For everything that waits or computes.
    case worker
    /// On a thread of its own, one request after the other, so that the workers stay free for others. For what takes
    /// long and would take no less side by side. Requests that share what has to be worked out follow each other, and it
    /// is worked out for as long as one of them is waited for.
    case single(sharing: String)
}

/// What a server asks of those who know the answers. Called from several threads at once.
public protocol RequestHandler: Sendable {
    /// Every method there is. A request for another is answered `method_not_found` by the server itself, and counters
    /// are kept for these names alone.
    var methods: [String] { get }

    /// Where to answer a request. Called on the I/O thread: it has to be cheap, and no dearer for a large request.
    /// - Parameter isSmall: whether the request is so small that looking at all of it is cheap. One that is not is never
    ///   answered on the I/O thread.
    func lane(for request: Request, from peer: Peer, isSmall: Bool) -> Lane

    /// Whom a peer's connections are counted to. Called before it is let in, on a thread that may wait a little; by
    /// default its user.
    func asker(of peer: Peer) -> Asker

    /// Whom a request is counted to: a peer may ask for others. Called on the I/O thread, like `lane`; by default the
    /// connection's asker.
    func asker(of request: Request, from connection: Connection) -> Asker

    /// Whether a peer may have one of the connections that are kept, see ``ServerSettings/connectionsKept``. Called
    /// before it is let in, on a thread that may wait a little.
    func mayUseKeptConnections(_ peer: Peer) -> Bool

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
    public func asker(of peer: Peer) -> Asker { Asker(UInt64(peer.uid)) }

    public func asker(of request: Request, from connection: Connection) -> Asker { connection.asker }

    public func mayUseKeptConnections(_ peer: Peer) -> Bool { false }

    public func timeLimit(for request: Request) -> Duration? { nil }

    public func connectionClosed(_ connection: Connection) {}
}
