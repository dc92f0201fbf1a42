import Locks
import Synchronization

/// What ends work on drops before its end: the daemon stops, or somebody has cancelled a drop. Set from any thread, looked
/// at by the pipeline block by block.
final class LoadInterrupt: Sendable {
    private let stop = Atomic<Bool>(false)
    /// How many are cancelled, so that looking at every block costs nothing.
    private let cancelledCount = Atomic<Int>(0)
    private let cancelled = Guarded<Set<Int64>>([])

    var isStopping: Bool { stop.load(ordering: .relaxed) }

    func requestStop() { stop.store(true, ordering: .relaxed) }

    /// Whether any drop is cancelled and not yet brought to its end.
    var hasCancelled: Bool { cancelledCount.load(ordering: .relaxed) > 0 }

    var cancelledDrops: Set<Int64> { hasCancelled ? cancelled.withLock { $0 } : [] }

    func isCancelled(_ id: Int64) -> Bool { hasCancelled && cancelled.withLock { $0.contains(id) } }

    func cancel(_ id: Int64) { change { $0.insert(id) } }

    /// The drop has come to an end, whichever.
    func forget(_ id: Int64) {
        guard hasCancelled else { return }
        change { $0.remove(id) }
    }

    private func change(_ body: (inout Set<Int64>) -> Void) {
        cancelled.withLock { cancelled in
            body(&cancelled)
            cancelledCount.store(cancelled.count, ordering: .relaxed)
        }
    }
}

/// The daemon stops: what was being done is left for the next start.
struct PipelineStopped: Error, CustomStringConvertible {
    var description: String { "the daemon is stopping" }
}
