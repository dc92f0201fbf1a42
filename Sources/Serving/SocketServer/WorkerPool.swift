internal import NIOConcurrencyHelpers
internal import NIOPosix
internal import Synchronization

/// A few threads with a bounded queue before them, both shared out fairly: askers take turns, none of them has more than
/// a share of the places to wait, and none can occupy every thread.
final class WorkerPool: Sendable {
    struct Limits: Sendable {
        /// Threads that one asker alone can keep busy.
        var threads: Int
        /// Threads beyond those, which one asker alone never gets.
        var spareThreads: Int
        /// Jobs that may wait.
        var queueMax: Int
        /// Jobs of one asker that may wait.
        var queuePerAskerMax: Int
    }

    struct Job: Sendable {
        let asker: Asker
        /// Names work that jobs share; those that do come one after the other.
        var sharing: String?
        /// Until when anybody waits for it; nil for as long as it takes.
        var deadline: Deadline?
        let run: @Sendable () -> Void
    }

    /// Why a job was not taken.
    enum Refusal: Sendable, Equatable {
        case full
        case askerFull
    }

    private struct State {
        var queue = FairQueue<Job>()
        var running: [Asker: Int] = [:]
        var runningCount = 0
        var isEnding = false
    }

    private let limits: Limits
    private let pool: NIOThreadPool
    private let state = NIOLockedValueBox(State())
    private let ended = Atomic<Bool>(false)

    init(_ limits: Limits) {
        self.limits = limits
        pool = NIOThreadPool(numberOfThreads: limits.threads + limits.spareThreads)
        pool.start()
    }

    /// Jobs that run or wait.
    var load: Int { state.withLockedValue { $0.queue.count + $0.runningCount } }

    /// Queues a job, or tells why not; then it is not run.
    func submit(_ job: Job) -> Refusal? {
        let refusal = state.withLockedValue { state -> Refusal? in
            let own = state.queue.count(of: job.asker) + state.running[job.asker, default: 0]
            guard own < limits.threads + limits.queuePerAskerMax else { return .askerFull }
            guard state.queue.count + state.runningCount < limits.threads + limits.queueMax else { return .full }
            state.queue.append(job, of: job.asker, sharing: job.sharing)
            return nil
        }
        guard refusal == nil else { return refusal }
        // A thread looks for work once for every job, and again after each it has done: whoever has to wait because its
        // asker has its share of the threads is found by the thread that finishes one of that share.
        pool.submit { [self] threads in
            guard case .active = threads else { return }
            while let job = begin() {
                job.run()
                end(job)
            }
        }
        return nil
    }

    private func begin() -> Job? {
        state.withLockedValue { state in
            guard !state.isEnding else { return nil }
            let next = state.queue.next { state.running[$0, default: 0] < limits.threads }
            guard let next else { return nil }
            state.running[next.asker, default: 0] += 1
            state.runningCount += 1
            return next.element
        }
    }

    private func end(_ job: Job) {
        state.withLockedValue { state in
            state.runningCount -= 1
            let left = state.running[job.asker, default: 1] - 1
            state.running[job.asker] = left > 0 ? left : nil
        }
    }

    /// Whether a job that waits for the same work is still waited for itself.
    func hasWaiting(sharing name: String) -> Bool {
        state.withLockedValue { state in
            state.queue.contains(sharing: name) { $0.deadline.map { !$0.hasPassed } ?? true }
        }
    }

    /// Begins to end: jobs that wait are dropped, running ones finish. `hasEnded` tells when.
    func beginShutdown() {
        state.withLockedValue { $0.isEnding = true }
        pool.shutdownGracefully { [self] _ in ended.store(true, ordering: .releasing) }
    }

    var hasEnded: Bool { ended.load(ordering: .acquiring) }
}
