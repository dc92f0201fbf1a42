import Locks
public import Records

/// The past of the clients' health that belongs to one generation and to what is derived of its data for other days.
/// It fills up while the generation is served: days are made in the background, or when a whole history is asked for.
public final class HealthHistoryBook: Sendable {
    /// What the days are made by.
    public let settings: HealthSettings
    private let state: Guarded<State>

    private struct State {
        var history: HealthHistory
        var clearings = 0
    }

    public init(_ history: HealthHistory, settings: HealthSettings) {
        self.settings = settings
        state = Guarded(State(history: history))
    }

    /// As far as it is made.
    public var current: HealthHistory { state.withLock { $0.history } }

    /// How often the days were let go of: whoever reads the book twice sees by it whether it was the same book.
    public var clearings: Int { state.withLock { $0.clearings } }

    public func insert(_ day: HealthDay) { state.withLock { $0.history.insert(day) } }

    /// Lets go of all days: for a generation that is kept for whoever pages through it, when a later one has days of its
    /// own.
    public func clear() {
        state.withLock { state in
            state.history = HealthHistory(grid: state.history.grid)
            state.clearings += 1
        }
    }
}

extension Snapshot {
    /// The days before the one of this generation that are made, ascending.
    public var healthHistory: HealthHistory? { healthHistoryBook?.current }
}
