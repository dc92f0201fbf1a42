/// The socket that clients connect to.
public struct SocketSettings: Sendable, Equatable {
    /// Absolute path, at most 107 bytes; default `$RUNTIME_DIRECTORY/aurad.sock`, else `/run/aura/aurad.sock`.
    public var path = "/run/aura/aurad.sock"
    /// Permission bits; default 0o660.
    public var mode = 0o660
    /// The group that owns the socket; nil leaves it to the daemon's own group. Default that of the readers
    /// (``ServiceGroups``) where it exists.
    public var group: String?

    public init() {}

    static func defaultPath(of tenant: Tenant?) -> String {
        tenant.map { "/run/aura-\($0.name)/aurad.sock" } ?? SocketSettings().path
    }

    /// `sun_path` has 108 bytes, the last of which is NUL.
    static let pathBytesMax = 107
}

/// How drops are taken in.
public struct InboxSettings: Sendable, Equatable {
    /// A drop that nobody closed or renamed counts as complete after it has not grown for so long, 0…3600.
    public var settleSeconds = 2
    /// A longer row is rejected, 1 KiB…64 MiB.
    public var maxRowBytes = 1 << 20
    /// How much of a drop is held in memory at a time, 64 KiB…1 GiB, and not less than ``maxRowBytes``.
    public var batchBytes = 8 << 20

    public init() {}
}

/// What is kept on disk.
public struct StoreSettings: Sendable, Equatable {
    /// Whether the gold tables are published as `gold.db`.
    public var publishGold = true
    /// A drop is compressed when it has been in bronze for so long, 0…604800.
    public var compressAfterSeconds = 60
    /// What the write-ahead log of `aura.db` holds of a large load before it is emptied, 64 KiB…64 GiB.
    public var logBytes = 256 << 20

    public init() {}
}

/// How often each stage runs by itself.
public struct ScheduleSettings: Sendable, Equatable {
    /// The inbox is listed anew even when nothing was reported, 1…3600.
    public var intakeSeconds = 60
    /// Everything that depends on the day is derived anew, 1…10080.
    public var refreshMinutes = 60
    /// `gold.db` is written at most so often, 1…1440.
    public var publishMinutes = 1
    /// Bronze is compressed, 0…1440; 0 = never.
    public var compressMinutes = 10
    /// The models learn anew, 0…8760; 0 = on request only.
    public var trainHours = 24
    /// Data has to be at rest for so long before a training begins by itself, 0…86400.
    public var trainQuietSeconds = 600
    /// Ledger, silver and gold are reconciled, 0…8760; 0 = on request only.
    public var verifyHours = 24

    public init() {}
}

/// What the churn model learns.
public struct ChurnModelSettings: Sendable, Equatable {
    /// Which churn is learned.
    public enum Label: String, Sendable, CaseIterable {
        /// Churn dates where there are enough of them, otherwise inactivity.
        case auto
        case explicit
        case inactivity
    }

    public var label = Label.auto
    /// Churn counts when it happens within so many days, 7…365.
    public var horizonDays = 90
    /// Clients who were not seen for so many days are not scored, 7…730; nil for what is usual of the label.
    public var populationDays: Int?
    /// The most past days, a month apart, that are learned from, 1…36.
    public var snapshots = 12
    /// The most trees of a model, 1…2000.
    public var trees = 600

    public init() {}
}

/// Ceilings that keep one client from disturbing the others.
public struct LimitSettings: Sendable, Equatable {
    /// Connections at a time, 1…65536.
    public var connections = 256
    /// Of one user, 1…``connections``.
    public var connectionsPerUser = 64
    /// How many of ``connections`` are kept for admins, from 0 to below ``connections``; unless it is given at most a
    /// quarter of them.
    public var adminConnections = 8
    /// A connection without a request is closed after so long, 1…86400.
    public var idleSeconds = 300
    /// A request that is not answered by then gets the error `timeout`, 1…3600.
    public var requestSeconds = 30
    /// Threads that answer requests, 0…256; 0 = as many as there are processors.
    public var workerThreads = 0

    public init() {}
}

/// Which forecasts are kept ready.
public struct ForecastKeepingSettings: Sendable, Equatable {
    /// Whether forecasts are made in the background; questions are answered either way.
    public var keep = true
    /// Clients whose forecasts are kept, 0…1000000; those with the most events first.
    public var clients = 10_000
    /// How long data has to be at rest before forecasts are made of it, 0…3600.
    public var quietSeconds = 20

    public init() {}
}
