import Assessment
import Gold
import HealthScore
import Inbox
import Records
import Schedule
public import Snapshots
import Store

/// What the pipeline knows of the past of the clients' health, beside the days themselves.
struct HistoryState {
    /// Since when a past is wanted that is not made or not published; nil when all is done.
    var askedAt: Double?
    /// The generation whose past `gold.db` shows.
    var publishedSnapshot: String?
    /// `gold.db` shows no past, because none is wanted.
    var isWithdrawn = false
    /// Days and time of the passes since the past was last complete.
    var daysMade = 0
    var seconds = 0.0
}

extension PipelineCore {
    /// Before a generation is put in force: what still holds of the past of the one before.
    /// - Returns: whether something does not.
    func inheritHistory(_ snapshot: Snapshot) -> Bool {
        // What is being made is made of older data.
        historyStage.pause()
        guard settings.history.weeks > 0 else { return false }
        let grid = HealthGrid.days(before: snapshot.asOf, weeks: settings.history.weeks)
        let health = settings.assessor.health.settings
        guard let current = box.current, let book = current.healthHistoryBook else {
            snapshot.keep(HealthHistoryBook(HealthHistory(grid: grid), settings: health))
            return false
        }
        let earlier = book.current
        var history = HealthHistory(grid: grid)
        if !earlier.days.isEmpty, book.settings == health, current.settings == snapshot.settings {
            history = HealthHistory(
                grid: grid, from: earlier, firstChanged: HealthChanges.firstDay(current.silver, snapshot.silver))
        }
        snapshot.keep(HealthHistoryBook(history, settings: health))
        return history.days.count < earlier.days.count
    }

    /// After a refresh: the past of what is served now, as soon as the data has come to rest.
    func requestHistory() {
        guard settings.history.weeks > 0 else {
            withdrawHistory()
            return
        }
        guard let snapshot = box.current, isHistoryDue(snapshot) else {
            historyState.askedAt = nil
            return
        }
        if historyState.askedAt == nil { historyState.askedAt = MonotonicClock.seconds() }
        board.update { $0.clock.request(.history, notBefore: MonotonicClock.seconds()) }
        if settings.history.quietSeconds == 0 { makeHistoryWhenQuiet() }
    }

    /// Something of a generation's past is not made, or not published where the generation is.
    private func isHistoryDue(_ snapshot: Snapshot) -> Bool {
        guard let history = snapshot.healthHistory else { return false }
        return !history.isComplete || isHistoryPublicationDue(snapshot)
    }

    private func isHistoryPublicationDue(_ snapshot: Snapshot) -> Bool {
        settings.publishesGold && places.publisher != nil && historyState.publishedSnapshot != snapshot.id
    }

    /// No past is wanted any more: what was published of it goes.
    private func withdrawHistory() {
        historyState.askedAt = nil
        board.update { $0.clock.withdraw(.history) }
        guard settings.publishesGold, !historyState.isWithdrawn, let publisher = places.publisher else { return }
        do {
            try publisher.withdrawHealthHistory()
            historyState.isWithdrawn = true
            historyState.publishedSnapshot = nil
        } catch {
            fail("history", error)
        }
    }

    /// With drops coming all the time the past is made all the same, so often, between two loads.
    private static let historyPatience = 300.0

    func makeHistoryWhenQuiet() {
        let now = MonotonicClock.seconds()
        guard let snapshot = box.current, let book = snapshot.healthHistoryBook, let askedAt = historyState.askedAt,
            board.current.isSettled
        else { return }
        let quiet = Double(settings.history.quietSeconds)
        guard now - lastLoadAt >= quiet || now - askedAt >= PipelineCore.historyPatience else { return }
        if book.current.isComplete {
            publishHistory(snapshot)
            return
        }
        board.update { $0.clock.begin(.history, at: now) }
        historyStage.request(HistoryJob(snapshot: snapshot, health: settings.assessor.health, book: book))
    }

    /// A pass has ended.
    func adoptHistory(_ outcome: HistoryStage.Outcome) {
        historyState.daysMade += outcome.daysMade
        historyState.seconds += outcome.seconds
        board.update { $0.clock.end(.history, at: MonotonicClock.seconds(), failed: false) }
        guard let snapshot = box.current, let history = snapshot.healthHistory else { return }
        guard history.isComplete else {
            // Goes on where it was when the data is at rest again.
            requestHistory()
            return
        }
        if historyState.daysMade > 0 {
            emit(
                .historyMade(
                    days: historyState.daysMade, customers: snapshot.count, seconds: historyState.seconds))
            historyState.daysMade = 0
            historyState.seconds = 0
        }
        publishHistory(snapshot)
    }

    /// Where gold shows this generation its past follows; days that are there already are not written again.
    private func publishHistory(_ snapshot: Snapshot) {
        guard isHistoryPublicationDue(snapshot), let publisher = places.publisher else {
            historyState.askedAt = nil
            board.update { $0.clock.withdraw(.history) }
            return
        }
        // It comes to that as soon as gold is published.
        guard board.current.publishedSnapshot == snapshot.id else {
            board.update { $0.clock.request(.history, notBefore: MonotonicClock.seconds() + 0.5) }
            return
        }
        do {
            // A drop need not wait for it.
            let isDone = try publisher.publishHealthHistory(of: snapshot) { [watcher, interrupt] in
                interrupt.isStopping || watcher.counts.settled > 0
            }
            guard isDone else {
                board.update { $0.clock.request(.history, notBefore: MonotonicClock.seconds()) }
                return
            }
            historyState.publishedSnapshot = snapshot.id
            historyState.isWithdrawn = false
            historyState.askedAt = nil
            board.update { $0.clock.withdraw(.history) }
            board.clear("history_failed")
        } catch {
            fail("history", error)
            // The next publication finds the damage too, and begins a new file.
            if StoreError.isDamage(error) { board.update { $0.publishedSnapshot = nil } }
            let next = MonotonicClock.seconds() + PipelineCore.publishRetrySeconds
            board.update {
                $0.clock.withdraw(.history)
                $0.clock.request(.history, notBefore: next)
            }
        }
    }

    /// Points that are served, against the whole gold of their day: the oldest day and one that the name of the
    /// generation picks.
    func historyCheck() -> [VerificationCheck] {
        guard let snapshot = box.current, !isStale, let days = snapshot.healthHistory?.days, let oldest = days.first
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
        return historyStage.complete(
            HistoryJob(snapshot: snapshot, health: HealthModel(settings: book.settings), book: book),
            isExpired: isExpired)
    }
}
