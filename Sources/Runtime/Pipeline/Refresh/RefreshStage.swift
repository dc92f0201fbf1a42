import Gold
import Records
import Schedule
import Silver
import Snapshots
import Standings
import Store

extension Stage {
    /// Deriving everything that depends on the day or on new data.
    static let refresh = Stage("refresh")
}

/// Derives what is served from silver, and puts it in force. It is worked out in memory alone: nothing in it can fail; the
/// end of the daemon cuts it short.
final class RefreshStage: PipelineStage {
    static let name = Stage.refresh
    static let leavesMemory = true
    unowned let core: PipelineCore
    /// The number of the generation in force.
    private var generation: UInt64 = 0
    /// The past of all clients as the generation in force has it.
    private var history: ClientHistory?
    /// Where they stand in it.
    private var standings: StandingsRefinery.Carried?
    /// Seconds the last one took until it was served.
    private var seconds = 0.0

    init(_ core: PipelineCore) { self.core = core }

    static func interval(_ settings: PipelineSettings) -> Double? { settings.refreshInterval }

    /// The day has changed.
    func tend() {
        if box.current.map({ asOfDay() != $0.asOf }) ?? false { run() }
    }

    /// While drops keep coming, what is served is renewed now and then, in a small part of the time.
    func runIfWorthwhile() {
        guard core.isStale else { return }
        // The last one may have been of few clients: a refresh takes some two microseconds a client at least.
        let expectedSeconds = max(seconds, 2e-6 * Double(core.state.tables.clients.count))
        if MonotonicClock.seconds() - (lastRun?.endedAt ?? -.infinity) > max(15, 30 * expectedSeconds) { run() }
    }

    /// The day everything is derived as of; nil before there is any data to take it from.
    private func asOfDay() -> Day? {
        switch settings.asOf {
        case .clock: now().day
        case .day(let day): day
        case .data: core.state.tables.lastDay
        }
    }

    func run() {
        let startedAt = MonotonicClock.seconds()
        begin()
        defer { end() }
        let tables = core.state.tables
        guard tables.clients.knownCount > 0 || tables.lastDay != nil, let asOf = asOfDay() else {
            // There is nothing to derive: the answers say so, which is all that they can say of what was loaded.
            settle()
            return
        }
        board.update { if $0.progress != nil { $0.progress?.phase = .refine } }
        generation += 1
        let interrupt = interrupt
        let made = SnapshotMaker.advance(
            silver: tables, asOf: asOf, settings: settings, generation: generation, previous: box.current,
            history: &history, standings: &standings, risk: core[TrainStage.self].trainer.riskSources(asOf: asOf)
        ) { !interrupt.isStopping }
        guard let snapshot = made else { return }
        let notice = history.flatMap { LoginNotice.text(LoginMeasurement($0, asOf: asOf), tables, settings.gold) }
        note(notice, LoginNotice.code)
        note(StandingNotice.feeds(snapshot.standings), StandingNotice.feedCode)
        note(StandingNotice.recurrence(snapshot.standings), StandingNotice.recurrenceCode)
        noteCutAmounts(snapshot)
        snapshot.prepareOrders(after: box.current)
        for stage in core.stages { stage.willServe(snapshot) }
        // What was kept for answers of other days goes by the past of the generation that goes.
        let earlierDays = box.current?.healthHistory?.days.count ?? 0
        let isPastOutdated = snapshot.healthHistory.map { $0.days.count < earlierDays } ?? false
        places.publisher?.note(snapshot, after: box.current)
        box.publish(snapshot, at: MonotonicClock.seconds())
        if isPastOutdated { box.clearKeptHistories() }
        seconds = MonotonicClock.seconds() - startedAt
        emit(.refreshed(snapshot: snapshot.id, asOf: asOf, customers: snapshot.count, seconds: seconds))
        settle()
        tellUnknownOwners()
        for stage in core.stages { stage.didServe(snapshot) }
    }

    /// Names under `owner:` that no client has: a misspelt one would leave somebody without clients, and nobody would know.
    private func tellUnknownOwners() {
        let unknown = OwnerNotice.unknown(settings.ownerNames, core.state.tables.clients)
        let before = board.current.unknownOwners
        board.update { $0.unknownOwners = unknown }
        if !unknown.isEmpty, unknown != before { emit(.ownersUnknown(count: unknown.count)) }
        note(OwnerNotice.text(unknown, areHidden: settings.ownerIsContact), OwnerNotice.code)
    }

    /// Shows a notice while there is something to be said.
    private func note(_ text: String?, _ code: String) {
        if let text { board.raise(code, text, at: now()) } else { board.clear(code) }
    }

    /// Says so where figures of the generation may be cut.
    private func noteCutAmounts(_ snapshot: Snapshot) {
        guard snapshot.cutsAmounts else { return board.clear("amounts_cut") }
        board.raise(
            "amounts_cut",
            "amounts in \(snapshot.baseCurrency) are larger than can be added up, so that sums of money are too small; "
                + "check the rates of the file that fx names and the amounts of the transactions",
            at: now())
    }

    /// Notes what the generation that was put in force has.
    private func settle() {
        core.isStale = false
        let waits = core[IntakeStage.self].isWaiting
        board.update { status in
            status.isSettled = !waits
            status.unservedDrops.removeAll()
        }
    }
}
