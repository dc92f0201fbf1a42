import Locks
public import Records

/// The past of the clients' health that belongs to one generation and to what is derived of its data for other days.
/// It fills up while the generation is served: days are made in the background, or when a whole history is asked for.
public final class HealthHistoryBook: Sendable {
    /// What the days are made by.
    public let settings: HealthSettings
    private let history: Guarded<HealthHistory>

    public init(_ history: HealthHistory, settings: HealthSettings) {
        self.settings = settings
        self.history = Guarded(history)
    }

    /// As far as it is made.
    public var current: HealthHistory { history.withLock { $0 } }

    public func insert(_ day: HealthDay) { history.withLock { $0.insert(day) } }

    /// Lets go of all days: for a generation that is kept for whoever pages through it, when a later one has days of its
    /// own.
    public func clear() { history.withLock { $0 = HealthHistory(grid: $0.grid) } }
}

extension Snapshot {
    /// The days before the one of this generation that are made, ascending.
    public var healthHistory: HealthHistory? { healthHistoryBook?.current }
}
