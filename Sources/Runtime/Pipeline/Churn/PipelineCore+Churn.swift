import Assessment
import Dispatch
import Features
import Gold
import Records
import Schedule
import Snapshots
import Store

extension PipelineCore {
    /// After a refresh: a look at how the model holds, a first training, or another one; see ``ChurnSchedule``.
    func requestTraining(_ asOf: Day, _ silver: SilverTables) {
        guard settings.trainInterval != nil, churn.isDue(asOf: asOf, records: silver.recordCount) else { return }
        board.update { $0.clock.request(.train, notBefore: MonotonicClock.seconds() + settings.trainQuiet) }
    }

    /// Data has to be at rest for so long before explanations are worked out ahead, seconds.
    private static let explanationQuiet = 5.0

    func prepareExplanationsWhenQuiet() {
        let now = MonotonicClock.seconds()
        guard board.current.isSettled, now - lastRefreshAt >= PipelineCore.explanationQuiet else { return }
        explanations.startIfWorthwhile(at: now)
    }

    /// Starts a training on the data in force.
    /// - Parameter waiter: signalled when it has ended; at once when there is nothing to train on.
    func train(isAsked: Bool = false, waiter: DispatchSemaphore? = nil) {
        guard let current = box.current, isAsked || board.current.isSettled else {
            waiter?.signal()
            return
        }
        let job = ChurnJob(silver: current.silver, asOf: current.asOf, settings: settings, isAsked: isAsked)
        board.update { $0.clock.begin(.train, at: MonotonicClock.seconds()) }
        if !churn.start(job, waiter: waiter), churn.status.runningSince == nil {
            board.update { $0.clock.end(.train, at: MonotonicClock.seconds(), failed: true) }
        }
    }

    /// Another model is in force, or none.
    func adoptModel() {
        tellModelProblem()
        refresh()
    }

    /// Says which file of the models is in the way.
    func tellModelProblem() {
        if let problem = churn.status.problem {
            board.raise("model_unusable", problem, at: now())
        } else {
            board.clear("model_unusable")
        }
    }

    /// The training has ended, on whatever thread.
    func trainingEnded(failed: Bool) {
        board.update { $0.clock.end(.train, at: MonotonicClock.seconds(), failed: failed) }
        if failed, let note = churn.status.last {
            board.raise("train_failed", "train: \(note.statement)", at: now())
        } else {
            board.clear("train_failed")
        }
    }
}

extension RiverPipeline {
    public var churnStatus: ChurnStatus { churn.status }

    /// Trains the churn model now.
    public func requestTraining() {
        onQueue { $0.train(isAsked: true) }
    }

    /// The same for a caller on a thread that may wait.
    /// - Returns: whether the training ended within the time.
    public func trainAndWait(seconds: Int) -> Bool {
        let waiter = DispatchSemaphore(value: 0)
        onQueue { $0.train(isAsked: true, waiter: waiter) }
        guard waiter.wait(timeout: .now() + .seconds(seconds)) == .success else { return false }
        // A new model is served when the refresh that it asked for is done.
        waitForQueue()
        return true
    }

    /// Ends the training that runs.
    /// - Returns: whether one was running.
    public func cancelTraining() -> Bool { churn.cancel() }

    /// Puts a kept version or the rules in force, until that is taken back.
    public func useChurnModel(_ choice: ChurnChoice) throws { try churn.use(choice) }

    /// Returns when a model that was put in force is what is served.
    public func waitUntilServed() { waitForQueue() }

    /// The bytes of a kept version; those of the one in force when nil.
    public func exportChurnModel(_ version: String?) throws -> (version: String, bytes: [UInt8]) {
        try churn.export(version)
    }

    /// Keeps a model from elsewhere; it is not put in force by that.
    /// - Returns: the name of its version.
    public func importChurnModel(_ bytes: [UInt8]) throws -> String { try churn.take(bytes) }
}
