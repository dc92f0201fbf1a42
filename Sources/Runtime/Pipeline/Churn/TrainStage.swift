import Assessment
import Dispatch
import Features
import Gold
import Inbox
import Records
import Schedule
import Snapshots
import Store

extension Stage {
    /// Training the churn model, in the background.
    static let train = Stage("train")
}

/// Keeps a churn model that fits the data, and the explanations of what it says of the clients.
final class TrainStage: PipelineStage {
    static let name = Stage.train
    static let leavesMemory = true
    unowned let core: PipelineCore
    let trainer: ChurnTrainer
    private let explanations: ExplanationWorker

    /// Data has to be at rest for so long before explanations are worked out ahead, seconds.
    private static let explanationQuiet = 5.0

    init(_ core: PipelineCore) {
        self.core = core
        trainer = ChurnTrainer(
            folder: "\(core.places.folders.root)/models/churn", store: core.places.store, program: core.places.program,
            now: core.now, emit: core.emit)
        explanations = ExplanationWorker(box: core.box)
        trainer.listen(
            ChurnTrainer.Listener(
                onModel: { [weak queue = core.queue] in queue?.async { $0[TrainStage.self].adoptModel() } },
                onEnd: { [weak queue = core.queue] failed in
                    queue?.async { $0[TrainStage.self].ended(failed: failed) }
                }))
    }

    static func interval(_ settings: PipelineSettings) -> Double? { settings.trainInterval }

    static func isOff(_ settings: PipelineSettings) -> Bool { interval(settings) == nil }

    var quiet: Quiet? { Quiet(seconds: 0) }

    var workers: [any StageWorker] { [trainer, explanations] }

    func open() throws {
        trainer.open()
        tellModelProblem()
    }

    /// What was put off by the former settings is put off by these.
    func settingsDidChange() { withdraw() }

    /// A look at how the model holds, a first training, or another one; see ``ChurnSchedule``.
    func didServe(_ snapshot: Snapshot) {
        guard settings.trainInterval != nil,
            trainer.isDue(asOf: snapshot.asOf, records: snapshot.silver.recordCount, settings)
        else { return }
        ask(notBefore: MonotonicClock.seconds() + settings.trainQuiet)
    }

    func run() { train(isAsked: false) }

    /// Starts a training on the data in force.
    /// - Parameters:
    ///   - isAsked: an operator asks for it.
    ///   - waiter: signalled when it has ended; at once when there is nothing to train on.
    func train(isAsked: Bool, waiter: DispatchSemaphore? = nil) {
        guard let current = box.current else {
            waiter?.signal()
            return
        }
        begin()
        let job = ChurnJob(
            silver: current.silver, standings: current.standings, asOf: current.asOf, settings: settings,
            isAsked: isAsked)
        if !trainer.start(job, waiter: waiter), trainer.status.runningSince == nil { end(failed: true) }
    }

    /// The training has ended.
    private func ended(failed: Bool) {
        end(failed: failed)
        if failed, let note = trainer.status.last {
            board.raise("train_failed", "train: \(note.statement)", at: now())
        } else {
            succeeded()
        }
    }

    /// Another model is in force, or none.
    private func adoptModel() {
        tellModelProblem()
        core[RefreshStage.self].run()
    }

    /// Says which file of the models is in the way.
    private func tellModelProblem() {
        if let problem = trainer.status.problem {
            board.raise("model_unusable", problem, at: now())
        } else {
            board.clear("model_unusable")
        }
    }

    func tend() {
        let now = MonotonicClock.seconds()
        let refreshedAt = board.current.clock.lastRun(RefreshStage.name)?.endedAt ?? -.infinity
        guard board.current.isSettled, now - refreshedAt >= TrainStage.explanationQuiet else { return }
        explanations.startIfWorthwhile(at: now)
    }

    func close() {
        trainer.waitForEnd()
        explanations.waitForEnd()
    }
}

extension RiverPipeline {
    public var churnStatus: ChurnStatus { churn.status }

    /// Trains the churn model now.
    public func requestTraining() {
        queue.async { $0[TrainStage.self].train(isAsked: true) }
    }

    /// The same for a caller on a thread that may wait.
    /// - Returns: whether the training ended within the time.
    public func trainAndWait(seconds: Int) -> Bool {
        let waiter = DispatchSemaphore(value: 0)
        queue.async { $0[TrainStage.self].train(isAsked: true, waiter: waiter) }
        guard waiter.wait(timeout: .now() + .seconds(seconds)) == .success else { return false }
        // A new model is served when the refresh that it asked for is done.
        queue.wait()
        return true
    }

    /// Ends the training that runs.
    /// - Returns: whether one was running.
    public func cancelTraining() -> Bool { churn.cancel() }

    /// Puts a kept version or the rules in force, until that is taken back.
    public func useChurnModel(_ choice: ChurnChoice) throws { try churn.use(choice) }

    /// Returns when a model that was put in force is what is served.
    public func waitUntilServed() { queue.wait() }

    /// The bytes of a kept version; those of the one in force when nil.
    public func exportChurnModel(_ version: String?) throws -> (version: String, bytes: [UInt8]) {
        try churn.export(version)
    }

    /// Keeps a model from elsewhere; it is not put in force by that.
    /// - Returns: the name of its version.
    public func importChurnModel(_ bytes: [UInt8]) throws -> String { try churn.take(bytes) }
}
