import CoreMetrics
import Locks
public import Logging

/// The logs and counters of the process, as set up by ``bootstrap(level:identifier:)``.
public struct TelemetrySystem: Sendable {
    /// Where the log goes.
    public let destination: LogDestination
    /// The level of the log, for a reload to change.
    public let levels: LogLevelControl
    /// The counters, for whoever renders them.
    public let metrics: MetricsRegistry

    /// An event log that writes under `label` and counts in ``metrics``.
    public func events(label: String) -> EventLog {
        EventLog(logger: Logger(label: label), metrics: metrics)
    }
}

/// The process has one logging system and one metrics system; both can be set only once.
private let system = Guarded<TelemetrySystem?>(nil)

/// Sets up logging and counting for the whole process: `Telemetry.bootstrap(level: .info)`.
///
/// Logs go to the journal when standard error is connected to it, otherwise to standard error. Loggers made before keep
/// what they had, so this comes first in the program. Calling it again returns the same system with the new level, so
/// that a daemon can be started more than once in a process.
///
/// - Parameters:
///   - level: what is written; changeable later through ``TelemetrySystem/levels``.
///   - identifier: the program's name in the journal.
@discardableResult
public func bootstrap(level: Logger.Level = .info, identifier: SafeText = "aurad") -> TelemetrySystem {
    system.withLock { system in
        if let system {
            system.levels.level = level
            return system
        }
        let made = TelemetrySystem(
            destination: .detect(), levels: LogLevelControl(level), metrics: MetricsRegistry())
        let (destination, levels) = (made.destination, made.levels)
        LoggingSystem.bootstrap(
            { label, provider in
                destination.handler(
                    label: label, identifier: identifier, control: levels, metadataProvider: provider)
            }, metadataProvider: nil)
        MetricsSystem.bootstrap(made.metrics)
        system = made
        return made
    }
}
