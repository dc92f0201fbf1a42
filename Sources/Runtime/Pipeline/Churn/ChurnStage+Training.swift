import Assessment
import ChurnModel
import Features
import Gold
import Locks
import Records
import Store
import Synchronization

extension ChurnStage {
    /// One training from the days to the decision. On the stage's thread.
    /// - Returns: whether something went wrong; too little data is nothing wrong.
    func run(_ job: ChurnJob) -> Bool {
        let startedAt = MonotonicClock.seconds()
        do {
            try train(job, startedAt: startedAt)
            return false
        } catch let error as ChurnModelError {
            switch error {
            case .cancelled:
                conclude(job, version: "", outcome: "cancelled", statement: "the training was cancelled")
                return false
            case .refused(let refusal):
                conclude(job, version: "", outcome: "refused", statement: refusal.description)
                emit(.churnRefused(code: refusal.reason.rawValue))
                return false
            default:
                conclude(job, version: "", outcome: "failed", statement: "\(error)")
                emit(.churnRefused(code: "failed"))
                return true
            }
        } catch {
            conclude(job, version: "", outcome: "failed", statement: "\(error)")
            emit(.churnRefused(code: "failed"))
            return true
        }
    }

    private func train(_ job: ChurnJob, startedAt: Double) throws {
        let attemptedAsOf = state.withLock { state in
            state.lookedAsOf = job.asOf
            return state.attemptedAsOf
        }
        let past = ChurnPast(job, past: try store.readPast())
        let days = past.snapshotDays
        guard !days.isEmpty else {
            let settings = job.settings.churn
            conclude(
                job, version: "", outcome: "refused",
                statement: "no churn model was trained: \(60 + settings.horizonDays) days of data are needed so that a "
                    + "label window of \(settings.horizonDays) days is over; until then the risk rules rank the clients."
            )
            emit(.churnRefused(code: "too_short"))
            return
        }
        let champion = status.scorer.map { ChurnChallenge.Champion(version: $0.version, bundle: $0.bundle) }
        let training = ChurnTraining(
            settings: job.settings.churn, kind: past.kind, population: past.population, trainedOn: job.asOf,
            program: program)
        // Every test against the champion may succeed by chance: not more than one a week.
        let isEarly = attemptedAsOf.map { (0..<ChurnStage.daysBetweenTests).contains($0.days(to: job.asOf)) } ?? false
        let isWorthwhile =
            champion.map { !$0.answers(training) || (!isEarly && $0.judgedOn(days) != nil) } ?? true
        guard isWorthwhile || job.isAsked else {
            try watch(past, days: days.filter { day in status.scorer?.trainedOn.map { day >= $0 } ?? false })
            return
        }
        var history: [ChurnDay] = []
        for day in days {
            try checkCancellation()
            history.append(past.day(day))
        }
        let isCancelled: @Sendable () -> Bool = { [self] in self.isCancelled.load(ordering: .relaxed) }
        let bundle = try training.train(history, isCancelled: isCancelled)
        let challenge = try ChurnChallenge.judge(
            bundle, training, days: history, champion: champion, isCancelled: isCancelled)
        try checkCancellation()
        let bytes = bundle.encoded()
        let version = "churn-\(job.asOf)-\(ChurnModelBundle.digest(bytes).prefix(8))"
        let scorer = try ChurnScorer(version: version, bundle: bundle)
        try shelf?.write(bytes, as: version)
        state.withLock { $0.status.challenge = challenge }
        if challenge.takes { try putInForce(scorer) }
        conclude(job, version: version, outcome: challenge.takes ? "taken" : "kept", statement: challenge.statement)
        emit(
            .churnTrained(
                version: version, rows: bundle.model.record.rows, isTaken: challenge.takes,
                seconds: MonotonicClock.seconds() - startedAt))
        shelf?.prune(keeping: ChurnStage.versionsMax, oldestFirst: shelf?.versions() ?? [])
        refreshVersions()
        try watch(past, history: history)
    }

    private static let daysBetweenTests = 7

    func checkCancellation() throws(ChurnModelError) {
        if isCancelled.load(ordering: .relaxed) { throw .cancelled }
    }

    /// Keeps what a training came to, and says it.
    private func conclude(_ job: ChurnJob, version: String, outcome: String, statement: String) {
        let note = ModelShelf.Note(
            at: now(), version: version, outcome: outcome, asOf: job.asOf, statement: statement)
        // A journal that cannot be written is no reason to lose the model; the status says the same.
        try? shelf?.note(note)
        state.withLock { state in
            state.status.last = note
            if outcome != "cancelled" { state.attemptedAsOf = job.asOf }
        }
    }

    func putInForce(_ scorer: ChurnScorer?) throws {
        try shelf?.putInForce(scorer?.version)
        let listener = state.withLock { state in
            state.status.scorer = scorer
            state.status.watch = nil
            return state.listener
        }
        listener?.onModel()
    }

    func refreshVersions() {
        let versions = shelf?.versions() ?? []
        state.withLock { $0.status.versions = versions }
    }

    // MARK: Drift

    private func watch(_ past: ChurnPast, days: [Day]) throws {
        var history: [ChurnDay] = []
        for day in days {
            try checkCancellation()
            history.append(past.day(day))
        }
        try watch(past, history: history)
    }

    private func watch(_ past: ChurnPast, history: [ChurnDay]) throws {
        guard let scorer = status.scorer, scorer.bundle.model.labelDefinition.kind.rawValue == past.kind.rawValue,
            scorer.bundle.model.labelDefinition.horizonDays == past.horizonDays
        else { return }
        let before = status.watch?.windows.last?.day
        let watch = try ChurnWatch.look(scorer, days: history, today: past.today())
        state.withLock { $0.status.watch = watch }
        if let latest = watch.windows.last, latest.day != before {
            emit(
                .churnWatched(
                    day: latest.day, ratio: latest.drift.report.observedOverExpected,
                    advice: latest.drift.advice.rawValue,
                    inputsMoved: watch.inputs.count { $0.level == .major }))
        }
    }
}
