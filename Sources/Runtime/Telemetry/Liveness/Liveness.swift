/// Which parts of the daemon are alive: each has reported within its limit. Pure; the instants come from the caller.
///
/// A report must come from the work itself, at the end of a turn of its loop: a report from a timer beside the work
/// tells nothing about the work.
public struct Liveness: Sendable {
    /// A part that has been silent for longer than it may.
    public struct OverduePart: Sendable, Hashable {
        public let name: SafeText
        public let silence: Duration
        public let limit: Duration
    }

    private struct Part {
        let name: SafeText
        var limit: Duration
        var lastReport: MonotonicTime
    }

    private var parts: [Part?] = []
    /// Whether any part has reported since the evidence was last taken.
    private var hasNewReports = false

    public init() {}

    /// Adds a part, which counts as alive at `instant`. The result names it in the other calls.
    public mutating func register(_ name: SafeText, limit: Duration, at instant: MonotonicTime) -> Int {
        parts.append(Part(name: name, limit: limit, lastReport: instant))
        return parts.count - 1
    }

    /// The part works. Nothing happens when it has retired.
    public mutating func report(_ part: Int, at instant: MonotonicTime) {
        guard parts.indices.contains(part), let last = parts[part]?.lastReport else { return }
        // Threads may read the clock in one order and arrive in the other.
        parts[part]?.lastReport = max(last, instant)
        hasNewReports = true
    }

    /// The part works and expects to be silent for up to `limit` from now on: a long stage announces itself.
    public mutating func report(_ part: Int, limit: Duration, at instant: MonotonicTime) {
        guard parts.indices.contains(part) else { return }
        parts[part]?.limit = limit
        report(part, at: instant)
    }

    /// The part has ended as it should and is no longer waited for.
    public mutating func retire(_ part: Int) {
        guard parts.indices.contains(part) else { return }
        parts[part] = nil
    }

    /// How many parts are waited for.
    public var count: Int { parts.count { $0 != nil } }

    /// The parts whose silence exceeds their limit, in the order in which they were registered.
    public func overdue(at instant: MonotonicTime) -> [OverduePart] {
        parts.compactMap { part in
            guard let part else { return nil }
            let silence = instant.duration(since: part.lastReport)
            return silence > part.limit ? OverduePart(name: part.name, silence: silence, limit: part.limit) : nil
        }
    }

    /// Whether a part has reported since the last call of this that gave `true`.
    mutating func takeNewReports() -> Bool {
        defer { hasNewReports = false }
        return hasNewReports
    }
}
