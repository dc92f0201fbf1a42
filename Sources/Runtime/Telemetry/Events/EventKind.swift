public import Logging

/// The closed set of happenings that the daemon reports. The raw value is the event's name in lines and counters; the
/// identifier is the journal's `MESSAGE_ID`, by which the catalog (`journalctl -x`) and scripts know it. Neither is
/// ever reused for something else, whatever becomes of the wording. Names that were given up and stay so: refresh_failed,
/// client_connected, backup_finished, backup_failed, client_erased.
public enum EventKind: String, Sendable, CaseIterable, CustomStringConvertible {
    /// The daemon's process began its work.
    case daemonStarted = "daemon_started"
    /// It answers requests.
    case daemonReady = "daemon_ready"
    /// It was asked to end and drains.
    case daemonStopping = "daemon_stopping"
    /// It has ended; the last entry of a run.
    case daemonStopped = "daemon_stopped"
    /// Configuration and rules were read at start.
    case configurationLoaded = "configuration_loaded"
    /// They were read anew and are in force.
    case configurationReloaded = "configuration_reloaded"
    /// A file of the configuration has an error; at a reload the former one stays in force.
    case configurationRejected = "configuration_rejected"
    /// A file was claimed from the inbox.
    case dropReceived = "drop_received"
    /// Its rows are in the database.
    case dropLoaded = "drop_loaded"
    /// It was moved to quarantine.
    case dropRefused = "drop_refused"
    /// Its content was loaded before.
    case dropDuplicate = "drop_duplicate"
    /// It could not be loaded for a reason that may pass, and waits to be tried again.
    case dropPutBack = "drop_put_back"
    /// A stage of the river ended well.
    case stageFinished = "stage_finished"
    /// A stage of the river ended with an error.
    case stageFailed = "stage_failed"
    /// A whole refresh ended well.
    case refreshFinished = "refresh_finished"
    /// A snapshot was published.
    case goldPublished = "gold_published"
    /// An accepted original was compressed.
    case archiveCompressed = "archive_compressed"
    /// An accepted original could not be compressed and stays as it is.
    case archiveFailed = "archive_failed"
    /// Ledger, silver and gold agree.
    case verifyFinished = "verify_finished"
    /// They do not.
    case verifyFailed = "verify_failed"
    /// An original in bronze is not what it was when it was loaded.
    case originalDamaged = "original_damaged"
    /// An original is gone from bronze.
    case originalMissing = "original_missing"
    /// The journal of loads was damaged and has been written anew.
    case journalDamaged = "journal_damaged"
    /// There was no journal of loads, and it has been written anew.
    case journalMissing = "journal_missing"
    /// `gold.db` was damaged and is published anew.
    case publicationDamaged = "publication_damaged"
    /// `gold.db` was gone and is published anew.
    case publicationMissing = "publication_missing"
    /// `aura.db` is not sound.
    case databaseDamaged = "database_damaged"
    /// There is no room left to work; loading pauses, answers go on.
    case diskFullBegan = "disk_full_began"
    /// There is room again.
    case diskFullEnded = "disk_full_ended"
    /// A connection or a request was denied to a local user.
    case clientDenied = "client_denied"
    /// A request failed by the daemon's own fault.
    case requestFailedInternally = "request_failed_internally"
    /// A request was answered: by whom it was asked, and the outcome, never what was asked for.
    case requestAudited = "request_audited"
    /// Requests are turned away to keep answering the others.
    case overloadBegan = "overload_began"
    /// All requests are accepted again.
    case overloadEnded = "overload_ended"
    /// A part of the daemon is silent; the service manager will restart it unless it recovers.
    case watchdogMissed = "watchdog_missed"
    /// All parts report again.
    case watchdogRecovered = "watchdog_recovered"
    /// A model was fitted; the entry says whether it is in force.
    case modelTrained = "model_trained"
    /// A model could not be fitted; the former one stays in force.
    case modelTrainingFailed = "model_training_failed"
    /// A model that is kept cannot be used: its file is damaged or cannot be read.
    case modelUnusable = "model_unusable"
    /// A label window of the model in force is over: how it held.
    case modelWatched = "model_watched"
    /// The model in force no longer holds: another one is trained to replace it if it is better.
    case modelDrifted = "model_drifted"
    /// The database was brought to the version of the program.
    case databaseMigrated = "database_migrated"

    public var description: String { rawValue }

