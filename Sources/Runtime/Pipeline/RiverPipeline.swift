import Dispatch
import Glibc
public import Inbox
import Locks
public import Logging
public import Records
public import Schedule
import Silver
public import Snapshots
public import Store
import Synchronization

/// Drives the river: claims drops, loads them, derives what is served, publishes it, and tends the house when nothing
/// else is to be done. All of it happens on one queue, one thing after the other; others read the status and the
/// snapshot, and ask for things to be done.
public final class RiverPipeline: Sendable {
    /// The generation in force.
    public let box: SnapshotBox
    let queue = PipelineQueue()
    private let board: StatusBoard
    private let asOfLock = Guarded<Void>(())
    private let watcher: InboxWatcher
    private let desk = ForecastDesk()
    private let timer: TimerBox
    private let now: @Sendable () -> Instant
    private let stages: [any PipelineStage.Type]
    /// What stages have of it on threads of their own.
    private let workers: [any StageWorker]
    let churn: ChurnTrainer
    let histories: HistoryWorker
    private let originals: OriginalsWorker
    private let takes: WaitingTakes
    private let interrupt = LoadInterrupt()
    private let store: SilverStore
    /// Gives rejected rows back as they came.
    public let rejectedRows: RejectedRowsCopy

    /// A Dispatch source may be used from any thread; only its type does not say so.
    private final class TimerBox: @unchecked Sendable {
        let source: any DispatchSourceTimer

        init(_ source: any DispatchSourceTimer) { self.source = source }

        /// A source that was never activated must not be released: that is how a start ends that fails.
        deinit {
            source.cancel()
            source.activate()
        }
    }

    /// Where the pipeline finds and keeps things.
    public struct Places: Sendable {
        public var folders: StateFolders
        public var claims: Claims
        public var archive: Archive
        public var journal: LoadJournal
        public var quarantine: Quarantine
        public var store: SilverStore
        /// Where a damaged `aura.db` is kept that was set aside before a rebuild; nil when there was none.
        public var keptDatabase: String?
        /// Nil when gold is not published.
        public var publisher: GoldPublisher?
        /// Opens `gold.db`, for a reload that begins to publish.
        public var openPublisher: @Sendable () throws -> GoldPublisher
        /// The program and its version, for the files of models.
        public var program: String

        public init(
            folders: StateFolders, claims: Claims, archive: Archive, journal: LoadJournal, quarantine: Quarantine,
            store: SilverStore, keptDatabase: String? = nil, publisher: GoldPublisher?,
            openPublisher: @escaping @Sendable () throws -> GoldPublisher, program: String
        ) {
            self.folders = folders
            self.claims = claims
            self.archive = archive
            self.journal = journal
            self.quarantine = quarantine
            self.store = store
            self.keptDatabase = keptDatabase
            self.publisher = publisher
            self.openPublisher = openPublisher
            self.program = program
        }
    }

    /// - Parameters:
    ///   - now: the wall clock.
    ///   - emit: receives what happens, on the pipeline's queue.
    public convenience init(
        places: Places, settings: PipelineSettings, watcherSettings: InboxWatcher.Settings, box: SnapshotBox,
        logger: Logger, now: @escaping @Sendable () -> Instant, emit: @escaping @Sendable (PipelineEvent) -> Void
    ) {
        self.init(
            places: places, settings: settings, watcherSettings: watcherSettings, box: box, stages: PipelineStages.all,
            logger: logger, now: now, emit: emit)
    }

    /// - Parameter stages: those of the list, and perhaps more.
    init(
        places: Places, settings: PipelineSettings, watcherSettings: InboxWatcher.Settings, box: SnapshotBox,
        stages: [any PipelineStage.Type], logger: Logger, now: @escaping @Sendable () -> Instant,
        emit: @escaping @Sendable (PipelineEvent) -> Void
    ) {
        self.box = box
        self.now = now
        self.stages = stages
        store = places.store
        rejectedRows = RejectedRowsCopy(archive: places.archive, quarantine: places.quarantine)
        let board = StatusBoard(StageClock(stages.map { $0.name }, startedAt: MonotonicClock.seconds()))
        self.board = board
        // The watcher tells the core, the core asks the watcher: the knot is tied by a box that is filled below.
        let relay = Relay()
        let watcher = InboxWatcher(folders: places.folders, settings: watcherSettings, logger: logger) { notice in
            relay.send(notice)
        }
        self.watcher = watcher
        let core = PipelineCore(
            queue: queue, places: places, settings: settings, watcher: watcher, inboxSettings: watcherSettings,
            box: box, board: board, interrupt: interrupt, stages: stages, now: now, emit: emit)
        workers = core.stages.flatMap(\.workers)
        churn = core[TrainStage.self].trainer
        histories = core[HistoryStage.self].worker
        originals = core[VerifyStage.self].originals
        takes = core[IntakeStage.self].takes
        queue.set(core)
        let source = queue.makeTimer()
        source.schedule(deadline: .now() + 0.2, repeating: 0.5, leeway: .milliseconds(100))
        source.setEventHandler { [queue] in queue.tick() }
        timer = TimerBox(source)
        relay.set { [weak queue] notice in
            queue?.async { core in
                switch notice {
                case .settled, .watching: core[IntakeStage.self].run()
                case .trouble(let category, let error):
                    board.raise(
                        "inbox_\(category.rawValue)", "inbox/\(category.rawValue): \(error.logDescription)", at: now())
                case .healed(let category): board.clear("inbox_\(category.rawValue)")
                }
            }
        }
    }

