import Gold
import Inbox
import Records
import Schedule
import Silver
import Snapshots
import Store
import Synchronization

/// What the pipeline does, step by step; only ever called on its queue.
final class PipelineCore {
    private(set) var places: RiverPipeline.Places
    var settings: PipelineSettings
    let watcher: InboxWatcher
    let box: SnapshotBox
    let board: StatusBoard
    let forecasts: ForecastStage
    let historyStage: HistoryStage
    let churn: ChurnStage
    let explanations: ExplanationStage
    let originals: OriginalsStage
    let now: @Sendable () -> Instant
    let emit: @Sendable (PipelineEvent) -> Void
    let interrupt: LoadInterrupt
    /// How long a file has to stay as it is before it counts as complete.
    let settleSeconds: Double
    /// Milliseconds on the monotonic clock.
    let lastHeartbeat: Atomic<Int>
    var state = SilverState()
    var claimed: [Int64: ClaimedDrop] = [:]
    /// Those of them that could not be loaded and are tried again later.
    var postponed: [Int64: PostponedDrop] = [:]
    /// Drops that were claimed and are not in the ledger yet.
    var unentered: [ClaimedEntry] = []
    /// What lies in an inbox and cannot be taken over, and why.
    var leftBehind: [SettledName: FileError] = [:]
    /// What a crash left among the claimed files could not be taken up yet: the disk was full.
    var isRecoveryDue = true
    /// The journal of loads and the ledger have not been brought together yet, for the same reason.
    var isJournalDue = true
    var generation: UInt64 = 0
    /// The past of all clients as the generation in force has it.
    var history: ClientHistory?
    /// Something was loaded that the snapshot does not show yet.
    var isStale = true
    private(set) lazy var loader = makeLoader(places.store)
    /// What the journal of loads has and the ledger lacks, because an older ledger was put back.
    var aheadRecords: [(record: LoadRecord, end: LoadJournal.Position)] = []
    /// Originals that were last found not to be what the ledger says, by hash.
    var lostOriginals: [String: OriginalsReport.Finding] = [:]
    /// Seconds the last refresh and publication took, and when the publication ended.
    var refreshSeconds = 0.0
    var publishSeconds = 0.0
    /// Since when forecasts of newer data are wanted; nil when they are made.
    var forecastsAskedAt: Double?
    var historyState = HistoryState()
    var publishedAt = -Double.infinity
    var lastRefreshAt = -Double.infinity
    /// No load is tried before this time: the disk was full.
    var blockedUntil = -Double.infinity
    var needsCheckpoint = false
    /// When the last group of drops was loaded: every original has lain in bronze at least since then.
    var lastLoadAt = -Double.infinity
    var memoryGivenBackAt = -Double.infinity

    /// Drops that are claimed before others are loaded: enough to fill a group, few enough to be found again quickly.
    static let claimedMax = 2000
    static let groupBytesMax = 4 << 30
    static let diskFullPause = 5.0
    static let publishRetrySeconds = 30.0

    init(
        places: RiverPipeline.Places, settings: PipelineSettings, watcher: InboxWatcher, box: SnapshotBox,
        board: StatusBoard, interrupt: LoadInterrupt, settleSeconds: Double, forecasts: ForecastStage,
        historyStage: HistoryStage,
        churn: ChurnStage, now: @escaping @Sendable () -> Instant, emit: @escaping @Sendable (PipelineEvent) -> Void
    ) {
        self.places = places
        self.settings = settings
        self.watcher = watcher
        self.box = box
        self.board = board
        self.interrupt = interrupt
        self.settleSeconds = settleSeconds
        self.forecasts = forecasts
        self.historyStage = historyStage
        self.churn = churn
        explanations = ExplanationStage(box: box)
        originals = OriginalsStage(archive: places.archive)
        self.now = now
        self.emit = emit
        lastHeartbeat = Atomic(Int(MonotonicClock.seconds() * 1000))
        board.setSettings(settings)
    }

