import Assessment
import ChurnModel
import Dispatch
import Locks
import Records
import RiskValue
import Store
import Synchronization

/// Trains the churn model in the background, on one thread that runs only when nobody else wants the processor, keeps its
/// versions and watches how the one in force holds.
final class ChurnTrainer: StageWorker {
    struct Listener: Sendable {
        /// Called on the trainer's thread when the model in force is another one.
        var onModel: @Sendable () -> Void
        /// Called on the trainer's thread when a training has ended.
        var onEnd: @Sendable (_ failed: Bool) -> Void
    }

    struct State {
        var status = ChurnStatus()
        var isRunning = false
        var isStopped = false
        var schedule = ChurnSchedule()
        /// Whoever waits for the training that runs.
        var waiting: [DispatchSemaphore] = []
        var listener: Listener?
    }

    let state = Guarded(State())
    let shelf: ModelShelf?
    let store: SilverStore
    let program: String
    let now: @Sendable () -> Instant
    let emit: @Sendable (PipelineEvent) -> Void
    let isCancelled = Atomic<Bool>(false)
    /// Held while it is decided what is in force, so that file and memory agree and a training does not pass over a choice
    /// that an operator is making.
    let deciding = Guarded<Void>(())

    /// Versions that are kept beside the one in force.
    static let versionsMax = 20

    init(
        folder: String, store: SilverStore, program: String, now: @escaping @Sendable () -> Instant,
        emit: @escaping @Sendable (PipelineEvent) -> Void
    ) {
        // Without a folder models are trained and served all the same; the journal says that they are not kept.
        shelf = try? ModelShelf(folder: folder)
        self.store = store
        self.program = program
        self.now = now
        self.emit = emit
    }

    func listen(_ listener: Listener) { state.withLock { $0.listener = listener } }

    var status: ChurnStatus { state.withLock { $0.status } }

    /// The model for a day: one that was trained on later data would know what it is asked to foretell.
    func scorer(asOf day: Day) -> ChurnScorer? {
        guard let scorer = status.scorer, let trainedOn = scorer.trainedOn, trainedOn <= day else { return nil }
        return scorer
    }

    func riskSources(asOf day: Day) -> RiskSources {
        RiskSources(scorer: scorer(asOf: day), shares: status.record?.shares ?? RuleShares())
    }

    /// Reads the model that was in force when the daemon stopped.
    func open() {
        guard let shelf else { return }
        var scorer: ChurnScorer?
        var inForce = ModelShelf.InForce(version: nil, isChosen: false)
        var problem: String?
        do {
            inForce = try shelf.inForce()
            if let version = inForce.version { scorer = try read(version, from: shelf) }
        } catch {
            problem = "\(error); the rules rank the clients"
            if inForce.isChosen {
                problem? += " until another choice is made (aurac churn model use)"
            }
            // Once in the journal, not with every start.
            let note = ModelShelf.Note(
                at: now(), version: inForce.version ?? "", outcome: "unusable", asOf: nil, statement: problem ?? "")
            let last = try? shelf.journal().last
            if last.map({ ($0.outcome, $0.statement) != (note.outcome, note.statement) }) ?? true {
                try? shelf.note(note)
            }
        }
        var journal: [ModelShelf.Note] = []
        do {
            journal = try shelf.journal()
        } catch {
            let text = "\(error): nothing more is noted of the models until it is moved away"
            problem = problem.map { "\($0); \(text)" } ?? text
        }
        // It can be made again from the data: what cannot be read is not missed.
        let record = (try? shelf.record()).flatMap { $0 }.flatMap { RiskRecord(text: $0) }
        let versions = shelf.versions()
        let schedule = ChurnTrainer.schedule(journal)
        state.withLock { [scorer, inForce, problem] state in
            state.status.scorer = scorer
            state.status.inForce = inForce
            state.status.problem = problem
            state.status.last = journal.last
            state.status.versions = versions
            state.status.record = record
            state.schedule = schedule
        }
    }

