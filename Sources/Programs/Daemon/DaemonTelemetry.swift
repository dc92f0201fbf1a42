import Logging
public import Settings
public import Telemetry

/// What the daemon tells about itself, and to whom: events to log and counters, its state to the service manager.
struct DaemonTelemetry: Sendable {
    let events: Telemetry.EventLog
    let metrics: MetricsRegistry
    let liveness: LivenessMonitor
    let serviceManager: ServiceManager
    let startedAt = MonotonicTime.now()

    init(logger: Logger, metrics: MetricsRegistry, liveness: LivenessMonitor = LivenessMonitor()) {
        self.metrics = metrics
        events = Telemetry.EventLog(logger: logger, metrics: metrics)
        self.liveness = liveness
        serviceManager = ServiceManager(liveness: liveness, events: events)
    }

    var uptime: Duration { MonotonicTime.now().duration(since: startedAt) }
}

extension ConfigurationError {
    /// The problems as events: where they stand and of what kind they are. What was found there stays out of the log.
    public func report(to events: Telemetry.EventLog) {
        for problem in problems {
            events.emit(
                ConfigurationRejected(
                    file: ConfigurationFile(problem.part), path: SafeText(path: problem.file),
                    line: problem.position?.line,
                    errorCode: ErrorCode(caseOf: problem.kind)))
        }
    }
}

extension ConfigurationFile {
    fileprivate init(_ part: ConfigurationProblem.Part) {
        self =
            switch part {
            case .daemon: .daemon
            case .rules: .rules
            case .exchangeRates: .exchangeRates
            case .holidays: .holidays
            case .environment: .environment
            }
    }
}