    /// - Parameter store: where it stores what it loads.
    func makeLoader(_ store: SilverStore) -> DropLoader {
        let claims = places.claims
        return DropLoader(
            store: store, folders: places.folders, archive: places.archive, quarantine: places.quarantine,
            board: board, interrupt: interrupt,
            putBack: { [watcher] drop in
                watcher.expectPutBack(drop.name, in: drop.category)
                return (try? claims.putBack(drop)) ?? false
            }, settleCancelled: { [unowned self] in settleCancelled(besides: $0) }, emit: emit)
    }

    static func clock(_ settings: PipelineSettings, startedAt: Double) -> StageClock {
        StageClock(
            intervals: [
                .intake: .init(seconds: settings.intakeInterval), .refresh: .init(seconds: settings.refreshInterval),
                .publish: .init(seconds: nil), .archive: .init(seconds: settings.archiveInterval),
                .verify: .init(seconds: settings.verifyInterval), .train: .init(seconds: settings.trainInterval),
            ], startedAt: startedAt)
    }

    // MARK: Life

    func open(rebuild: Bool) throws {
        let interrupt = interrupt
        do {
            // What an interrupted rebuild has left is of no use: nothing was changed.
            try places.store.removeSuccessor()
            let rebuilds = try rebuild || isRebuildCutShort()
            try alignJournalOrWait(rebuilds: rebuilds)
            if rebuilds {
                try self.rebuild()
            } else {
                state = try places.store.readState { interrupt.isStopping }
            }
        } catch {
            throw interrupt.isStopping ? PipelineStopped() : error
        }
        try places.folders.removeUploads()
        // Where older versions wrote what came over the socket.
        try places.folders.removeFromInboxes(prefix: UploadName.prefix)
        do {
            try recover()
        } catch {
            guard let text = fullDisk(error) else { throw error }
            diskIsFull(text)
        }
        try checkStop()
        churn.open()
        tellModelProblem()
        board.update { $0.publishedSnapshot = nil }
        try planVerification()
        if places.publisher?.wasDamaged ?? false { publicationWasDamaged() }
        let published = try places.publisher?.publishedSnapshot()
        board.update { $0.publishedSnapshot = published }
        refresh()
    }

    /// - Throws: ``PipelineStopped`` when the daemon is to end.
    func checkStop() throws {
        if interrupt.isStopping { throw PipelineStopped() }
    }

    func close() {
        churn.stop()
        explanations.stop()
        originals.stop()
        try? places.store.checkpoint()
    }

    func reload(_ new: PipelineSettings) {
        settings = new
        historyState.publishedSnapshot = nil
        if new.publishesGold { openPublisher() }
        let dropsForecasts = !new.forecasts.keepsForecasts && box.current?.forecasts != nil
        if !new.forecasts.keepsForecasts { forgetForecasts() }
        board.setSettings(new)
        board.update { status in
            // What was put off by the former settings is put off by these.
            for stage in [Stage.publish, .train] { status.clock.withdraw(stage) }
            if new.archiveInterval != nil {
                status.clock.request(.archive, notBefore: MonotonicClock.seconds())
            } else {
                status.clock.withdraw(.archive)
            }
            status.clock.set(.init(seconds: new.intakeInterval), for: .intake)
            status.clock.set(.init(seconds: new.refreshInterval), for: .refresh)
            status.clock.set(.init(seconds: new.archiveInterval), for: .archive)
            status.clock.set(.init(seconds: new.verifyInterval), for: .verify)
            status.clock.set(.init(seconds: new.trainInterval), for: .train)
        }
        refresh()
        // Where nothing else has changed gold is not published anew, and would go on showing them.
        if dropsForecasts, let current = box.current { publishForecasts(current) }
    }

    /// Gold was not published so far.
    private func openPublisher() {
        guard places.publisher == nil else { return }
        do {
            let publisher = try places.openPublisher()
            let published = try publisher.publishedSnapshot()
            places.publisher = publisher
            board.update { $0.publishedSnapshot = published }
        } catch {
            fail("publish", error)
        }
    }

