import Locks
public import Records

/// Holds the generation in force: the one lock on the way to an answer. Keeps some earlier generations and those of other
/// days, so that a list that is being paged through stays the same list, and a question about another day is worked out
/// once.
///
/// Times are seconds of any clock that only goes forward.
public final class SnapshotBox: Sendable {
    private struct Kept {
        let snapshot: Snapshot
        /// Taken from the generation in force when that was replaced; else worked out for a day.
        let isFormer: Bool
        var usedAt: Double
        /// When a page of it was asked for.
        var pagedAt: Double?
    }

    private struct State: ~Copyable {
        var current: Snapshot?
        var currentPagedAt: Double?
        var kept: [Kept] = []
    }

    private let state = Guarded<State>(State())

    /// So many clients of all kept generations together; two are kept of any size.
    private static let clientsMax = 500_000
    private static let countMin = 2
    private static let countMax = 12
    /// Whoever turns pages is given so long for the next.
    static let pagingSeconds = 120.0

    public init() {}

    /// The generation in force; nil before the first one.
    public var current: Snapshot? { state.withLock { $0.current } }

    public func publish(_ snapshot: Snapshot, at time: Double) {
        state.withLock { state in
            if let old = state.current {
                state.kept.append(
                    Kept(snapshot: old, isFormer: true, usedAt: time, pagedAt: state.currentPagedAt))
            }
            state.current = snapshot
            state.currentPagedAt = nil
            // Those of other days are of the former data: only who is turning their pages needs them.
            state.kept.removeAll { !$0.isFormer && !SnapshotBox.isPaged($0, at: time) }
            // And of several former ones the latest, and those.
            if let latest = state.kept.lastIndex(where: \.isFormer) {
                let id = state.kept[latest].snapshot.generation
                state.kept.removeAll {
                    $0.isFormer && $0.snapshot.generation != id && !SnapshotBox.isPaged($0, at: time)
                }
            }
            SnapshotBox.makeRoom(&state, at: time)
        }
    }

    /// Keeps a generation of another day, unless there is no room beside those whose pages are being turned.
    public func keep(_ snapshot: Snapshot, at time: Double) {
        state.withLock { state in
            state.kept.append(Kept(snapshot: snapshot, isFormer: false, usedAt: time))
            SnapshotBox.makeRoom(&state, at: time)
        }
    }

    private static func isPaged(_ kept: Kept, at time: Double) -> Bool {
        kept.pagedAt.map { time - $0 < pagingSeconds } ?? false
    }

    /// Lets go of what was not used for the longest time. Pages that are being turned come last, and the newest of all
    /// rather than them: one person's question does not end another's list.
    private static func makeRoom(_ state: inout State, at time: Double) {
        func isFull() -> Bool {
            guard state.kept.count > countMin else { return false }
            return state.kept.count > countMax
                || state.kept.reduce(0) { $0 + $1.snapshot.count } > clientsMax
        }
        while isFull() {
            let idle = state.kept.indices.filter { !isPaged(state.kept[$0], at: time) }
            guard let index = idle.min(by: { state.kept[$0].usedAt < state.kept[$1].usedAt }) else { break }
            state.kept.remove(at: index)
        }
        // Nobody may keep everything by turning pages for ever.
        while state.kept.count > countMax * 2 { state.kept.removeFirst() }
    }

    /// A generation by its name, as long as it is kept: that of a page.
    public func snapshot(id: String, at time: Double) -> Snapshot? {
        state.withLock { state in
            if let current = state.current, current.id == id {
                state.currentPagedAt = time
                return current
            }
            guard let index = state.kept.lastIndex(where: { $0.snapshot.id == id }) else { return nil }
            state.kept[index].usedAt = time
            state.kept[index].pagedAt = time
            return state.kept[index].snapshot
        }
    }

    /// The generation of another day, worked out from the same data as the one in force.
    public func snapshot(asOf day: Day, generation: UInt64, at time: Double) -> Snapshot? {
        state.withLock { state in
            if let current = state.current, current.asOf == day { return current }
            guard
                let index = state.kept.lastIndex(where: {
                    $0.snapshot.asOf == day && $0.snapshot.generation == generation
                })
            else { return nil }
            state.kept[index].usedAt = time
            return state.kept[index].snapshot
        }
    }

    /// Lets go of the past of clients' health of all generations that are kept beside the one in force.
    public func clearKeptHistories() {
        let (kept, current) = state.withLock { ($0.kept.map(\.snapshot), $0.current) }
        for snapshot in kept where snapshot.healthHistoryBook !== current?.healthHistoryBook {
            snapshot.healthHistoryBook?.clear()
        }
    }
}
