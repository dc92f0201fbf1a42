internal import Synchronization

/// The ceilings and time-outs that may change while a server runs. They are looked at with every request, on every
/// thread: each is a number of its own, and nobody waits for anybody.
final class RunningLimits: Sendable {
    private let frameBytes: Atomic<Int>
    private let connections: Atomic<Int>
    private let connectionsPerUser: Atomic<Int>
    private let kept: Atomic<Int>
    /// Nanoseconds.
    private let idle: Atomic<Int>
    private let request: Atomic<Int>

    init(_ settings: ServerSettings) {
        frameBytes = Atomic(settings.frameBytesMax)
        connections = Atomic(settings.connectionsMax)
        connectionsPerUser = Atomic(settings.connectionsPerUserMax)
        kept = Atomic(settings.connectionsKept)
        idle = Atomic(Self.nanoseconds(settings.idleTimeout))
        request = Atomic(Self.nanoseconds(settings.requestTimeout))
    }

    func take(_ settings: ServerSettings) {
        frameBytes.store(settings.frameBytesMax, ordering: .relaxed)
        connections.store(settings.connectionsMax, ordering: .relaxed)
        connectionsPerUser.store(settings.connectionsPerUserMax, ordering: .relaxed)
        kept.store(settings.connectionsKept, ordering: .relaxed)
        idle.store(Self.nanoseconds(settings.idleTimeout), ordering: .relaxed)
        request.store(Self.nanoseconds(settings.requestTimeout), ordering: .relaxed)
    }

    var frameBytesMax: Int { frameBytes.load(ordering: .relaxed) }
    var connectionsMax: Int { connections.load(ordering: .relaxed) }
    var connectionsPerUserMax: Int { connectionsPerUser.load(ordering: .relaxed) }
    var connectionsKept: Int { kept.load(ordering: .relaxed) }
    var idleTimeout: Duration { .nanoseconds(idle.load(ordering: .relaxed)) }
    var requestTimeout: Duration { .nanoseconds(request.load(ordering: .relaxed)) }

    /// Cut to what leaves room for sums with an instant.
    private static func nanoseconds(_ duration: Duration) -> Int {
        let limit = Duration.nanoseconds(Int64.max / 4)
        return Int(min(max(duration, .zero), limit) / .nanoseconds(1))
    }
}
