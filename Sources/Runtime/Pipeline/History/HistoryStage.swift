import Assessment
import Gold
import HealthScore
import Inbox
import Records
import Schedule
public import Snapshots
import Store

extension Stage {
    /// Making the past of the clients' health, in the background when new data has come to rest.
    static let history = Stage("history")
}

/// Keeps the past of the clients' health complete, and published.
final class HistoryStage: PipelineStage {
    /// What `gold.db` shows of the past.
    private enum Published: Equatable {
        case unknown
        /// None, because none is wanted.
        case none
        /// That of a generation.
        case snapshot(String)
    }

    static let name = Stage.history
    static let leavesMemory = true
    unowned let core: PipelineCore
    let worker = HistoryWorker()
    private var published = Published.unknown
    /// Days and time of the passes since the past was last complete.
    private var daysMade = 0
    private var seconds = 0.0

    /// With drops coming all the time the past is made all the same, so often, between two loads.
    private static let patience = 300.0

    static func isOff(_ settings: PipelineSettings) -> Bool { settings.history.weeks == 0 }

    init(_ core: PipelineCore) {
        self.core = core
        worker.listen { [weak queue = core.queue] outcome in queue?.async { $0[HistoryStage.self].adopt(outcome) } }
    }

    var workers: [any StageWorker] { [worker] }

    var quiet: Quiet? { Quiet(seconds: Double(settings.history.quietSeconds), patience: HistoryStage.patience) }

    func settingsDidChange() { published = .unknown }

    /// `gold.db` is empty, or what it holds is not known.
    func publicationIsGone() { published = .unknown }

    func willLoad() { worker.pause() }

    /// What still holds of the past of the generation before.
    func willServe(_ snapshot: Snapshot) {
        // What is being made is made of older data.
        worker.pause()
        guard settings.history.weeks > 0 else { return }
        let grid = HealthGrid.days(before: snapshot.asOf, weeks: settings.history.weeks)
        let health = settings.assessor.health.settings
        var history = HealthHistory(grid: grid)
        if let current = box.current, let book = current.healthHistoryBook {
            let earlier = book.current
            if !earlier.days.isEmpty, book.settings == health, current.settings == snapshot.settings {
                history = HealthHistory(
                    grid: grid, from: earlier, firstChanged: HealthChanges.firstDay(current.silver, snapshot.silver))
            }
        }
        snapshot.keep(HealthHistoryBook(history, settings: health))
    }

    func didServe(_ snapshot: Snapshot) { askIfDue(for: snapshot) }

    func didPublish(_ snapshot: Snapshot) { askIfDue(for: snapshot) }

    /// The past of what is served now, as soon as the data has come to rest. Where it is made and waits for its generation
    /// to be published there is nothing to do.
    /// - Parameter since: since when it has been waited for.
    private func askIfDue(for snapshot: Snapshot, since: Double = MonotonicClock.seconds()) {
        guard settings.history.weeks > 0 else { return withdrawPast() }
        guard let history = snapshot.healthHistory, !history.isComplete || isPublicationDue(snapshot) else {
            return withdraw()
        }
        ask(notBefore: since)
        if settings.history.quietSeconds == 0 { core.runIfDue(self) }
    }

    /// Gold shows a generation and not yet its past.
    private func isPublicationDue(_ snapshot: Snapshot) -> Bool {
        let publication = core[PublishStage.self]
        return publication.publisher != nil && publication.isPublished(snapshot) && published != .snapshot(snapshot.id)
    }

    /// No past is wanted any more: what was published of it goes.
    private func withdrawPast() {
        withdraw()
        guard published != .none, let publisher = core[PublishStage.self].publisher else { return }
        do {
            try publisher.withdrawHealthHistory()
            published = .none
        } catch {
            fail(error)
        }
    }

    func run() {
        guard let snapshot = box.current, let book = snapshot.healthHistoryBook else { return withdraw() }
        if book.current.isComplete { return publish(snapshot) }
        begin()
        worker.request(HistoryJob(snapshot: snapshot, health: settings.assessor.health, book: book))
    }

    /// A pass has ended.
    private func adopt(_ outcome: HistoryWorker.Outcome) {
        daysMade += outcome.daysMade
        seconds += outcome.seconds
        end()
        guard let snapshot = box.current, let history = snapshot.healthHistory else { return }
        guard history.isComplete else {
            // Goes on where it was when the data is at rest again.
            return askIfDue(for: snapshot, since: lastRun?.dueAt ?? MonotonicClock.seconds())
        }
        if daysMade > 0 {
            emit(.historyMade(days: daysMade, customers: snapshot.count, seconds: seconds))
            daysMade = 0
            seconds = 0
        }
        publish(snapshot)
    }

    /// Where gold shows this generation its past follows; days that are there already are not written again.
    private func publish(_ snapshot: Snapshot) {
        withdraw()
        guard isPublicationDue(snapshot), let publisher = core[PublishStage.self].publisher else { return }
        do {
            // A drop need not wait for it.
            let isDone = try publisher.publishHealthHistory(of: snapshot) { [watcher = core.watcher, interrupt] in
                interrupt.isStopping || watcher.counts.settled > 0
            }
            guard isDone else { return ask() }
            published = .snapshot(snapshot.id)
            succeeded()
        } catch {
            fail(error)
            // The next publication finds the damage too, and begins a new file.
            if StoreError.isDamage(error) { board.update { $0.publishedSnapshot = nil } }
            ask(notBefore: MonotonicClock.seconds() + PublishStage.retrySeconds)
        }
    }

    /// Points that are served, against the whole gold of their day: the oldest day and one that the name of the
    /// generation picks.
    func check() -> [VerificationCheck] {
        guard let snapshot = box.current, !core.isStale, let days = snapshot.healthHistory?.days,
            let oldest = days.first
        else { return [] }
        let picked = days[Int(snapshot.id.utf8.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }) % days.count]
        var points = 0
        var wrong = 0
        for day in picked === oldest ? [oldest] : [oldest, picked] {
            let gold = GoldRefinery.refine(snapshot.silver, asOf: day.day, settings: snapshot.settings)
            let health = settings.assessor.assess(gold, silver: snapshot.silver).health
            points += day.clientCount
            wrong += abs(day.clientCount - gold.count)
            for (position, client) in gold.clients.enumerated()
            where day[Int(client)] != HealthPoint(score: health.score[position], level: health.level[position]) {
                wrong += 1
            }
        }
        return [
            VerificationCheck(
                name: "gold.history", isGood: wrong == 0,
                detail: wrong == 0
                    ? "\(points) points of health are those of their days"
                    : "\(wrong) of \(points) points of health are not those of their days")
        ]
    }
}

extension RiverPipeline {
    /// Makes all that is missing of a generation's past; for a caller on a thread that may wait.
    /// - Returns: false when the time was too short; what was made stays.
    public func completeHealthHistory(of snapshot: Snapshot, isExpired: () -> Bool) -> Bool {
        guard let book = snapshot.healthHistoryBook else { return true }
        return histories.complete(
            HistoryJob(snapshot: snapshot, health: HealthModel(settings: book.settings), book: book),
            isExpired: isExpired)
    }
}
