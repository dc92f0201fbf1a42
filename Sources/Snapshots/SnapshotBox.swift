import Locks
public import Records

/// Holds the generation in force: the one lock on the way to an answer. Keeps a few earlier generations and those of
/// other
/// days, so that a list that is being paged through stays the same list.
public final class SnapshotBox: Sendable {
    private struct State: ~Copyable {
        var current: Snapshot?
        /// Most recently used last.
        var kept: [Snapshot] = []
    }

    private let state = Guarded<State>(State())
    private let keptMax: Int

    public init(keptMax: Int = 1) { self.keptMax = keptMax }

    /// The generation in force; nil before the first one.
    public var current: Snapshot? { state.withLock { $0.current } }

    public func publish(_ snapshot: Snapshot) {
        let keptMax = self.keptMax
        state.withLock { state in
            if let old = state.current { state.kept.append(old) }
            state.current = snapshot
            while state.kept.count > keptMax { state.kept.removeFirst() }
        }
    }

    /// Keeps a generation of another day.
    public func keep(_ snapshot: Snapshot) {
        let keptMax = self.keptMax
        state.withLock { state in
            state.kept.append(snapshot)
            while state.kept.count > keptMax { state.kept.removeFirst() }
        }
    }

    /// A generation by its name, as long as it is kept.
    public func snapshot(id: String) -> Snapshot? {
        state.withLock { state in
            if let current = state.current, current.id == id { return current }
            return state.kept.last { $0.id == id }
        }
    }

    /// The generation of another day, worked out from the same data as the one in force.
    public func snapshot(asOf day: Day, generation: UInt64) -> Snapshot? {
        state.withLock { state in
            if let current = state.current, current.asOf == day { return current }
            return state.kept.last { $0.asOf == day && $0.generation == generation }
        }
    }

    /// Lets go of the past of clients' health of all generations that are kept beside the one in force.
    public func clearKeptHistories() {
        let (kept, current) = state.withLock { ($0.kept, $0.current) }
        for snapshot in kept where snapshot.healthHistoryBook !== current?.healthHistoryBook {
            snapshot.healthHistoryBook?.clear()
        }
    }
}
