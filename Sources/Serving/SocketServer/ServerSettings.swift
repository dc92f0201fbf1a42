internal import Wire

/// Ceilings and time-outs of a server. Every default suits a daemon on one machine.
public struct ServerSettings: Sendable {
    /// What happens when a notification finds the consumer's allowance used up.
    public enum SlowConsumerPolicy: Sendable, Equatable {
        /// The connection is closed: the consumer learns that it missed something, and connects again.
        case close
        /// This notification is dropped and counted; the connection stays.
        case drop
    }

    /// Bytes of a frame body, in both directions.
    public var frameBytesMax = FrameFormat.bodyBytesMaxDefault
    /// JSON values in one request.
    public var requestValuesMax = RequestDecoder.valuesMaxDefault
    /// Connections in all.
    public var connectionsMax = 256
    /// Connections of one user.
    public var connectionsPerUserMax = 64
    /// How many of ``connectionsMax`` are kept for peers who may use them, see
    /// ``RequestHandler/mayUseKeptConnections(_:)``: idle connections of others cannot shut them out.
    public var connectionsKept = 0
    /// Whether connections of this very process count as none: a server that asks itself how it is would otherwise take
    /// the place of one of its users.
    public var ownProcessIsFree = false

    /// How long a connection may do nothing: no byte from the peer, no request in work, no answer on its way.
    public var idleTimeout: Duration = .seconds(300)
    /// From a frame's first byte to its last.
    public var frameTimeout: Duration = .seconds(30)
    /// How long answers may wait without the peer taking a byte.
    public var writeTimeout: Duration = .seconds(30)
    /// From a complete request to its answer, unless the handler names another limit.
    public var requestTimeout: Duration = .seconds(30)

    /// Answer bytes one connection may have waiting before its next request is left unread.
    public var unflushedBytesMax = 128 << 10
    /// Memory of incomplete frames, large requests and large waiting answers, over all connections.
    public var heldBytesMax = 256 << 20
    /// Notification bytes one connection may have waiting.
    public var notificationBytesMax = 1 << 20
    public var slowConsumerPolicy = SlowConsumerPolicy.close

    /// Threads that do I/O and answer the immediate lane. One serves some 100,000 requests a second.
    public var eventLoopThreads = 1
    /// Threads of the worker lane that one asker can occupy; there is one more, which is left to others.
    public var workerThreads = 2
    /// Requests that may wait for a worker.
    public var workerQueueMax = 256
    /// Requests of one asker that may wait for a worker.
    public var workerQueuePerAskerMax = 64
    /// Larger request frames are decoded by a worker, so that their parsing delays nobody else.
    public var inlineFrameBytesMax = 16 << 10
    /// Requests in larger frames are answered by a worker, and nothing is looked at on the I/O thread that grows with
    /// them.
    public var smallFrameBytesMax = 2 << 10

    public init() {}

    func validate() throws(ServerError) {
        let counts: [(String, Int)] = [
            ("frameBytesMax", frameBytesMax), ("requestValuesMax", requestValuesMax),
            ("connectionsMax", connectionsMax), ("connectionsPerUserMax", connectionsPerUserMax),
            ("unflushedBytesMax", unflushedBytesMax), ("heldBytesMax", heldBytesMax),
            ("notificationBytesMax", notificationBytesMax), ("eventLoopThreads", eventLoopThreads),
            ("workerThreads", workerThreads), ("workerQueueMax", workerQueueMax),
            ("workerQueuePerAskerMax", workerQueuePerAskerMax),
        ]
        for (name, value) in counts where value < 1 { throw .invalidSettings("\(name) is \(value), not at least 1") }
        guard (0..<connectionsMax).contains(connectionsKept) else {
            throw .invalidSettings("connectionsKept is \(connectionsKept), not from 0 to below connectionsMax")
        }
        let times: [(String, Duration)] = [
            ("idleTimeout", idleTimeout), ("frameTimeout", frameTimeout), ("writeTimeout", writeTimeout),
            ("requestTimeout", requestTimeout),
        ]
        for (name, value) in times where value <= .zero { throw .invalidSettings("\(name) is not positive") }
        guard frameBytesMax <= Int(UInt32.max) else {
            throw .invalidSettings("frameBytesMax is \(frameBytesMax); the length of a frame has 32 bits")
        }
        // The smallest error answer has to fit.
        guard frameBytesMax >= 256 else {
            throw .invalidSettings("frameBytesMax is \(frameBytesMax), not at least 256")
        }
    }
}
