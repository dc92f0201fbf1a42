import Locks
import Synchronization

/// What the threads of a campaign have done so far.
final class Progress: Sendable {
    struct Totals: Sendable {
        var frames = 0
        var connections = 0
        var connectFailures = 0
        var bystanderCalls = 0
        var bystanderFailures = 0
        /// Nanoseconds.
        var bystanderSlowest = 0
    }

    private let state = Guarded(Totals())
    private let stopped = Atomic<Bool>(false)

    var totals: Totals { state.withLock { $0 } }
    var isStopped: Bool { stopped.load(ordering: .acquiring) }

    func stop() { stopped.store(true, ordering: .releasing) }

    func sent(frames: Int) {
        state.withLock {
            $0.frames += frames
            $0.connections += 1
        }
    }

    func connectFailed() { state.withLock { $0.connectFailures += 1 } }

    func bystanderServed(nanoseconds: Int) {
        state.withLock {
            $0.bystanderCalls += 1
            $0.bystanderSlowest = max($0.bystanderSlowest, nanoseconds)
        }
    }

    func bystanderFailed() { state.withLock { $0.bystanderFailures += 1 } }
}
