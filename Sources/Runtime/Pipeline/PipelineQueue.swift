import Dispatch
import Synchronization

/// The pipeline's serial queue and the core that only it may touch.
final class PipelineQueue: @unchecked Sendable {
    // Safe: the core is set before anybody is given work, and after that it is only used inside of blocks on the serial queue.
    private var core: PipelineCore?
    private let queue = DispatchQueue(label: "aura.pipeline", qos: .utility)
    /// When the queue last got round to a tick, in milliseconds on the monotonic clock.
    private let lastBeat = Atomic<Int>(Int(MonotonicClock.seconds() * 1000))

    /// Called once. The core does not own the queue.
    func set(_ core: PipelineCore) { self.core = core }

    func async(_ body: @escaping @Sendable (PipelineCore) -> Void) {
        queue.async { if let core = self.core { body(core) } }
    }

    /// For a thread that may wait, and is not the queue's own.
    func sync<R>(_ body: (PipelineCore) throws -> R) throws -> R {
        try queue.sync {
            guard let core else { throw PipelineStopped() }
            return try body(core)
        }
    }

    /// Waits until what the queue had to do is done.
    func wait() { queue.sync {} }

    func makeTimer() -> any DispatchSourceTimer { DispatchSource.makeTimerSource(queue: queue) }

    /// Only to be called on the queue.
    func tick() { core?.tick() }

    func beat() { lastBeat.store(Int(MonotonicClock.seconds() * 1000), ordering: .relaxed) }

    var secondsSinceBeat: Double { MonotonicClock.seconds() - Double(lastBeat.load(ordering: .relaxed)) / 1000 }
}
