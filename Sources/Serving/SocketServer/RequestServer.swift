public import Logging
internal import NIOCore
internal import NIOPosix

/// Serves requests on a Unix stream socket.
///
///     let server = try RequestServer(listeningOn: .path("/run/aura/aurad.sock"), handler: handler, logger: logger)
///     …
///     await server.shutdown(drain: .seconds(10))
///
/// A server that was started has to be shut down before it is let go.
public final class RequestServer: Sendable {
    private let core: ServerCore
    private let group: MultiThreadedEventLoopGroup
    private let recorders: [StatisticsRecorder]
    private let acceptor: Acceptor

    /// How often an ending is looked at while it is waited for.
    private static let endingPollInterval: Duration = .milliseconds(5)
    /// What a closed connection or a worker still gets after the drain time.
    private static let endingGrace: Duration = .seconds(1)

    /// Starts serving; when it returns, clients can connect.
    public init(
        listeningOn address: ListenAddress, settings: ServerSettings = ServerSettings(), handler: any RequestHandler,
        logger: Logger
    ) throws(ServerError) {
        try settings.validate()
        let methods = Array(Set(handler.methods)).sorted()
        let listener = try ListeningSocket(address)
        let core = ServerCore(settings: settings, handler: handler, methods: methods, logger: logger)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.eventLoopThreads)
        var recorders: [StatisticsRecorder] = []
        var loops: [(loop: any EventLoop, context: NIOLoopBoundBox<LoopContext?>)] = []
        for eventLoop in group.makeIterator() {
            let recorder = StatisticsRecorder(methods: methods)
            recorders.append(recorder)
            let box = NIOLoopBoundBox.makeEmptyBox(valueType: LoopContext.self, eventLoop: eventLoop)
            eventLoop.execute { box.value = LoopContext(core: core, recorder: recorder, eventLoop: eventLoop) }
            loops.append((eventLoop, box))
        }
        self.core = core
        self.group = group
        self.recorders = recorders
        let shares = loops
        acceptor = Acceptor(listener: listener, core: core) { descriptor, peer, asker, id in
            let share = shares[Int(id % UInt64(shares.count))]
            Self.serve(
                descriptor, peer: peer, asker: asker, id: id, core: core, on: share.loop, context: share.context)
        }
        acceptor.start()
        logger.info("serving requests", metadata: ["socket.methods": "\(methods.count)"])
    }

    private static func serve(
        _ descriptor: Int32, peer: Peer, asker: Asker, id: UInt64, core: ServerCore, on eventLoop: any EventLoop,
        context: NIOLoopBoundBox<LoopContext?>
    ) {
        let settings = core.settings
        let highWaterMark = settings.unflushedBytesMax
        let readSize = ReadSize()
        let served = ClientBootstrap(group: eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: readSize)
            .channelOption(
                .writeBufferWaterMark, value: .init(low: max(1, highWaterMark / 2), high: max(2, highWaterMark))
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = context.value else { throw ChannelError.ioOnClosedChannel }
                    let connection = Connection(
                        id: id, peer: peer, asker: asker, channel: channel, settings: settings, limits: core.limits,
                        gate: core.gate)
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(connection: connection, loop: loop, readSize: readSize))
                    core.registry.attach(connection)
                }
            }
            .withConnectedSocket(descriptor)
        served.whenFailure { _ in
            // Nothing, when the connection got as far as having a handler, which has done it.
            core.registry.remove(id: id)
            core.logger.debug("could not serve a connection", metadata: ["connection.id": "\(id)"])
        }
    }

    /// Takes other ceilings and time-outs into force without touching a connection: `frameBytesMax`, `connectionsMax`,
    /// `connectionsPerUserMax`, `idleTimeout` and `requestTimeout`. Connections above a lower ceiling stay; what has begun
    /// keeps its deadline. Everything else stays as the server was started.
    public func reload(_ settings: ServerSettings) throws(ServerError) {
        try settings.validate()
        core.limits.take(settings)
    }

    /// What was counted so far, over all threads. Cheap enough to be asked for every second.
    public var statistics: ServerStatistics {
        var total = ServerStatistics()
        core.registry.add(to: &total)
        for recorder in recorders { recorder.add(to: &total) }
        total.heldBytes = core.budget.usedBytes
        total.requestsAtWork = core.workers.load + core.single.load
        return total
    }

    /// Stops accepting, answers what was received, and closes every connection; those that are not done after `drain`
    /// are cut off. Returns when all is closed, or at the latest a second or two after `drain`.
    public func shutdown(drain: Duration) async {
        acceptor.beginStop()
        core.registry.drain()
        await Self.wait(atMost: drain) { self.core.registry.isEmpty && self.acceptor.hasStopped }
        core.registry.closeAll()
        core.workers.beginShutdown()
        core.single.beginShutdown()
        await Self.wait(atMost: Self.endingGrace) {
            self.core.registry.isEmpty && self.acceptor.hasStopped && self.core.workers.hasEnded
                && self.core.single.hasEnded
        }
        core.gate.close()
        do {
            try await group.shutdownGracefully()
        } catch {
            core.logger.warning("could not end the I/O threads, ignoring", metadata: ["error": "\(error)"])
        }
    }

    private static func wait(atMost limit: Duration, until condition: () -> Bool) async {
        let end = ContinuousClock.now + limit
        while !condition(), ContinuousClock.now < end {
            // A cancelled caller gets no pause, and the limit still holds; it must not spin meanwhile.
            do {
                try await Task.sleep(for: endingPollInterval)
            } catch {
                await Task.yield()
            }
        }
    }
}
