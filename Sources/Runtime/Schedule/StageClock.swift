/// The stages that run by themselves.
public enum Stage: String, Sendable, CaseIterable {
    /// Listing the inbox, claiming and loading drops.
    case intake
    /// Deriving everything that depends on the day or on new data.
    case refresh
    /// Writing `gold.db`.
    case publish
    /// Compressing originals.
    case archive
    /// Reconciling ledger, silver and gold.
    case verify
    /// Making the forecasts that are kept, in the background when new data has come to rest.
    case forecast
    /// Making the past of the clients' health, in the background when new data has come to rest.
    case history
    /// Training the churn model, in the background.
    case train
}

/// Decides which stage is due, from a clock passed in. Times are seconds on any clock that only goes forward.
public struct StageClock: Sendable, Equatable {
    public struct Interval: Sendable, Equatable {
        /// Seconds from the end of one run to the next; nil when the stage never runs by itself.
        public var seconds: Double?

        public init(seconds: Double?) { self.seconds = seconds }
    }

    public struct Run: Sendable, Equatable {
        public var startedAt: Double
        public var duration: Double?
        public var failed = false
    }

    private var intervals: [Stage: Interval]
    private var runs: [Stage: Run] = [:]
    /// Stages asked for out of turn, with the earliest time they may start.
    private var requested: [Stage: Double] = [:]
    private let startedAt: Double

    /// No stage is due before its first interval has passed, unless it is requested.
    public init(intervals: [Stage: Interval], startedAt: Double) {
        self.intervals = intervals
        self.startedAt = startedAt
    }

    public mutating func set(_ interval: Interval, for stage: Stage) { intervals[stage] = interval }

    /// Asks for a run as soon as possible, but not before `time`; an earlier request stands.
    public mutating func request(_ stage: Stage, notBefore time: Double) {
        requested[stage] = min(requested[stage] ?? .infinity, time)
    }

    /// Takes requests back.
    public mutating func withdraw(_ stage: Stage) { requested[stage] = nil }

    public mutating func begin(_ stage: Stage, at time: Double) {
        runs[stage] = Run(startedAt: time, duration: nil)
        requested[stage] = nil
    }

    public mutating func end(_ stage: Stage, at time: Double, failed: Bool) {
        guard var run = runs[stage] else { return }
        run.duration = max(0, time - run.startedAt)
        run.failed = failed
        runs[stage] = run
    }

    public func lastRun(_ stage: Stage) -> Run? { runs[stage] }

    public func isRunning(_ stage: Stage) -> Bool { runs[stage].map { $0.duration == nil } ?? false }

    /// When the stage is due; nil when it never is by itself or is running.
    public func due(_ stage: Stage) -> Double? {
        if isRunning(stage) { return nil }
        var times: [Double] = []
        if let asked = requested[stage] { times.append(asked) }
        if let seconds = intervals[stage]?.seconds {
            let last = runs[stage].map { $0.startedAt + ($0.duration ?? 0) } ?? startedAt
            times.append(last + seconds)
        }
        return times.min()
    }

    /// The stages due at `time`, the one that waits longest first.
    public func due(at time: Double) -> [Stage] {
        Stage.allCases.compactMap { stage in due(stage).map { (stage, $0) } }
            .filter { $0.1 <= time }.sorted { $0.1 < $1.1 }.map(\.0)
    }
}