    /// Passes the watcher's notices on once somebody listens.
    private final class Relay: Sendable {
        private let target = Guarded<(@Sendable (InboxWatcher.Notice) -> Void)?>(nil)

        func set(_ body: @escaping @Sendable (InboxWatcher.Notice) -> Void) { target.withLock { $0 = body } }

        func send(_ notice: InboxWatcher.Notice) {
            if let body = target.withLock({ $0 }) { body(notice) }
        }
    }

    /// Looks at what may keep the daemon from starting at all, as far as that is soon done. ``start(rebuild:)`` does so where
    /// it was not done before.
    public func prepare(rebuild: Bool) throws {
        try queue.sync { _ = try $0[IntakeStage.self].prepare(rebuild: rebuild) }
    }

    /// Reads silver, takes up what a crash left, serves the first generation, and begins to watch.
    /// - Parameter rebuild: derive silver anew from the originals first.
    public func start(rebuild: Bool) throws {
        try queue.sync { try $0.open(rebuild: rebuild) }
        watcher.start()
        timer.source.resume()
        queue.async { $0[IntakeStage.self].run() }
    }

    /// Ends whatever is being done, a start included, as soon as that is possible without harm: a load leaves no trace, and
    /// its drops wait for the next start. To be followed by ``stop()``.
    public func requestStop() { interrupt.requestStop() }

    /// Whether ``start(rebuild:)`` has failed for no other reason than that the daemon is to end.
    public static func isStop(_ error: any Error) -> Bool { error is PipelineStopped }

    /// Ends what is being done and stops. Drops that wait stay claimed for the next start.
    /// - Parameter seconds: how long to wait for the work at hand; nil waits for its end. What does not end by then is given
    ///   up like at a power cut, which harms nothing: the process is to end.
    /// - Returns: whether everything has ended.
    @discardableResult
    public func stop(within seconds: Double? = nil) async -> Bool {
        requestStop()
        watcher.stop()
        timer.source.cancel()
        for worker in workers { worker.stop() }
        return await withCheckedContinuation { continuation in
            let waiting = Guarded<CheckedContinuation<Bool, Never>?>(continuation)
            @Sendable func end(_ hasEnded: Bool) {
                waiting.withLock { waiting in
                    defer { waiting = nil }
                    return waiting
                }?.resume(returning: hasEnded)
            }
            queue.async { core in
                core.close()
                end(true)
            }
            if let seconds { DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { end(false) } }
        }
    }

    public var status: PipelineStatus { board.current }

    /// Whether the settings in force do without a stage.
    public func isOff(_ stage: Stage) -> Bool {
        guard let settings = board.settings else { return false }
        return stages.first { $0.name == stage }?.isOff(settings) ?? false
    }

    /// Says in the status what is wrong outside of the pipeline; nil takes it back.
    public func setProblem(_ code: String, _ text: String?) {
        if let text { board.raise(code, text, at: now()) } else { board.clear(code) }
    }

    /// Whether the pipeline's queue got round to working within the time given: the proof of life for a watchdog.
    public func isAlive(within seconds: Double) -> Bool {
        board.current.progress != nil || queue.secondsSinceBeat < seconds
    }

    /// Why new settings cannot come into force with what is stored; nil when they can.
    public func objection(to settings: PipelineSettings) -> StateProblem? {
        box.current.flatMap { PipelineCore.rateProblem(settings, $0.silver) }
    }

    /// Takes new settings into force: what they change is derived anew.
    /// - Parameter done: called on the pipeline's queue when that has happened.
    public func reload(
        _ settings: PipelineSettings, watcherSettings: InboxWatcher.Settings, done: @escaping @Sendable () -> Void = {}
    ) {
        queue.async { core in
            core.reload(settings, watcherSettings)
            done()
        }
    }

