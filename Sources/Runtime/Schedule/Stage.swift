/// What a background stage is called: in the status, in metrics and in the log. The names themselves stand with the stages.
public struct Stage: Sendable, Hashable {
    /// A word of the code, never of what was read: it may be logged.
    public let rawValue: String

    public init(_ name: StaticString) { rawValue = "\(name)" }
}

/// What is said of a stage.
public enum StageState: String, Sendable, CaseIterable {
    case running
    /// Its last run has failed.
    case failed
    /// The configuration does without it.
    case off
    /// It is due and has not begun: something goes before it, or data is not at rest.
    case waiting
    case idle
}

/// How much at rest data has to be before a stage runs.
public struct Quiet: Sendable, Equatable {
    /// Seconds since the last load, with no drop waiting.
    public var seconds: Double
    /// Seconds after which a stage runs though drops keep coming; nil for never.
    public var patience: Double?
    /// Whether even then it has to be between two loads.
    public var isBetweenLoads: Bool

    public init(seconds: Double, patience: Double? = nil, isBetweenLoads: Bool = true) {
        self.seconds = seconds
        self.patience = patience
        self.isBetweenLoads = isBetweenLoads
    }

    /// - Parameters:
    ///   - isSettled: no drop waits or is loaded.
    ///   - rest: seconds since the last load.
    ///   - waited: seconds since the stage was due.
    public func isReached(isSettled: Bool, rest: Double, waited: Double) -> Bool {
        if isSettled, rest >= seconds { return true }
        guard let patience, waited >= patience else { return false }
        return isSettled || !isBetweenLoads
    }
}