    /// 128 random bits as 32 lower-case hexadecimal digits.
    public var messageID: String {
        switch self {
        case .daemonStarted: "1420233324194307ba41d534d73dadfa"
        case .daemonReady: "88c34d1d636a4ba4b9decbac5c491ce6"
        case .daemonStopping: "66648f43c13f417aa1ef01276c4eff92"
        case .daemonStopped: "72ddf05983a04427b2c82442d02592ad"
        case .configurationLoaded: "a60e014839ce49a5a359ac192f141478"
        case .configurationReloaded: "945a05d3616f4f1ba13897d6915d44e3"
        case .configurationRejected: "9bd3b99ab45941af938d36fe45c6244e"
        case .dropReceived: "e0c18158b88e4ab18bc70e01ebfb4ffd"
        case .dropLoaded: "c1356af6c2f2430f8fa678c48635e23d"
        case .dropRefused: "814f4675bdf14599a9addd34603e62c2"
        case .dropDuplicate: "812852e8311c41a7bb031bde5bfe825a"
        case .dropPutBack: "3b436a8898cf43518a865635dfd1b823"
        case .stageFinished: "cbd2cde7ee7e40e4af221faaed0dfdc0"
        case .stageFailed: "02eddd86c9e0427eac88c92bd8cbd4d6"
        case .refreshFinished: "f3533dbda0014f9c8ce2cbc1c879d653"
        case .goldPublished: "28856687765c403da9f236b1678c1e4a"
        case .archiveCompressed: "2cf41dfc62bc473e911e4ae8a104be4e"
        case .archiveFailed: "b484fa01792d455884408586fe0e55af"
        case .verifyFinished: "6fc0525a7df84fc1b1c5d4e1c0a8def1"
        case .verifyFailed: "bf07330e2d5b48abbec58df5a4d60f8d"
        case .originalDamaged: "749f82b9dd4a46c6bb3d99ddde462b39"
        case .originalMissing: "03ba1ff7da13438887249b6210988231"
        case .journalDamaged: "b8bc289c18f44e51800c23870245440d"
        case .journalMissing: "0d1c5ac3f4e4463fb0a7f4a3be29d36e"
        case .publicationDamaged: "ec1e91f1e7834a32af419fc786d1cf8d"
        case .publicationMissing: "f27a8e6b2c9d4f15a3c60b94e1d7582a"
        case .databaseDamaged: "93b0c7d25e6a41f8bd1e4f7a86c203b9"
        case .diskFullBegan: "e3038aa75a7f49a08a00018caf56ac2d"
        case .diskFullEnded: "b6bc856b93834130bd494460468a2b2d"
        case .clientDenied: "40b658cf000741e4a49cdabd1069365c"
        case .requestFailedInternally: "24658589d8dd4a13b8527332e9fe8a46"
        case .requestAudited: "724cf19325b5429c87d3c76ea17f9235"
        case .overloadBegan: "3469b588be0a4aa595ff114c4385cca2"
        case .overloadEnded: "bcef163f9149465884403c8a5a73907f"
        case .watchdogMissed: "48f04549b9384be2ba6b7d2ded78a558"
        case .watchdogRecovered: "959b1295bb154f4d9716361e8da1ef97"
        case .modelTrained: "478f7400b8254a0ab96733e70cb243e5"
        case .modelTrainingFailed: "faba828504a0451e8b1931f87035a0d0"
        case .modelUnusable: "d4bb1d9cbb5e4f2f9b6c0d6a7f1e8c35"
        case .modelWatched: "cf12c7e4050543d2a5c697fff7434b52"
        case .modelDrifted: "79e35203d8154efda979754d77b32737"
        case .databaseMigrated: "3252f9dd9ffd4d9cb58643538b823c53"
        }
    }

    /// How much it matters: below the level of the log it is counted but not written.
    public var level: Logger.Level {
        switch self {
        case .stageFinished: .debug
        case .configurationLoaded, .dropReceived, .dropLoaded, .refreshFinished, .goldPublished,
            .archiveCompressed, .verifyFinished, .requestAudited, .modelTrained, .modelWatched:
            .info
        case .daemonStarted, .daemonReady, .daemonStopping, .daemonStopped, .configurationReloaded,
            .dropDuplicate, .diskFullEnded, .overloadEnded, .watchdogRecovered,
            .modelDrifted, .databaseMigrated:
            .notice
        case .dropRefused, .dropPutBack, .archiveFailed, .clientDenied, .overloadBegan, .modelTrainingFailed: .warning
        case .configurationRejected, .stageFailed, .requestFailedInternally, .watchdogMissed, .modelUnusable,
            .journalDamaged, .journalMissing, .publicationDamaged, .publicationMissing, .databaseDamaged:
            .error
        case .verifyFailed, .originalDamaged, .originalMissing, .diskFullBegan: .critical
        }
    }
}
