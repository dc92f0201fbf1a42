// The life of the daemon's process.

/// The daemon's process began its work.
public struct DaemonStarted: Event {
    public static let kind = EventKind.daemonStarted

    /// The version of the program.
    public let version: SafeText

    public init(version: SafeText) {
        self.version = version
    }

    public var message: SafeText { "aurad \(version) started" }

    public var fields: EventFields { [.version: .text(version)] }

    public var measurements: [EventMeasurement] { [.set(.ready, to: 0)] }
}

/// The daemon answers requests.
public struct DaemonReady: Event {
    public static let kind = EventKind.daemonReady

    /// The snapshot it answers from; none before the first refresh.
    public let snapshot: Int64?
    /// How many clients it knows.
    public let clients: Int
    /// Since the start of the process.
    public let duration: Duration

    public init(snapshot: Int64? = nil, clients: Int, duration: Duration) {
        self.snapshot = snapshot
        self.clients = clients
        self.duration = duration
    }

    public var message: SafeText { "ready after \(duration): \(clients) clients" }

    public var fields: EventFields {
        [
            .snapshot: snapshot.map { .count($0) }, .clients: .count(clients), .duration: .duration(duration),
        ]
    }

    public var measurements: [EventMeasurement] {
        [
            .set(.ready, to: 1),
            .set(.clients, to: clients),
        ]
    }
}

/// The daemon was asked to end and drains.
public struct DaemonStopping: Event {
    public static let kind = EventKind.daemonStopping

    /// The number of the signal; none when it ends of its own.
    public let signal: Int32?
    /// Connections still open.
    public let connections: Int

    public init(signal: Int32? = nil, connections: Int) {
        self.signal = signal
        self.connections = connections
    }

    public var message: SafeText { "stopping, \(connections) connections open" }

    public var fields: EventFields { [.signal: signal.map { .count($0) }, .connections: .count(connections)] }

    public var measurements: [EventMeasurement] { [.set(.ready, to: 0)] }
}

/// The daemon has ended; the last entry of a run.
public struct DaemonStopped: Event {
    public static let kind = EventKind.daemonStopped

    /// The status of the process.
    public let exitStatus: Int32
    /// How long it ran.
    public let duration: Duration

    public init(exitStatus: Int32, duration: Duration) {
        self.exitStatus = exitStatus
        self.duration = duration
    }

    public var message: SafeText { "stopped after \(duration) with status \(exitStatus)" }

    public var fields: EventFields { [.exitStatus: .count(exitStatus), .duration: .duration(duration)] }
}

/// A part of the daemon has been silent for longer than it may, or the daemon's own probe failed (both durations zero);
/// the watchdog is not fed.
public struct WatchdogMissed: Event {
    public static let kind = EventKind.watchdogMissed

    /// The part.
    public let part: SafeText
    /// Since its last report.
    public let silence: Duration
    /// How long it may be silent.
    public let limit: Duration

    public init(part: SafeText, silence: Duration, limit: Duration) {
        self.part = part
        self.silence = silence
        self.limit = limit
    }

    public var message: SafeText {
        guard limit > .zero else { return "\(part) failed: watchdog not fed" }
        return "\(part) silent for \(silence), limit \(limit): watchdog not fed"
    }

    public var fields: EventFields { [.part: .text(part), .duration: .duration(silence), .limit: .duration(limit)] }

    public var measurements: [EventMeasurement] { [.add(1, to: .watchdogMissed, ["part": part])] }
}

/// All parts of the daemon report again.
public struct WatchdogRecovered: Event {
    public static let kind = EventKind.watchdogRecovered

    /// How long the watchdog was not fed.
    public let duration: Duration

    public init(duration: Duration) {
        self.duration = duration
    }

    public var message: SafeText { "all parts report again after \(duration)" }

    public var fields: EventFields { [.duration: .duration(duration)] }
}

/// Requests are turned away to keep answering the others.
public struct OverloadBegan: Event {
    public static let kind = EventKind.overloadBegan

    /// Connections open.
    public let connections: Int
    /// Requests waiting.
    public let queued: Int

    public init(connections: Int, queued: Int) {
        self.connections = connections
        self.queued = queued
    }

    public var message: SafeText { "overloaded: \(connections) connections, \(queued) requests waiting" }

    public var fields: EventFields { [.connections: .count(connections), .queued: .count(queued)] }

    public var measurements: [EventMeasurement] { [.set(.overloaded, to: 1)] }
}

/// All requests are accepted again.
public struct OverloadEnded: Event {
    public static let kind = EventKind.overloadEnded

    /// Requests turned away meanwhile.
    public let refused: Int
    /// How long it lasted.
    public let duration: Duration

    public init(refused: Int, duration: Duration) {
        self.refused = refused
        self.duration = duration
    }

    public var message: SafeText { "overload ended after \(duration), \(refused) requests turned away" }

    public var fields: EventFields { [.refused: .count(refused), .duration: .duration(duration)] }

    public var measurements: [EventMeasurement] {
        [
            .set(.overloaded, to: 0),
            .add(refused, to: .requestsTurnedAway),
        ]
    }
}
