import Schedule
import Snapshots
import Store

extension Stage {
    /// Writing `gold.db`.
    static let publish = Stage("publish")
}

/// Writes what is served into `gold.db`, for programs that read tables.
final class PublishStage: PipelineStage {
    static let name = Stage.publish
    static let leavesMemory = true
    static let failureText: String? = "gold.db could not be written"
    unowned let core: PipelineCore
    private var opened: GoldPublisher?
    /// Seconds the last publication took, and when it ended.
    private var seconds = 0.0
    private var publishedAt = -Double.infinity

    /// After what went wrong, such as a full disk, it is tried again so much later.
    static let retrySeconds = 30.0

    init(_ core: PipelineCore) {
        self.core = core
        opened = core.places.publisher
    }

    static func isOff(_ settings: PipelineSettings) -> Bool { !settings.publishesGold }

    /// Nil when gold is not published.
    var publisher: GoldPublisher? { settings.publishesGold ? opened : nil }

    /// What is served, where `gold.db` is to show it and does not.
    private var unpublished: Snapshot? {
        guard publisher != nil, let snapshot = box.current, !isPublished(snapshot) else { return nil }
        return snapshot
    }

    func isPublished(_ snapshot: Snapshot) -> Bool { board.current.publishedSnapshot == snapshot.id }

    func open() throws {
        if opened?.wasDamaged ?? false { tellDamage(isMissing: false) }
        let published = try opened?.publishedSnapshot()
        board.update { $0.publishedSnapshot = published }
    }

    func settingsDidChange() {
        // What was put off by the former settings is put off by these.
        withdraw()
        guard settings.publishesGold, opened == nil else { return }
        do {
            let publisher = try places.openPublisher()
            let published = try publisher.publishedSnapshot()
            opened = publisher
            board.update { $0.publishedSnapshot = published }
        } catch {
            fail(error)
        }
    }

    /// The first gold is published at once. What changes later follows when a burst of drops is over, and never so often
    /// that publishing takes more than a fiftieth of the time, unless that would be later than five minutes on.
    func didServe(_ snapshot: Snapshot) {
        guard unpublished != nil else { return }
        let now = MonotonicClock.seconds()
        let burstEnd = seconds > 0 ? now + min(30, 20 * seconds) : now
        ask(notBefore: max(burstEnd, publishedAt + max(settings.publishInterval, min(300, 50 * seconds))))
    }

    func run() {
        step { try publish() }
        if unpublished != nil { ask(notBefore: MonotonicClock.seconds() + PublishStage.retrySeconds) }
    }

    func publish() throws {
        guard let publisher, let snapshot = unpublished else { return }
        let startedAt = MonotonicClock.seconds()
        let interrupt = interrupt
        if !publisher.isInPlace() { try throwAway() }
        do {
            try publisher.publish(snapshot) { interrupt.isStopping }
        } catch {
            guard StoreError.isDamage(error) else { throw error }
            try throwAway()
            try publisher.publish(snapshot) { interrupt.isStopping }
        }
        publishedAt = MonotonicClock.seconds()
        seconds = publishedAt - startedAt
        board.update { $0.publishedSnapshot = snapshot.id }
        succeeded()
        emit(.published(snapshot: snapshot.id, seconds: seconds))
        for stage in core.stages { stage.didPublish(snapshot) }
    }

    /// Whoever reads `gold.db` is to find what was published there, although nothing new is to be published.
    func tend() {
        guard let publisher, board.current.publishedSnapshot != nil, !publisher.isInPlace() else { return }
        board.update { $0.publishedSnapshot = nil }
        run()
    }

    /// `gold.db` is no whole database, or not there: an empty one takes its place, into which everything is published anew.
    private func throwAway() throws {
        let isMissing = opened?.isMissing ?? false
        try opened?.replaceFile()
        tellDamage(isMissing: isMissing)
    }

    private func tellDamage(isMissing: Bool) {
        emit(isMissing ? .publicationMissing : .publicationDamaged)
        core[HistoryStage.self].publicationIsGone()
        board.update { $0.publishedSnapshot = nil }
    }

    /// The same when nothing new is to be published.
    func publishAnew() throws {
        try throwAway()
        try publish()
    }
}
