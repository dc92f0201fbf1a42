internal import CAura
internal import Contract
internal import Dispatch
internal import Glibc
internal import Logging
internal import Synchronization
internal import Wire

/// Accepts connections on a queue of its own: the peer's identity is read from the kernel and the ceilings are checked
/// before a connection reaches the I/O threads.
final class Acceptor: Sendable {
    /// Serves an accepted connection, taking over its descriptor.
    typealias Serve = @Sendable (_ descriptor: Int32, _ peer: Peer, _ asker: Asker, _ id: UInt64) -> Void

    private let listener: ListeningSocket
    private let core: ServerCore
    private let serve: Serve
    // Dispatch objects may be used from any thread; the module does not declare it. Set once, before use.
    private nonisolated(unsafe) let source: any DispatchSourceRead
    private let stopped = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)

    /// Pause when the process has no descriptors or memory left: connections wait in the backlog meanwhile.
    private static let exhaustionPauseMicroseconds: UInt32 = 50_000

    init(listener: ListeningSocket, core: ServerCore, serve: @escaping Serve) {
        self.listener = listener
        self.core = core
        self.serve = serve
        let queue = DispatchQueue(label: "aura.accept")
        source = DispatchSource.makeReadSource(fileDescriptor: listener.descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.acceptAll() }
        source.setCancelHandler { [self] in
            self.listener.close()
            stopped.store(true, ordering: .releasing)
        }
    }

    func start() { source.activate() }

    /// Begins to stop; `hasStopped` tells when the socket is closed and its file removed.
    func beginStop() {
        isStopping.store(true, ordering: .releasing)
        source.cancel()
    }

    var hasStopped: Bool { stopped.load(ordering: .acquiring) }

    private func acceptAll() {
        while !isStopping.load(ordering: .acquiring) {
            let accepted = aura_accept(listener.descriptor)
            if accepted >= 0 {
                take(accepted)
                continue
            }
            switch -accepted {
            case EAGAIN: return
            // The peer gave up between connecting and being accepted.
            case ECONNABORTED: continue
            default:
                core.logger.warning(
                    "could not accept a connection, pausing",
                    metadata: ["error": "\(String(cString: aura_error_text(-accepted)))"])
                usleep(Self.exhaustionPauseMicroseconds)
                return
            }
        }
    }

    private func take(_ descriptor: Int32) {
        let peer: Peer
        do throws(ServerError) {
            peer = try Peer(connectedTo: descriptor)
        } catch {
            core.logger.warning("could not identify a peer, closing", metadata: ["error": "\(error)"])
            _ = close(descriptor)
            return
        }
        let asker = core.handler.asker(of: peer)
        let mayUseKept = core.limits.connectionsKept > 0 && core.handler.mayUseKeptConnections(peer)
        let isOwn = core.settings.ownProcessIsFree && peer.pid == getpid()
        switch core.registry.admit(asker, mayUseKept: mayUseKept, isOwn: isOwn) {
        case .admitted(let id):
            serve(descriptor, peer, asker, id)
        case .full:
            turnAway(descriptor, "the daemon has all the connections it takes")
        case .userFull:
            turnAway(descriptor, "you have your \(core.limits.connectionsPerUserMax) connections already")
        case .stopping:
            turnAway(descriptor, "the daemon is stopping")
        }
    }

    /// Says why, in one frame that a fresh socket has room for, and closes.
    private func turnAway(_ descriptor: Int32, _ reason: String) {
        let problem = Problem(.overloaded, reason, hint: "try again later, or close connections that are not in use")
        var frame: [UInt8] = []
        ResponseEncoder.append(problem, id: .null, to: &frame, bodyBytesMax: core.limits.frameBytesMax)
        _ = frame.withUnsafeBytes { aura_send(descriptor, $0.baseAddress, $0.count, 0) }
        _ = close(descriptor)
    }
}
