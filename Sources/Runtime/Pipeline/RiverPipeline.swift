import Dispatch
import Glibc
public import Inbox
import Locks
public import Logging
public import Records
import Schedule
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
    private let queue = DispatchQueue(label: "aura.pipeline", qos: .utility)
    private let board: StatusBoard
    private let core: Confined
    private let asOfLock = Guarded<Void>(())
    private let watcher: InboxWatcher
    private let forecasts: ForecastStage
    private let desk = ForecastDesk()
    private let timer: TimerBox
    private let now: @Sendable () -> Instant
    let churn: ChurnStage
    let historyStage = HistoryStage()
    private let interrupt = LoadInterrupt()
    private let store: SilverStore

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

    /// The pipeline's core, which only its queue may touch.
    private final class Confined: @unchecked Sendable {
        // Safe: every use is inside a block on the pipeline's serial queue.
        let core: PipelineCore

        init(_ core: PipelineCore) { self.core = core }
    }

    /// Where the pipeline finds and keeps things.
    public struct Places: Sendable {
        public var folders: StateFolders
        public var claims: Claims
        public var archive: Archive
        public var journal: LoadJournal
        public var quarantine: Quarantine
        public var store: SilverStore
        /// Nil when gold is not published.
        public var publisher: GoldPublisher?
        /// Opens `gold.db`, for a reload that begins to publish.
        public var openPublisher: @Sendable () throws -> GoldPublisher
        /// The program and its version, for the files of models.
        public var program: String

        public init(
            folders: StateFolders, claims: Claims, archive: Archive, journal: LoadJournal, quarantine: Quarantine,
            store: SilverStore, publisher: GoldPublisher?,
            openPublisher: @escaping @Sendable () throws -> GoldPublisher, program: String
        ) {
            self.folders = folders
            self.claims = claims
            self.archive = archive
            self.journal = journal
            self.quarantine = quarantine
            self.store = store
            self.publisher = publisher
            self.openPublisher = openPublisher
            self.program = program
        }
    }

    /// - Parameters:
    ///   - now: the wall clock.
    ///   - emit: receives what happens, on the pipeline's queue.
    public init(
        places: Places, settings: PipelineSettings, watcherSettings: InboxWatcher.Settings, box: SnapshotBox,
        logger: Logger, now: @escaping @Sendable () -> Instant, emit: @escaping @Sendable (PipelineEvent) -> Void
    ) {
        self.box = box
        self.now = now
        let clock = MonotonicClock.seconds()
        let board = StatusBoard(PipelineCore.clock(settings, startedAt: clock))
        self.board = board
        let queue = queue
        // The watcher tells the core, the core asks the watcher: the knot is tied by a box that is filled below.
        let relay = Relay()
        watcher = InboxWatcher(folders: places.folders, settings: watcherSettings, logger: logger) { notice in
            relay.send(notice)
        }
        let forecasts = ForecastStage(folder: "\(places.folders.root)/models", now: now)
        self.forecasts = forecasts
        let churn = ChurnStage(
            folder: "\(places.folders.root)/models/churn", store: places.store, program: places.program, now: now,
            emit: emit)
        self.churn = churn
        let core = PipelineCore(
            places: places, settings: settings, watcher: watcher, box: box, board: board, interrupt: interrupt,
            settleSeconds: watcherSettings.settle / .seconds(1), forecasts: forecasts, historyStage: historyStage,
            churn: churn, now: now, emit: emit)
        store = places.store
        let confined = Confined(core)
        self.core = confined
        forecasts.listen(
            onBegin: { queue.async { board.update { $0.clock.begin(.forecast, at: MonotonicClock.seconds()) } } },
            onEnd: { outcome in queue.async { confined.core.adopt(outcome) } })
        historyStage.listen { outcome in queue.async { confined.core.adoptHistory(outcome) } }
        core.originals.listen { outcome in queue.async { _ = confined.core.verify(outcome) } }
        churn.listen(
            ChurnStage.Listener(
                onModel: { queue.async { confined.core.adoptModel() } },
                onEnd: { failed in queue.async { confined.core.trainingEnded(failed: failed) } }))
        let source = DispatchSource.makeTimerSource(queue: queue)
        source.schedule(deadline: .now() + 0.2, repeating: 0.5, leeway: .milliseconds(100))
        source.setEventHandler { confined.core.tick() }
        timer = TimerBox(source)
        relay.set { notice in
            queue.async {
                switch notice {
                case .settled, .watching: confined.core.intake()
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

    /// Reads silver, takes up what a crash left, serves the first generation, and begins to watch.
    /// - Parameter rebuild: derive silver anew from the originals first.
    public func start(rebuild: Bool) throws {
        let result: Result<Void, any Error> = queue.sync {
            Result { try core.core.open(rebuild: rebuild) }
        }
        try result.get()
        watcher.start()
        timer.source.resume()
        queue.async { [core] in core.core.intake() }
    }

    /// Ends whatever is being done, a start included, as soon as that is possible without harm: a load leaves no trace, and
    /// its drops wait for the next start. To be followed by ``stop()``.
    public func requestStop() { interrupt.requestStop() }

    /// Whether ``start(rebuild:)`` has failed for no other reason than that the daemon is to end.
    public static func isStop(_ error: any Error) -> Bool { error is PipelineStopped }

    /// Ends what is being done and stops. Drops that wait stay claimed for the next start.
    public func stop() async {
        requestStop()
        watcher.stop()
        forecasts.stop()
        historyStage.stop()
        timer.source.cancel()
        core.core.originals.stop()
        await withCheckedContinuation { continuation in
            queue.async { [core] in
                core.core.close()
                continuation.resume()
            }
        }
    }

    public var status: PipelineStatus { board.current }

    /// Says in the status what is wrong outside of the pipeline; nil takes it back.
    public func setProblem(_ code: String, _ text: String?) {
        if let text { board.raise(code, text, at: now()) } else { board.clear(code) }
    }

    /// Whether the pipeline's queue got round to working within the time given: the proof of life for a watchdog.
    public func isAlive(within seconds: Double) -> Bool {
        let last = core.core.lastHeartbeat.load(ordering: .relaxed)
        return board.current.progress != nil || MonotonicClock.seconds() - Double(last) / 1000 < seconds
    }

    /// Takes new settings into force: what they change is derived anew.
    /// - Parameter done: called on the pipeline's queue when that has happened.
    public func reload(
        _ settings: PipelineSettings, watcherSettings: InboxWatcher.Settings, done: @escaping @Sendable () -> Void = {}
    ) {
        queue.async { [core, watcher] in
            watcher.reload(watcherSettings)
            core.core.reload(settings)
            done()
        }
    }

    /// Runs intake, refresh and publication now.
    public func refresh() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { [core] in continuation.resume(with: Result { try core.core.runEverything() }) }
        }
    }

    /// The same for a caller on a thread that may wait.
    public func refreshAndWait() throws {
        let result: Result<Void, any Error> = queue.sync { Result { try core.core.runEverything() } }
        try result.get()
    }

    func onQueue(_ body: @escaping @Sendable (PipelineCore) -> Void) { queue.async { [core] in body(core.core) } }

    /// Waits until what the queue had to do is done.
    func waitForQueue() { queue.sync {} }

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
                queue.async { [core] in core.core.settleCancelled(besides: []) }
            }
            // The pipeline looks up between blocks.
            usleep(20_000)
        }
    }

    public func requestRefresh() { queue.async { [core] in try? core.core.runEverything() } }

    /// Checks originals, journal, ledger, silver and gold against each other; on a thread that may wait. The originals are
    /// read on it, while the queue goes on with its work.
    /// - Parameter whole: reads every original; otherwise the folder is listed.
    public func verify(whole: Bool) throws -> Verification {
        let request = try queue.sync { Result { try core.core.originalsRequest(whole: whole) } }.get()
        let outcome = core.core.originals.check(request)
        return queue.sync { core.core.verify(outcome) }
    }

    /// Enters a file that came over the socket, and has it loaded.
    /// - Parameters:
    ///   - hidden: its name in the folder of uploads.
    ///   - shown: the name it is known by.
    /// - Returns: the ledger entry.
    public func take(
        _ hidden: FileName, shown: String, category: Category, sourceType: String?
    ) throws -> LedgerEntry? {
        let result: Result<LedgerEntry?, any Error> = queue.sync {
            Result { try core.core.take(hidden, shown: shown, category: category, sourceType: sourceType) }
        }
        let entry = try result.get()
        queue.async { [core] in core.core.intake() }
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
        if let kept = box.snapshot(asOf: day, generation: current.generation) { return kept }
        return asOfLock.withLock { _ in
            if let kept = box.snapshot(asOf: day, generation: current.generation) { return kept }
            // Somebody else's was worked out meanwhile, and that may have taken long.
            guard let settings = board.settings, isWanted() else { return nil }
            let snapshot = SnapshotMaker.make(
                silver: current.silver, asOf: day, settings: settings, generation: current.generation,
                previous: current, churn: churn.scorer(asOf: day), isWanted: isWanted)
            guard let snapshot else { return nil }
            if let book = current.healthHistoryBook { snapshot.keep(book) }
            box.keep(snapshot)
            return snapshot
        }
    }
}
