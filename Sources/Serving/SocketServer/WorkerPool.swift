internal import NIOPosix
internal import Synchronization

/// A few threads with a bounded queue before them.
final class WorkerPool: Sendable {
    private let pool: NIOThreadPool
    private let waitingOrRunning = Atomic<Int>(0)
    private let capacity: Int
    private let ended = Atomic<Bool>(false)

    init(threads: Int, queueMax: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
        capacity = threads + queueMax
        pool.start()
    }

    /// Jobs that run or wait.
    var load: Int { waitingOrRunning.load(ordering: .relaxed) }

    /// Queues a job; false when the queue is full, and the job is not run.
    func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        guard waitingOrRunning.add(1, ordering: .relaxed).newValue <= capacity else {
            waitingOrRunning.subtract(1, ordering: .relaxed)
            return false
        }
        pool.submit { [self] state in
            defer { waitingOrRunning.subtract(1, ordering: .relaxed) }
            if case .active = state { job() }
        }
        return true
    }

    /// Begins to end: jobs that wait are dropped, running ones finish. `hasEnded` tells when.
    func beginShutdown() {
        pool.shutdownGracefully { [self] _ in ended.store(true, ordering: .releasing) }
    }

    var hasEnded: Bool { ended.load(ordering: .acquiring) }
}
