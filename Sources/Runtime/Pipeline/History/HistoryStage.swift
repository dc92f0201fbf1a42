import HealthScore
import Locks
import Records
import Snapshots
import Synchronization

/// The past of the clients' health that is to be made of a generation.
struct HistoryJob: Sendable {
    let snapshot: Snapshot
    let health: HealthModel
    let book: HealthHistoryBook

    /// - Parameter isCancelled: asked now and then.
    /// - Returns: nil when it was cancelled.
    func make(_ day: Day, isCancelled: () -> Bool) -> HealthDay? {
        HealthDayMaker.make(
            snapshot.silver, day: day, gold: snapshot.settings, health: health, isCancelled: isCancelled)
    }
}

/// Makes the past of the clients' health, day by day, in the background: on one thread that runs only when nobody else
/// wants the processor. Every day that is made is served at once; when a pass is paused, only the day it was at is lost.
final class HistoryStage: Sendable {
    /// What came of a pass.
    struct Outcome: Sendable {
        var daysMade: Int
        var seconds: Double
        /// Not all days are made: the pass was paused.
        var isPaused: Bool
    }

    private struct State {
        var waiting: (job: HistoryJob, epoch: Int)?
        var isThreadRunning = false
        var isStopped = false
        var onEnd: (@Sendable (Outcome) -> Void)?
    }

    private let state = Guarded(State())
    /// Grows with every pause: passes asked for before it end.
    private let epoch = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    /// One caller at a time completes a history.
    private let completing = Guarded<Void>(())

    /// - Parameter onEnd: called on the stage's thread after a pass.
    func listen(onEnd: @escaping @Sendable (Outcome) -> Void) { state.withLock { $0.onEnd = onEnd } }

    /// Asks for what is missing of a generation's past.
    func request(_ job: HistoryJob) {
        let epoch = epoch.load(ordering: .relaxed)
        let starts = state.withLock { state -> Bool in
            guard !state.isStopped else { return false }
            state.waiting = (job, epoch)
            if state.isThreadRunning { return false }
            state.isThreadRunning = true
            return true
        }
        if starts { startThread() }
    }

    /// The passes that were asked for end soon, each as one that was paused.
    func pause() { epoch.wrappingAdd(1, ordering: .relaxed) }

    /// No pass begins any more, and the one that runs ends soon.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        pause()
        state.withLock { state in
            state.isStopped = true
            state.onEnd = nil
        }
    }

    /// Makes all that is missing on the caller's thread. What the stage's own thread is at is made here too: it may not
    /// get the processor for long.
    /// - Parameter isExpired: asked now and then.
    /// - Returns: whether the past is complete now; what was made stays either way.
    func complete(_ job: HistoryJob, isExpired: () -> Bool) -> Bool {
        completing.withLock { _ in
            for day in job.book.current.missing {
                let made = job.make(day) { isExpired() || isStopping.load(ordering: .relaxed) }
                guard let made else { return false }
                job.book.insert(made)
            }
            return true
        }
    }

    // MARK: The thread

    private func startThread() {
        if IdleThread.start("aura.history", { self.runUntilNothingWaits() }) { return }
        let onEnd = state.withLock { state in
            state.isThreadRunning = false
            state.waiting = nil
            return state.onEnd
        }
        onEnd?(Outcome(daysMade: 0, seconds: 0, isPaused: true))
    }

    private func runUntilNothingWaits() {
        while true {
            let next = state.withLock { state -> (job: HistoryJob, epoch: Int)? in
                defer { state.waiting = nil }
                if state.waiting == nil { state.isThreadRunning = false }
                return state.waiting
            }
            guard let next else { return }
            let outcome = run(next.job, epoch: next.epoch)
            state.withLock { $0.onEnd }?(outcome)
        }
    }

    private func run(_ job: HistoryJob, epoch: Int) -> Outcome {
        let startedAt = MonotonicClock.seconds()
        var daysMade = 0
        var isPaused = false
        func isPausedNow() -> Bool { self.epoch.load(ordering: .relaxed) != epoch }
        for day in job.book.current.missing {
            guard !isPausedNow(), let made = job.make(day, isCancelled: isPausedNow) else {
                isPaused = true
                break
            }
            job.book.insert(made)
            daysMade += 1
        }
        return Outcome(daysMade: daysMade, seconds: MonotonicClock.seconds() - startedAt, isPaused: isPaused)
    }
}