    /// A file that holds no model of this program.
    struct Damaged: Error, CustomStringConvertible {
        var description: String
    }

    /// A kept version, ready to score.
    /// - Throws: what names the file.
    func read(_ version: String, from shelf: ModelShelf) throws -> ChurnScorer {
        do {
            let bytes = try shelf.read(version)
            do {
                return try ChurnScorer(version: version, bundle: ChurnModelBundle(decoding: bytes))
            } catch {
                throw Damaged(
                    description: "\(shelf.path(of: version)) is damaged or no model of this version: \(error)")
            }
        } catch {
            emit(.churnUnusable(version: version, code: FailureCode(of: error)))
            throw error
        }
    }

    /// What the journal tells of earlier trainings. The model is looked at again after every start, so that drift is
    /// known.
    private static func schedule(_ journal: [ModelShelf.Note]) -> ChurnSchedule {
        var schedule = ChurnSchedule()
        let trained = journal.last { ["taken", "kept", "refused", "failed"].contains($0.outcome) && $0.asOf != nil }
        // With how much data a training was refused is not written down: it is tried again once.
        schedule.triedOn = trained?.outcome == "refused" ? nil : trained?.asOf
        schedule.driftAnsweredOn = journal.last { $0.outcome == ChurnTrainer.driftOutcome }?.asOf
        return schedule
    }

    static let driftOutcome = "drifted"
    static let recentredOutcome = "recentred"

    /// Whether there is reason to look how the model holds, and perhaps to train.
    func isDue(asOf: Day, records: Int, _ settings: PipelineSettings) -> Bool {
        state.withLock { state in
            !state.isRunning && !state.isStopped
                && (state.schedule.isDue(asOf: asOf, records: records)
                    || state.status.record.map {
                        $0.isOutdated(settings: ChurnTrainer.recordSettings(settings), records: records)
                    } ?? false)
        }
    }

    // MARK: The thread

    /// Starts a training unless one is running.
    /// - Parameter waiter: signalled when the training that runs then has ended; at once when none can.
    /// - Returns: whether one was started.
    @discardableResult
    func start(_ job: ChurnJob, waiter: DispatchSemaphore? = nil) -> Bool {
        let starts = state.withLock { state -> Bool in
            if state.isStopped {
                waiter?.signal()
                return false
            }
            if let waiter { state.waiting.append(waiter) }
            if state.isRunning { return false }
            state.isRunning = true
            state.status.runningSince = now()
            // Here and not below: a stop that comes next is not to be taken back.
            isCancelled.store(false, ordering: .relaxed)
            return true
        }
        guard starts else { return false }
        if IdleThread.start("aura.churn", { self.runAndTell(job) }) { return true }
        ended(failed: true)
        return false
    }

    private func runAndTell(_ job: ChurnJob) {
        let failed = run(job)
        ended(failed: failed)
    }

    private func ended(failed: Bool) {
        let (listener, waiting) = state.withLock { state in
            let waiting = state.waiting
            state.waiting = []
            state.isRunning = false
            state.status.runningSince = nil
            return (state.listener, waiting)
        }
        listener?.onEnd(failed)
        for waiter in waiting { waiter.signal() }
    }

    /// The training that runs ends soon and changes nothing.
    /// - Returns: whether one was running.
    @discardableResult
    func cancel() -> Bool {
        isCancelled.store(true, ordering: .relaxed)
        return state.withLock { $0.isRunning }
    }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.listener = nil
        }
        cancel()
    }

    /// Waits for the training that runs, which ends soon after a stop.
    func waitForEnd() {
        let waiter = DispatchSemaphore(value: 0)
        let isRunning = state.withLock { state -> Bool in
            if state.isRunning { state.waiting.append(waiter) }
            return state.isRunning
        }
        if isRunning { _ = waiter.wait(timeout: .now() + .seconds(20)) }
    }
}
