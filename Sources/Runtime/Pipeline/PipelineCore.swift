import CAura
import Inbox
import Records
import Schedule
import Silver
import Snapshots
import Store

/// The order of the stages, the clock that they go by, and the tables and places that they share; only ever called on the
/// pipeline's queue. What only one stage needs to know stands in that stage.
final class PipelineCore {
    unowned let queue: PipelineQueue
    let places: RiverPipeline.Places
    let watcher: InboxWatcher
    let box: SnapshotBox
    let board: StatusBoard
    let interrupt: LoadInterrupt
    let now: @Sendable () -> Instant
    let emit: @Sendable (PipelineEvent) -> Void
    private(set) var settings: PipelineSettings
    private(set) var inboxSettings: InboxWatcher.Settings
    /// All stages, in their order.
    private(set) var stages: [any PipelineStage] = []

    /// What is loaded.
    var state = SilverState()
    /// Something was loaded that the generation in force does not show yet.
    var isStale = true
    /// When the last group of drops was loaded: every original has lain in bronze at least since then.
    var lastLoadAt = -Double.infinity
    private var memoryGivenBackAt = -Double.infinity

    init(
        queue: PipelineQueue, places: RiverPipeline.Places, settings: PipelineSettings, watcher: InboxWatcher,
        inboxSettings: InboxWatcher.Settings, box: SnapshotBox, board: StatusBoard, interrupt: LoadInterrupt,
        stages: [any PipelineStage.Type], now: @escaping @Sendable () -> Instant,
        emit: @escaping @Sendable (PipelineEvent) -> Void
    ) {
        self.queue = queue
        self.places = places
        self.settings = settings
        self.watcher = watcher
        self.inboxSettings = inboxSettings
        self.box = box
        self.board = board
        self.interrupt = interrupt
        self.now = now
        self.emit = emit
        self.stages = stages.map { $0.init(self) }
        board.setSettings(settings)
        setIntervals()
    }

    /// A stage, for those that need to call it by its own methods.
    subscript<S: PipelineStage>(_ type: S.Type) -> S {
        for stage in stages { if let stage = stage as? S { return stage } }
        preconditionFailure("\(S.self) is missing in the list of stages")
    }

    private func setIntervals() {
        board.update { status in
            for stage in stages {
                status.clock.set(type(of: stage).interval(settings), for: type(of: stage).name)
            }
        }
    }

    // MARK: Life

    /// Reads or derives silver, takes up what a crash has left, and serves the first generation.
    func open(rebuild: Bool) throws {
        try self[IntakeStage.self].takeUp(rebuild: rebuild)
        for stage in stages {
            try checkStop()
            try stage.open()
        }
        self[RefreshStage.self].run()
        try checkStop()
    }

    /// - Throws: ``PipelineStopped`` when the daemon is to end.
    func checkStop() throws {
        if interrupt.isStopping { throw PipelineStopped() }
    }

    func close() {
        for stage in stages {
            for worker in stage.workers { worker.stop() }
            stage.close()
        }
        try? places.store.checkpoint()
    }

    /// Stored amounts that the settings give no rate for.
    static func rateProblem(_ settings: PipelineSettings, _ tables: SilverTables) -> StateProblem? {
        let unrated = tables.transactions.unrated(settings.silver.rates)
        return unrated.isEmpty ? nil : .ratesMissing(unrated, base: settings.silver.rates.baseCurrency)
    }

    func reload(_ new: PipelineSettings, _ newInbox: InboxWatcher.Settings) {
        // Looked at before, too, where somebody hears of it; a drop may have been loaded since.
        guard PipelineCore.rateProblem(new, state.tables) == nil else { return }
        settings = new
        inboxSettings = newInbox
        watcher.reload(newInbox)
        board.setSettings(new)
        for stage in stages { stage.settingsDidChange() }
        setIntervals()
        self[RefreshStage.self].run()
    }

    // MARK: The order

    /// Everything that is due, one after the other.
    func tick() {
        queue.beat()
        for name in board.current.clock.due(at: MonotonicClock.seconds()) {
            if interrupt.isStopping { return }
            if let stage = stages.first(where: { type(of: $0).name == name }) { runIfDue(stage) }
        }
        for stage in stages {
            if interrupt.isStopping { return }
            stage.tend()
        }
        giveMemoryBackWhenQuiet()
    }

    /// Lets a stage run when it is due, and data as quiet as it wants it.
    func runIfDue(_ stage: any PipelineStage) {
        let status = board.current
        let now = MonotonicClock.seconds()
        guard let due = status.clock.due(type(of: stage).name), due <= now else { return }
        if let quiet = stage.quiet {
            guard quiet.isReached(isSettled: status.isSettled, rest: now - lastLoadAt, waited: now - due) else {
                return
            }
        }
        stage.run()
    }

    /// What an operator asks for: whatever lies in the inbox is loaded, served and published.
    func runEverything() throws {
        self[IntakeStage.self].run()
        try checkStop()
        self[RefreshStage.self].run()
        try checkStop()
        try self[PublishStage.self].publish()
        self[IntakeStage.self].checkpoint()
    }

    // MARK: What stages tell

    /// Of damage to `aura.db` it is said which file that is, and what to do.
    /// - Parameter error: of whoever reads or writes nothing but that.
    func named(_ error: any Error) -> any Error {
        guard StoreError.isDamage(error) else { return error }
        return StateProblem.databaseDamaged(
            path: places.store.path, detail: Findings.short([StoreError.text(of: error)]))
    }

    /// - Parameter words: what is said before the words of the error.
    func fail(_ stage: String, _ error: any Error, saying words: String? = nil) {
        var text = StoreError.text(of: error)
        if let words { text = "\(words): \(text)" }
        if self[IntakeStage.self].fullDisk(error) != nil {
            text += "; the disk is full: make room, it is tried again by itself"
        }
        board.raise("\(stage)_failed", "\(stage): \(text)", at: now())
        // What went wrong in words may name files of clients; the log gets stage and code, the status the rest.
        emit(.failed(stage: stage, code: FailureCode(of: error)))
    }

    // MARK: Memory

    /// Seconds without work after which memory is given back: the next drop of a busy hour finds it still there, for
    /// memory fresh from the system costs several times the processor of memory just used.
    private static let memoryPatience = 300.0

    /// What loads, trainings and other passes took and gave up stays with the process until it is handed back; without
    /// this a daemon at rest would hold a multiple of what it serves. Once for every time that data comes to rest.
    private func giveMemoryBackWhenQuiet() {
        let clock = board.current.clock
        guard board.current.isSettled, !clock.stages.contains(where: clock.isRunning) else { return }
        let ends = stages.compactMap { stage in
            type(of: stage).leavesMemory ? clock.lastRun(type(of: stage).name)?.endedAt : nil
        }
        guard let lastEnd = ends.max(), lastEnd > memoryGivenBackAt else { return }
        let now = MonotonicClock.seconds()
        guard now - max(lastEnd, lastLoadAt) >= PipelineCore.memoryPatience else { return }
        memoryGivenBackAt = now
        aura_memory_give_back()
    }
}
