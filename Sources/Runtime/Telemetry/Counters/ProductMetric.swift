/// The product's own counters: the vocabulary that dashboards and alerts of operators rely on. The raw value is the
/// name in the Prometheus text; units are base units (seconds, bytes). A name is never reused for something else.
public enum ProductMetric: String, Sendable, CaseIterable {
    case events = "aura_events_total"
    case ready = "aura_ready"
    case snapshot = "aura_snapshot"
    case clients = "aura_clients"
    case drops = "aura_drops_total"
    case dropBytes = "aura_drop_bytes_total"
    case dropDuration = "aura_drop_duration_seconds"
    case rows = "aura_rows_total"
    case stageRuns = "aura_stage_runs_total"
    case stageDuration = "aura_stage_duration_seconds"
    case refreshes = "aura_refreshes_total"
    case refreshDuration = "aura_refresh_duration_seconds"
    case trainings = "aura_model_trainings_total"
    case audits = "aura_audited_requests_total"
    case auditDuration = "aura_audited_request_duration_seconds"
    case requestsTurnedAway = "aura_requests_turned_away_total"
    case internalFailures = "aura_request_internal_failures_total"
    case denials = "aura_denials_total"
    case overloaded = "aura_overloaded"
    case diskFull = "aura_disk_full"
    case archiveBytes = "aura_archive_bytes_total"
    case verifyFailures = "aura_verify_failures"
    case configurationReloads = "aura_configuration_reloads_total"
    case watchdogMissed = "aura_watchdog_missed_total"
}

extension ProductMetric {
    /// What a reader of the text is told about it, with the buckets where it is a histogram.
    public var description: MetricDescription {
        MetricDescription(name: rawValue, help: help, bounds: bounds)
    }

    private var help: String {
        switch self {
        case .events: "Events by kind, whether or not they were written to the log."
        case .ready: "1 while the daemon answers requests."
        case .snapshot: "Number of the snapshot that is served."
        case .clients: "Clients in the snapshot that is served."
        case .drops: "Drops by category and outcome."
        case .dropBytes: "Bytes of the drops received."
        case .dropDuration: "Time to load a drop."
        case .rows: "Rows of loaded drops by category and outcome."
        case .stageRuns: "Runs of the stages by outcome."
        case .stageDuration: "Time of the stages that finished."
        case .refreshes: "Refreshes by outcome."
        case .refreshDuration: "Time of the refreshes that finished."
        case .trainings: "Trainings of the models by outcome."
        case .audits: "Audited requests by method and outcome."
        case .auditDuration: "Time to answer the audited requests."
        case .requestsTurnedAway: "Requests turned away while overloaded."
        case .internalFailures: "Requests that failed by the daemon's own fault."
        case .denials: "Connections and requests denied to local users."
        case .overloaded: "1 while requests are turned away."
        case .diskFull: "1 while loading pauses for lack of room."
        case .archiveBytes: "Bytes of originals that were compressed, before and after."
        case .verifyFailures: "Checks that failed in the latest verification."
        case .configurationReloads: "Reloads of the configuration by outcome."
        case .watchdogMissed: "Times the watchdog was not fed because of a silent part."
        }
    }

    private var bounds: [Double]? {
        switch self {
        case .auditDuration:
            [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
        case .dropDuration, .stageDuration, .refreshDuration:
            [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800]
        default: nil
        }
    }
}
