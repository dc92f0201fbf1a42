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

/// Makes the past of the clients' health, day by day, in the background. Every day that is made is served at once; when a
/// pass is paused, only the day it was at is lost.
final class HistoryWorker: StageWorker {
    /// What came of a pass.
    struct Outcome: Sendable {
        var daysMade: Int
        var seconds: Double
        /// Not all days are made: the pass was paused.
        var isPaused: Bool
    }

    private struct Request {
        var job: HistoryJob
        var epoch: Int
    }

    private let worker = LatestRequestWorker<Request, Outcome>(threadName: "aura.history")
    /// Grows with every pause: passes asked for before it end.
    private let epoch = Atomic<Int>(0)
    /// One caller at a time completes a history.
    private let completing = Guarded<Void>(())

    /// - Parameter onEnd: called on the worker's thread after a pass.
    func listen(onEnd: @escaping @Sendable (Outcome) -> Void) { worker.listen(onEnd: onEnd) }

    /// Asks for what is missing of a generation's past.
    func request(_ job: HistoryJob) {
        let request = Request(job: job, epoch: epoch.load(ordering: .relaxed))
        worker.request(request, unstarted: Outcome(daysMade: 0, seconds: 0, isPaused: true)) {
            self.run($0.job, epoch: $0.epoch)
        }
    }

    /// The passes that were asked for end soon, each as one that was paused.
    func pause() { epoch.wrappingAdd(1, ordering: .relaxed) }

    /// No pass begins any more, and the one that runs ends soon.
    func stop() {
        worker.stop()
        pause()
    }

    /// Makes all that is missing on the caller's thread. What the worker's own thread is at is made here too: it may not
    /// get the processor for long.
    /// - Parameter isExpired: asked now and then.
    /// - Returns: whether the past is complete now; what was made stays either way.
    func complete(_ job: HistoryJob, isExpired: () -> Bool) -> Bool {
        completing.withLock { _ in
            for day in job.book.current.missing {
                let made = job.make(day) { isExpired() || worker.isStopped }
                guard let made else { return false }
                job.book.insert(made)
            }
            return true
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