    // MARK: Running stages

    func tick() {
        lastHeartbeat.store(Int(MonotonicClock.seconds() * 1000), ordering: .relaxed)
        for stage in board.current.clock.due(at: MonotonicClock.seconds()) {
            if interrupt.isStopping { return }
            switch stage {
            case .intake: intake()
            case .refresh: refresh()
            case .publish: publishOrTryAgain()
            case .archive: run(.archive) { try compressOne() }
            case .verify: verifyByItself()
            case .forecast: makeForecastsWhenQuiet()
            case .history: makeHistoryWhenQuiet()
            case .train: train()
            }
        }
        if interrupt.isStopping { return }
        if box.current.map({ asOfDay() != $0.asOf }) ?? false { refresh() }
        if needsCheckpoint, board.current.isSettled { checkpoint() }
        prepareExplanationsWhenQuiet()
        giveMemoryBackWhenQuiet()
    }

    /// Publishes; what went wrong, such as a full disk, is tried again a little later.
    private func publishOrTryAgain() {
        run(.publish) { try publish() }
        guard let snapshot = box.current, settings.publishesGold, places.publisher != nil,
            board.current.publishedSnapshot != snapshot.id
        else { return }
        let next = MonotonicClock.seconds() + PipelineCore.publishRetrySeconds
        board.update { $0.clock.request(.publish, notBefore: next) }
    }

    /// Runs a stage and notes when, how long and whether it went well.
    func run(_ stage: Stage, _ body: () throws -> Void) {
        board.update { $0.clock.begin(stage, at: MonotonicClock.seconds()) }
        var failed = false
        do {
            try body()
        } catch {
            // What a stop cuts short has not failed: the next start does it.
            failed = !interrupt.isStopping
            if failed { fail(stage.rawValue, error) }
        }
        board.update { $0.clock.end(stage, at: MonotonicClock.seconds(), failed: failed) }
    }

    func fail(_ stage: String, _ error: any Error) {
        board.raise("\(stage)_failed", "\(stage): \(error)", at: now())
        // What went wrong in words may name files of clients; the log gets stage and code, the status the rest.
        emit(.failed(stage: stage, code: FailureCode(of: error)))
    }

    func runEverything() throws {
        intake()
        try checkStop()
        refresh()
        try checkStop()
        try publish()
        checkpoint()
    }

    func checkpoint() {
        needsCheckpoint = false
        do { try places.store.checkpoint() } catch { fail("checkpoint", error) }
    }

    /// The day everything is derived as of; nil before there is any data to take it from.
    func asOfDay() -> Day? {
        switch settings.asOf {
        case .clock: now().day
        case .day(let day): day
        case .data: state.tables.lastDay
        }
    }

    /// Derives what is served from silver, and puts it in force. It is worked out in memory alone: nothing in it can fail.
    func refresh() {
        let startedAt = MonotonicClock.seconds()
        board.update { $0.clock.begin(.refresh, at: startedAt) }
        defer {
            lastRefreshAt = MonotonicClock.seconds()
            board.update { $0.clock.end(.refresh, at: MonotonicClock.seconds(), failed: false) }
        }
        guard state.tables.clients.knownCount > 0 || state.tables.lastDay != nil, let asOf = asOfDay() else {
            // There is nothing to derive: the answers say so, which is all that they can say of what was loaded.
            isStale = false
            settle()
            return
        }
        board.update { if $0.progress != nil { $0.progress?.phase = .refine } }
        generation += 1
        let snapshot = SnapshotMaker.advance(
            silver: state.tables, asOf: asOf, settings: settings, generation: generation, previous: box.current,
            history: &history, churn: churn.scorer(asOf: asOf))
        snapshot.prepareOrders(after: box.current)
        inheritForecasts(snapshot)
        let hasOutdatedHistory = inheritHistory(snapshot)
        box.publish(snapshot)
        if hasOutdatedHistory { box.clearKeptHistories() }
        refreshSeconds = MonotonicClock.seconds() - startedAt
        emit(.refreshed(snapshot: snapshot.id, asOf: asOf, customers: snapshot.count, seconds: refreshSeconds))
        isStale = false
        settle()
        requestPublication(snapshot)
        requestForecasts()
        requestHistory()
        requestTraining(asOf, state.tables)
    }

