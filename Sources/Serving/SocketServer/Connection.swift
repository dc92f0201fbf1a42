internal import Contract
internal import NIOCore
internal import Synchronization
internal import Wire

/// A client's connection, as handlers see it: who is there, and a way to push notifications. Safe from any thread.
public final class Connection: Sendable {
    /// What became of a notification.
    public enum NotifyOutcome: Sendable, Equatable {
        /// On its way.
        case queued
        /// The consumer is slow, or the frame too large; this one is lost.
        case dropped
        /// The connection is closed, or is being closed because the consumer is slow.
        case closed
    }

    /// Unique within the server's life.
    public let id: UInt64
    public let peer: Peer
    /// Whom it is counted to.
    public let asker: Asker

    let channel: any Channel
    private let settings: ServerSettings
    private let limits: RunningLimits
    private let gate: LoopGate
    private let waitingNotificationBytes = Atomic<Int>(0)
    private let held = Atomic<Bool>(false)
    private let open = Atomic<Bool>(true)
    private let droppedCount = Atomic<Int>(0)

    init(
        id: UInt64, peer: Peer, asker: Asker, channel: any Channel, settings: ServerSettings, limits: RunningLimits,
        gate: LoopGate
    ) {
        self.id = id
        self.peer = peer
        self.asker = asker
        self.channel = channel
        self.settings = settings
        self.limits = limits
        self.gate = gate
    }

    public var isOpen: Bool { open.load(ordering: .acquiring) }

    /// Notifications this consumer has lost.
    public var droppedNotifications: Int { droppedCount.load(ordering: .relaxed) }

    /// Exempts the connection from the idle time-out, or ends that: a subscriber listens and says nothing.
    public func holdOpen(_ isHeld: Bool) { held.store(isHeld, ordering: .releasing) }

    var isHeldOpen: Bool { held.load(ordering: .acquiring) }

    /// Pushes a notification; `params` is the JSON text of an object. Never waits.
    ///
    /// It may overtake the answer of the very request that subscribed, when that is answered by a worker.
    @discardableResult
    public func notify(_ method: String, params: [UInt8]) -> NotifyOutcome {
        guard isOpen else { return .closed }
        var frame: [UInt8] = []
        do {
            try ResponseEncoder.append(
                notification: method, params: params, to: &frame, bodyBytesMax: limits.frameBytesMax)
        } catch {
            droppedCount.add(1, ordering: .relaxed)
            return .dropped
        }
        let waiting = waitingNotificationBytes.add(frame.count, ordering: .acquiringAndReleasing).newValue
        // A single notification larger than the allowance may go when nothing else waits.
        if waiting > settings.notificationBytesMax, waiting > frame.count {
            waitingNotificationBytes.subtract(frame.count, ordering: .acquiringAndReleasing)
            droppedCount.add(1, ordering: .relaxed)
            guard settings.slowConsumerPolicy == .close else { return .dropped }
            close()
            return .closed
        }
        let push = Push(frame: ByteBuffer(bytes: frame))
        gate.execute(on: channel.eventLoop) { [channel] in channel.triggerUserOutboundEvent(push, promise: nil) }
        return .queued
    }

    /// Closes the connection at once, unsent answers included.
    public func close() {
        guard open.exchange(false, ordering: .acquiringAndReleasing) else { return }
        gate.execute(on: channel.eventLoop) { [channel] in channel.close(promise: nil) }
    }

    func markClosed() { open.store(false, ordering: .releasing) }

    func notificationLeft(bytes: Int) {
        waitingNotificationBytes.subtract(bytes, ordering: .acquiringAndReleasing)
    }

    /// The event that carries a notification's frame to the connection's thread.
    struct Push: Sendable {
        let frame: ByteBuffer
    }

    /// The event that asks a connection to finish what it has and close.
    struct Drain: Sendable {}
}