    /// Runs intake, refresh and publication now.
    public func refresh() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { core in continuation.resume(with: Result { try core.runEverything() }) }
        }
    }

    /// The same for a caller on a thread that may wait.
    public func refreshAndWait() throws {
        try queue.sync { try $0.runEverything() }
    }

    /// The reason in the ledger of a drop that was cancelled.
    public static let cancelledReason = Refusal.cancelled.text

    /// Ends a drop that waits or is being loaded; nothing of it is taken, and its file goes to the quarantine. For a thread
    /// that may wait.
    /// - Parameter patience: how long to wait for that to have happened.
    /// - Returns: the ledger's entry then; nil when there is none (any more). What had come to its end before stays so.
    public func cancel(_ id: Int64, patience: Duration) throws -> LedgerEntry? {
        let end = ContinuousClock.now + patience
        var isAsked = false
        while true {
            guard let entry = try store.drop(id) else {
                if isAsked { interrupt.forget(id) }
                return nil
            }
            guard entry.state == .queued || entry.state == .loading, ContinuousClock.now < end else { return entry }
            if !isAsked {
                isAsked = true
                interrupt.cancel(id)
                queue.async { $0[IntakeStage.self].settleCancelled(besides: []) }
            }
            // The pipeline looks up between blocks.
            usleep(20_000)
        }
    }

    /// Whether something came to nothing because the disk is full.
    public static func isDiskFull(_ error: any Error) -> Bool { IntakeStage.fullDisk(error) != nil }

    /// A file that came over the socket found no room.
    /// - Parameter bytes: what it needed.
    public func uploadFoundNoRoom(bytes: Int) {
        queue.async { $0[IntakeStage.self].uploadFoundNoRoom(bytes: bytes) }
    }

    public func requestRefresh() { queue.async { try? $0.runEverything() } }

    /// Checks originals, journal, ledger, silver and gold against each other; on a thread that may wait. The originals are
    /// read on it, while the queue goes on with its work.
    /// - Parameter whole: reads every original; otherwise the folder is listed.
    public func verify(whole: Bool) throws -> Verification {
        let request = try queue.sync { try $0[VerifyStage.self].originalsRequest(whole: whole) }
        let outcome = originals.check(request)
        return try queue.sync { $0[VerifyStage.self].verify(outcome) }
    }

    /// Enters a file that came over the socket, and has it loaded.
    /// - Parameters:
    ///   - hidden: its name in the folder of uploads.
    ///   - shown: the name it is known by.
    ///   - deliverer: who sent it, as the ledger is to have it.
    /// - Returns: the ledger entry.
    public func take(
        _ hidden: FileName, shown: String, category: Category, sourceType: String?, by deliverer: String
    ) throws -> LedgerEntry? {
        let take = WaitingTakes.Take(
            hidden, shown: shown, category: category, sourceType: sourceType, by: deliverer)
        takes.append(take)
        queue.async { $0[IntakeStage.self].takeWaiting() }
        let entry = try take.wait()
        queue.async { $0[IntakeStage.self].run() }
        return entry
    }

    /// The forecast of a metric for some clients of a generation. Fitted on the caller's thread when it is not kept.
    /// - Parameter isWanted: asked now and then; the work ends when it is not.
    public func forecast(
        _ metric: ForecastMetric, of subject: ForecastSubject, in snapshot: Snapshot,
        assuming assumptions: ForecastAssumptions, withComponents: Bool, isWanted: () -> Bool
    ) throws(ForecastDesk.Failure) -> ForecastDesk.Answer {
        guard let settings = board.settings else { throw .unusable("the daemon is starting") }
        let source = ForecastSource(
            snapshot, settings.forecasts, isDayRunning: settings.isRunning(snapshot.asOf, now: now()))
        return try desk.answer(
            source, metric: metric, subject: subject, assumptions: assumptions, withComponents: withComponents,
            isWanted: isWanted)
    }

    /// The generation of another day, from the data of the one in force. Worked out on the caller's thread when it is
    /// not kept; one at a time.
    /// - Parameter isWanted: asked now and then, on several threads; the work ends when it is not.
    /// - Returns: nil before the first generation, and when it is not wanted any more.
    public func snapshot(asOf day: Day, isWanted: @Sendable () -> Bool) -> Snapshot? {
        guard let current = box.current else { return nil }
        func kept() -> Snapshot? {
            box.snapshot(asOf: day, generation: current.generation, at: MonotonicClock.seconds())
        }
        if let kept = kept() { return kept }
        return asOfLock.withLock { _ in
            if let kept = kept() { return kept }
            // Somebody else's was worked out meanwhile, and that may have taken long.
            guard let settings = board.settings, isWanted() else { return nil }
            let snapshot = SnapshotMaker.make(
                silver: current.silver, asOf: day, settings: settings, generation: current.generation,
                previous: current, risk: churn.riskSources(asOf: day), isWanted: isWanted)
            guard let snapshot else { return nil }
            if let book = current.healthHistoryBook { snapshot.keep(book) }
            box.keep(snapshot, at: MonotonicClock.seconds())
            return snapshot
        }
    }
}
