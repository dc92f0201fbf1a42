import Locks

/// Takes the reports of the parts of the daemon from whatever thread they run on.
public final class LivenessMonitor: Sendable {
    private struct State {
        var liveness = Liveness()
        var watchdog = WatchdogPolicy()
    }

    private let state = Guarded(State())
    private let clock: @Sendable () -> MonotonicTime

    public init(clock: @escaping @Sendable () -> MonotonicTime = { MonotonicTime.now() }) {
        self.clock = clock
    }

    /// Adds a part that from now on reports at least every `limit`.
    public func heartbeat(_ name: SafeText, limit: Duration) -> Heartbeat {
        let now = clock()
        return Heartbeat(monitor: self, part: state.withLock { $0.liveness.register(name, limit: limit, at: now) })
    }

    /// The parts that are silent for too long now.
    public func overdue() -> [Liveness.OverduePart] {
        let now = clock()
        return state.withLock { $0.liveness.overdue(at: now) }
    }

    /// What to do about the watchdog now.
    func watchdogDecision(probe: Bool) -> WatchdogPolicy.Decision {
        let now = clock()
        return state.withLock { $0.watchdog.decide(&$0.liveness, probe: probe, at: now) }
    }

    fileprivate func report(_ part: Int, limit: Duration?) {
        let now = clock()
        state.withLock { state in
            if let limit {
                state.liveness.report(part, limit: limit, at: now)
            } else {
                state.liveness.report(part, at: now)
            }
        }
    }

    fileprivate func retire(_ part: Int) {
        state.withLock { $0.liveness.retire(part) }
    }
}

/// How one part reports that it works. Call ``beat()`` from the work itself.
public struct Heartbeat: Sendable {
    fileprivate let monitor: LivenessMonitor
    fileprivate let part: Int

    /// The part works.
    public func beat() {
        monitor.report(part, limit: nil)
    }

    /// The part works, and from now on may be silent for up to `limit`.
    public func beat(limit: Duration) {
        monitor.report(part, limit: limit)
    }

    /// The part has ended as it should.
    public func retire() {
        monitor.retire(part)
    }
}
