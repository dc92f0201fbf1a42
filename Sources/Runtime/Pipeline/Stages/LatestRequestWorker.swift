import Locks
import Synchronization

/// Background work of which the newest request is the only one that counts: on one thread that runs only when nobody
/// else wants the processor. While one request is worked on newer ones wait, and the newest of them comes next: with
/// requests coming all the time every one that was begun still ends.
final class LatestRequestWorker<Request: Sendable, Outcome: Sendable>: Sendable {
    private struct State {
        var waiting: Request?
        var isThreadRunning = false
        var onEnd: (@Sendable (Outcome) -> Void)?
    }

    private let threadName: String
    private let state = Guarded(State())
    private let stopped = Atomic<Bool>(false)

    /// - Parameter threadName: at most 15 bytes.
    init(threadName: String) { self.threadName = threadName }

    /// - Parameter onEnd: called on the worker's thread after a request was worked on.
    func listen(onEnd: @escaping @Sendable (Outcome) -> Void) { state.withLock { $0.onEnd = onEnd } }

    /// Whether it was stopped: what is being worked on has to end.
    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    /// Asks for work; an earlier request that waits is not worked on any more.
    ///
    /// - Parameters:
    ///   - work: called on the worker's thread, for this request and those that come while it runs.
    ///   - unstarted: what came of it when the system has no thread to give.
    func request(_ request: Request, unstarted: Outcome, work: @escaping @Sendable (Request) -> Outcome) {
        let starts = state.withLock { state -> Bool in
            guard !isStopped else { return false }
            state.waiting = request
            if state.isThreadRunning { return false }
            state.isThreadRunning = true
            return true
        }
        guard starts, !IdleThread.start(threadName, { self.runUntilNothingWaits(work) }) else { return }
        let onEnd = state.withLock { state in
            state.isThreadRunning = false
            state.waiting = nil
            return state.onEnd
        }
        onEnd?(unstarted)
    }

    /// Nothing is begun and nobody is told any more. What is being worked on looks at ``isStopped`` and ends.
    func stop() {
        state.withLock { state in
            stopped.store(true, ordering: .relaxed)
            state.waiting = nil
            state.onEnd = nil
        }
    }

    private func runUntilNothingWaits(_ work: @Sendable (Request) -> Outcome) {
        while true {
            let next = state.withLock { state -> Request? in
                defer { state.waiting = nil }
                if state.waiting == nil { state.isThreadRunning = false }
                return state.waiting
            }
            guard let next else { return }
            let outcome = work(next)
            state.withLock { $0.onEnd }?(outcome)
        }
    }
}