    /// Notes what the generation that was put in force has.
    private func settle() {
        let waits = isRecoveryDue || !unentered.isEmpty || !claimed.isEmpty || watcher.counts.settled > 0
        board.update { status in
            status.isSettled = !waits
            status.unservedDrops.removeAll()
        }
    }

    /// The first gold is published at once. What changes later follows when a burst of drops is over, and never so often
    /// that publishing takes more than a fiftieth of the time, unless that would be later than five minutes on.
    private func requestPublication(_ snapshot: Snapshot) {
        guard settings.publishesGold, places.publisher != nil, board.current.publishedSnapshot != snapshot.id else {
            return
        }
        let now = MonotonicClock.seconds()
        let burstEnd = publishSeconds > 0 ? now + min(30, 20 * publishSeconds) : now
        let earliest = max(burstEnd, publishedAt + max(settings.publishInterval, min(300, 50 * publishSeconds)))
        board.update { $0.clock.request(.publish, notBefore: earliest) }
    }

    func publish() throws {
        guard settings.publishesGold, let publisher = places.publisher, let snapshot = box.current,
            board.current.publishedSnapshot != snapshot.id
        else { return }
        let startedAt = MonotonicClock.seconds()
        let interrupt = interrupt
        do {
            try publisher.publish(snapshot) { interrupt.isStopping }
        } catch {
            guard StoreError.isDamage(error) else { throw error }
            try throwPublicationAway()
            try publisher.publish(snapshot) { interrupt.isStopping }
        }
        publishedAt = MonotonicClock.seconds()
        publishSeconds = publishedAt - startedAt
        board.update { $0.publishedSnapshot = snapshot.id }
        board.clear("publish_failed")
        emit(.published(snapshot: snapshot.id, seconds: publishSeconds))
    }

    /// `gold.db` is no whole database: an empty one takes its place, into which everything is published anew.
    private func throwPublicationAway() throws {
        try places.publisher?.replaceFile()
        publicationWasDamaged()
    }

    private func publicationWasDamaged() {
        emit(.publicationDamaged)
        historyState.publishedSnapshot = nil
        board.update { $0.publishedSnapshot = nil }
    }

    /// The same when nothing new is to be published.
    func publishAnew() throws {
        try throwPublicationAway()
        try publish()
        requestHistory()
    }

    /// Compresses one original that has lain long enough, in pieces so that a drop need not wait for it.
    func compressOne() throws {
        guard board.current.isSettled else { return }
        let earliest = lastLoadAt + settings.compressAfter
        guard MonotonicClock.seconds() >= earliest else {
            board.update { $0.clock.request(.archive, notBefore: earliest) }
            return
        }
        let step: Archive.PackingStep
        do throws(ArchiveError) {
            step = try places.archive.compressNext(budgetBytes: 64 << 20) { [watcher, interrupt] in
                interrupt.isStopping || watcher.counts.settled > 0
            }
        } catch {
            if case .damaged(let hash, let found) = error { try originalIsDamaged(hash, found: found) }
            throw error
        }
        switch step {
        case .idle: break
        case .paused: board.update { $0.clock.request(.archive, notBefore: MonotonicClock.seconds() + 0.5) }
        case .packed(_, let before, let after):
            emit(.compressed(bytesBefore: before, bytesAfter: after))
            board.update { $0.clock.request(.archive, notBefore: MonotonicClock.seconds() + 0.5) }
        }
    }
}
