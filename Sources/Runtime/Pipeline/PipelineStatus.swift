import Locks
public import Records
public import Schedule

/// How far the load that is running has come.
public struct LoadProgress: Sendable, Equatable {
    public enum Phase: String, Sendable {
        /// An original is compared with the ledger before a rebuild.
        case verify
        case read
        case deduplicate
        case refine
    }

    public var dropID: Int64
    public var category: Category
    public var file: String
    public var bytesDone: Int
    public var bytesTotal: Int
    public var rows: Int
    public var startedAt: Instant
    public var phase: Phase
}

/// What the pipeline is doing, for everyone to read.
public struct PipelineStatus: Sendable, Equatable {
    public var clock: StageClock
    public var progress: LoadProgress?
    /// Settled names that wait in the inbox for their turn.
    public var waitingInInbox = 0
    /// What keeps the pipeline from its work at the moment, in words; empty when nothing does.
    public var problems: [Problem] = []
    /// Names under `owner:` of `people:` that no client has.
    public var unknownOwners: [String] = []
    /// The forecasts that are kept; nil before the first are made.
    public var forecasts: ForecastSummary?
    /// The name of the generation in `gold.db`.
    public var publishedSnapshot: String?
    /// No drop is waiting or being loaded, and the snapshot shows all that was loaded.
    public var isSettled = false
    /// Drops that the ledger may already call loaded and that no generation shows yet. A drop is put here before it is
    /// stored and taken away after the generation that has it is in force: whoever reads the ledger first and this
    /// then never takes a drop for served too early.
    public var unservedDrops: Set<Int64> = []

    /// Something that needs an operator, or time.
    public struct Problem: Sendable, Equatable {
        /// Short and stable.
        public var code: String
        public var text: String
        public var since: Instant
    }
}

/// What is told of the forecasts that are kept.
public struct ForecastSummary: Sendable, Equatable {
    public var asOf: Day
    public var snapshotID: String
    public var seriesCount: Int
    /// Clients with forecasts.
    public var customerCount: Int
    /// Series of the last pass that were not the same as before.
    public var refittedCount: Int
    /// How long the last pass took.
    public var seconds: Double
    public var madeAt: Instant
}

/// The one place where the status is kept; the pipeline writes, everyone reads.
final class StatusBoard: Sendable {
    private let state: Guarded<PipelineStatus>
    private let settingsInForce = Guarded<PipelineSettings?>(nil)

    init(_ clock: StageClock) { state = Guarded(PipelineStatus(clock: clock)) }

    /// The settings the snapshot in force was derived with.
    var settings: PipelineSettings? { settingsInForce.withLock { $0 } }

    func setSettings(_ settings: PipelineSettings) { settingsInForce.withLock { $0 = settings } }

    var current: PipelineStatus { state.withLock { $0 } }

    func update(_ change: (inout PipelineStatus) -> Void) { state.withLock { change(&$0) } }

    func raise(_ code: String, _ text: String, at now: Instant) {
        state.withLock { status in
            if let index = status.problems.firstIndex(where: { $0.code == code }) {
                status.problems[index].text = text
            } else {
                status.problems.append(PipelineStatus.Problem(code: code, text: text, since: now))
            }
        }
    }

    func clear(_ code: String) { state.withLock { status in status.problems.removeAll { $0.code == code } } }
}
