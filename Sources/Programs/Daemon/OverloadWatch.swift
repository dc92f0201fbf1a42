import Telemetry

/// Tells from the counters of the server when it begins and ends to turn requests away. Without I/O or a clock of its own.
struct OverloadWatch {
    /// What the server has counted.
    struct Sample {
        /// Connections and requests that were turned away since the start.
        var turnedAway: UInt64
        var connections: Int
        /// Requests with a worker or waiting for one.
        var requests: Int
    }

    enum Change: Equatable {
        case began(connections: Int, requests: Int)
        case ended(turnedAway: Int, duration: Duration)
    }

    private struct Overload {
        var since: MonotonicTime
        var lastSeen: MonotonicTime
        var turnedAwayBefore: UInt64
    }

    /// Nobody turned away for so long is the end of it.
    static let quiet: Duration = .seconds(10)

    private var turnedAway: UInt64 = 0
    private var overload: Overload?

    mutating func look(_ sample: Sample, at now: MonotonicTime) -> Change? {
        defer { turnedAway = sample.turnedAway }
        if sample.turnedAway > turnedAway {
            if overload != nil {
                overload?.lastSeen = now
                return nil
            }
            overload = Overload(since: now, lastSeen: now, turnedAwayBefore: turnedAway)
            return .began(connections: sample.connections, requests: sample.requests)
        }
        guard let ended = overload, now.duration(since: ended.lastSeen) >= OverloadWatch.quiet else { return nil }
        overload = nil
        return .ended(
            turnedAway: Int(clamping: sample.turnedAway - ended.turnedAwayBefore),
            duration: ended.lastSeen.duration(since: ended.since))
    }
}
