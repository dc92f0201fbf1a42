import HealthScore
import RiskRules
import Assessment
import ChurnModel
import Features
import Gold
import Locks
import Records
import Store
import Synchronization

extension ChurnTrainer {
    /// One training from the days to the decision. On the trainer's thread.
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
                emit(.churnFailed(code: FailureCode(of: error)))
                return true
            }
        } catch {
            conclude(job, version: "", outcome: "failed", statement: "\(error)")
            emit(.churnFailed(code: FailureCode(of: error)))
            return true
        }
    }

    private func train(_ job: ChurnJob, startedAt: Double) throws {
        let schedule = state.withLock { state in
            defer { state.schedule.lookedOn = job.asOf }
            return state.schedule
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
        var history: [ChurnDay] = []
        if !job.isAsked, !isTrainingDue(schedule, champion, training, days, records: job.silver.recordCount) {
            // Only how the model holds: on the windows that began when it was trained or later.
            let trainedOn = champion?.bundle.model.record.trainedOnDay ?? .max
            history = try look(past, days: days.filter { Int($0.rawValue) >= trainedOn })
            try watch(past, history: history)
            if isRecordDue(job, days) {
                let known = Set(history.map(\.asOf))
                history += try look(past, days: days.filter { !known.contains($0) })
                try keepRecord(job, past, history)
            }
            let watch = status.watch.flatMap { $0.inputsAsOf == job.asOf ? $0 : nil }
            let latest = watch?.windows.last { $0.drift.advice != .wait }
            guard let latest, schedule.answersDrift(latest.drift.advice, asOf: job.asOf) else { return }
            answerDrift(job, latest)
            if latest.drift.advice == .recentre {
                try recentre(job, latest, past: past, history: history)
                return
            }
        }
        let known = Set(history.map(\.asOf))
        history += try look(past, days: days.filter { !known.contains($0) })
        try keepRecord(job, past, history)
        let isCancelled: @Sendable () -> Bool = { [self] in self.isCancelled.load(ordering: .relaxed) }
        let bundle = try training.train(history, isCancelled: isCancelled)
        var challenge = try ChurnChallenge.judge(
            bundle, training, days: history, champion: champion, isCancelled: isCancelled)
        try checkCancellation()
        let bytes = bundle.encoded()
        let version = "churn-\(job.asOf)-\(ChurnModelBundle.digest(bytes).prefix(8))"
        let scorer = try ChurnScorer(version: version, bundle: bundle)
        try shelf?.write(bytes, as: version)
        let takes = try challenge.takes && putInForce(scorer, over: champion?.version)
        if challenge.takes, !takes { challenge = challenge.keptBack(keptBackReason) }
        state.withLock { [challenge] in $0.status.challenge = challenge }
        conclude(job, version: version, outcome: takes ? "taken" : "kept", statement: challenge.statement)
        emit(
            .churnTrained(
                version: version, rows: bundle.model.record.rows, isTaken: takes,
                seconds: MonotonicClock.seconds() - startedAt))
        shelf?.prune(keeping: ChurnTrainer.versionsMax, oldestFirst: shelf?.versions() ?? [])
        refreshVersions()
        try watch(past, history: history)
        // By the model that is in force now.
        if takes { try keepRecord(job, past, history) }
    }

    // MARK: The record

    /// Stands for all settings that decide what is said of risk on a day, and who has left.
    static func recordSettings(_ settings: PipelineSettings) -> String {
        let churn = settings.churn
        let text =
            "\(settings.assessor.rules.rules) \(settings.assessor.rules.levels) \(settings.assessor.health.settings) "
            + "\(settings.gold.lifecycle) \(settings.gold.revenue) \(churn.label.rawValue) \(churn.horizonDays) "
            + "\(churn.populationDays.map { String($0) } ?? "") \(churn.spacingDays) \(churn.snapshotsMax)"
        return String(ChurnDay.customerHash(text), radix: 16)
    }

    /// Whether another window is over since the record was made, or it was made by other settings.
    private func isRecordDue(_ job: ChurnJob, _ days: [Day]) -> Bool {
        guard let record = status.record,
            !record.isOutdated(
                settings: ChurnTrainer.recordSettings(job.settings), records: job.silver.recordCount),
            let latest = record.windows.last?.day, let day = days.first
        else { return true }
        return latest.days(to: day) >= job.settings.churn.spacingDays || latest > day
    }

    private func keepRecord(_ job: ChurnJob, _ past: ChurnPast, _ history: [ChurnDay]) throws {
        let scorer = status.scorer.flatMap { answers($0, past) ? $0 : nil }
        let record = try RiskRecord.make(
            days: history, horizonDays: past.horizonDays, settings: ChurnTrainer.recordSettings(job.settings),
            records: job.silver.recordCount, scorer: scorer)
        let (before, listener) = state.withLock { state in
            defer { state.status.record = record }
            return (state.status.record, state.listener)
        }
        guard before != record else { return }
        // It follows from the data: where it cannot be written it is made again after the next start.
        try? shelf?.keep(record: record.text)
        if before?.shares != record.shares { listener?.onModel() }
    }

    /// Whether a model foretells what the past was asked for.
    private func answers(_ scorer: ChurnScorer, _ past: ChurnPast) -> Bool {
        let definition = scorer.bundle.model.labelDefinition
        return definition.kind.rawValue == past.kind.rawValue && definition.horizonDays == past.horizonDays
    }

    /// Whether a challenger is trained whatever the model in force does: a month after the last one, where it can be judged;
    /// and when the question has changed.
    private func isTrainingDue(
        _ schedule: ChurnSchedule, _ champion: ChurnChallenge.Champion?, _ training: ChurnTraining, _ days: [Day],
        records: Int
    ) -> Bool {
        guard let champion else { return schedule.isTrainingDue(asOf: training.trainedOn, records: records) }
        guard champion.answers(training) else { return schedule.mayTrain(asOf: training.trainedOn) }
        return schedule.isTrainingDue(asOf: training.trainedOn, records: records) && champion.judgedOn(days) != nil
    }

    /// Drift is acted upon: said before that is done, so that it is known even if it does not end.
    private func answerDrift(_ job: ChurnJob, _ window: ChurnWatch.Window) {
        let version = status.scorer?.version ?? ""
        let call = window.drift.advice == .recentre ? "calls for another base rate" : "calls for a challenger"
        let note = ModelShelf.Note(
            at: now(), version: version, outcome: ChurnTrainer.driftOutcome, asOf: job.asOf,
            statement: "the window from \(window.day) \(call): \(window.drift.statement)")
        try? shelf?.note(note)
        state.withLock { state in
            state.schedule.driftAnsweredOn = job.asOf
            state.status.last = note
        }
        emit(.churnDrifted(day: window.day, advice: window.drift.advice.rawValue))
    }

    /// Puts the model in force with the base rate of a window that is over. No challenger is trained for that: it could
    /// not be judged on the only window that shows the new level.
    private func recentre(
        _ job: ChurnJob, _ window: ChurnWatch.Window, past: ChurnPast, history: [ChurnDay]
    ) throws {
        guard let champion = status.scorer, let day = history.first(where: { $0.asOf == window.day }),
            let bundle = try champion.bundle.recentred(on: day)
        else { return }
        try checkCancellation()
        let bytes = bundle.encoded()
        let version = "churn-\(job.asOf)-\(ChurnModelBundle.digest(bytes).prefix(8))"
        let scorer = try ChurnScorer(version: version, bundle: bundle)
        try shelf?.write(bytes, as: version)
        let takes = try putInForce(scorer, over: champion.version)
        let statement =
            "\(champion.version) with the base rate of the window from \(window.day), in which "
            + "\(window.drift.report.positives) of \(window.drift.report.rows) clients churned"
        let note = ModelShelf.Note(
            at: now(), version: version, outcome: takes ? ChurnTrainer.recentredOutcome : "kept", asOf: job.asOf,
            statement: takes ? statement : "kept back: \(keptBackReason); otherwise: \(statement)")
        try? shelf?.note(note)
        state.withLock { $0.status.last = note }
        shelf?.prune(keeping: ChurnTrainer.versionsMax, oldestFirst: shelf?.versions() ?? [])
        refreshVersions()
        try watch(past, history: history)
    }

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
            if outcome != "cancelled" { state.schedule.triedOn = job.asOf }
            state.schedule.refusedWith = outcome == "refused" ? job.silver.recordCount : nil
        }
    }

    /// What a training came to, unless an operator has chosen what is in force, before or meanwhile.
    /// - Parameter champion: the version it was judged against.
    /// - Returns: whether it is in force now.
    private func putInForce(_ scorer: ChurnScorer, over champion: String?) throws -> Bool {
        try deciding.withLock { _ in
            let status = status
            guard !status.inForce.isChosen, status.scorer?.version == champion else { return false }
            try decide(scorer, ModelShelf.InForce(version: scorer.version, isChosen: false))
            return true
        }
    }

    private var keptBackReason: String {
        let inForce = status.inForce
        guard inForce.isChosen else { return "another model was put in force meanwhile" }
        return "an operator chose \(inForce.version ?? "the rules") (aurac churn model use --auto takes that back)"
    }

    /// Only to be called while `deciding` is held.
    func decide(_ scorer: ChurnScorer?, _ inForce: ModelShelf.InForce) throws {
        try shelf?.putInForce(inForce)
        let listener = state.withLock { state in
            if state.status.scorer?.version != scorer?.version { state.status.watch = nil }
            state.status.scorer = scorer
            state.status.inForce = inForce
            state.status.problem = nil
            return state.listener
        }
        listener?.onModel()
    }

    func refreshVersions() {
        let versions = shelf?.versions() ?? []
        state.withLock { $0.status.versions = versions }
    }

    // MARK: Drift

    /// Past days as they were.
    private func look(_ past: ChurnPast, days: [Day]) throws -> [ChurnDay] {
        var history: [ChurnDay] = []
        for day in days {
            try checkCancellation()
            history.append(past.day(day))
        }
        return history
    }

    private func watch(_ past: ChurnPast, history: [ChurnDay]) throws {
        guard let scorer = status.scorer, answers(scorer, past) else { return }
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
