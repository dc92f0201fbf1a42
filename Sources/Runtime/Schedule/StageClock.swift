/// Decides which stage is due, from a clock passed in. Times are seconds on any clock that only goes forward.
public struct StageClock: Sendable, Equatable {
    public struct Run: Sendable, Equatable {
        public var startedAt: Double
        public var duration: Double?
        public var failed = false
        /// Since when it had been due; nil when it began out of turn.
        public var dueAt: Double?

        /// Nil while it runs.
        public var endedAt: Double? { duration.map { startedAt + $0 } }
    }

    /// All stages, in their order.
    public private(set) var stages: [Stage]
    /// Seconds from the end of one run to the next; stages that are missing never run by themselves.
    private var intervals: [Stage: Double] = [:]
    private var runs: [Stage: Run] = [:]
    /// Stages asked for out of turn, with the earliest time they may start.
    private var requested: [Stage: Double] = [:]
    private let startedAt: Double

    /// No stage is due before its first interval has passed, unless it is requested.
    public init(_ stages: [Stage], startedAt: Double) {
        self.stages = stages
        self.startedAt = startedAt
    }

    /// - Parameter interval: seconds from the end of one run to the next; nil when the stage runs only when it is asked.
    public mutating func set(_ interval: Double?, for stage: Stage) { intervals[stage] = interval }

    /// Asks for a run as soon as possible, but not before `time`; an earlier request stands.
    public mutating func request(_ stage: Stage, notBefore time: Double) {
        requested[stage] = min(requested[stage] ?? .infinity, time)
    }

    /// Takes requests back.
    public mutating func withdraw(_ stage: Stage) { requested[stage] = nil }

    public mutating func begin(_ stage: Stage, at time: Double) {
        runs[stage] = Run(startedAt: time, duration: nil, dueAt: due(stage))
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
        if let seconds = intervals[stage] { times.append((runs[stage]?.endedAt ?? startedAt) + seconds) }
        return times.min()
    }

    /// The stages due at `time`, the one that waits longest first.
    public func due(at time: Double) -> [Stage] {
        stages.compactMap { stage in due(stage).map { (stage, $0) } }
            .filter { $0.1 <= time }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// What is said of a stage at `time`.
    /// - Parameter isOff: the configuration does without it.
    public func state(_ stage: Stage, at time: Double, isOff: Bool) -> StageState {
        if isRunning(stage) { return .running }
        if runs[stage]?.failed ?? false { return .failed }
        if isOff { return .off }
        return due(stage).map { $0 <= time } ?? false ? .waiting : .idle
    }
}
