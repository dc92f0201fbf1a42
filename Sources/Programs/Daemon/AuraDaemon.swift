import Answers
import Assessment
import Bronze
import Contract
import Glibc
import HealthScore
import Inbox
import Locks
public import Logging
import Pipeline
import Records
import RiskRules
public import ServiceLifecycle
public import Settings
import Silver
import Snapshots
import SocketServer
import Store

/// The whole daemon: places, pipeline and server, put together. `aurad` runs one; a test can run one too.
public final class AuraDaemon: Service {
    private let services: DaemonServices
    private let pipeline: RiverPipeline
    private let configuration: Guarded<Configuration>
    private let options: Options
    private let logger: Logger
    private let server = Guarded<RequestServer?>(nil)

    /// What comes from the command line.
    public struct Options: Sendable {
        /// Derive silver anew from the originals before serving.
        public var rebuild: Bool
        /// A listening socket handed over by the service manager.
        public var inheritedSocket: Int32?
        /// Called when clients can connect.
        public var ready: @Sendable () -> Void

        public init(
            rebuild: Bool = false, inheritedSocket: Int32? = nil, ready: @escaping @Sendable () -> Void = {}
        ) {
            self.rebuild = rebuild
            self.inheritedSocket = inheritedSocket
            self.ready = ready
        }
    }

    /// Opens the state directory; nothing is served yet.
    public init(_ configuration: Configuration, options: Options = Options(), logger: Logger) throws {
        self.configuration = Guarded(configuration)
        self.options = options
        self.logger = logger
        let folders = try StateFolders(root: configuration.stateDirectory)
        let quarantine = try Quarantine(folders: folders)
        let store = try SilverStore(path: "\(folders.root)/aura.db")
        let claims = try Claims(folders: folders, quarantine: quarantine, firstSequence: try store.lastDropID() + 1)
        let archive = try Archive(folders: folders)
        let publisher = configuration.store.publishGold ? try GoldPublisher(path: "\(folders.root)/gold.db") : nil
        let box = SnapshotBox()
        let now: @Sendable () -> Instant = { WallClock.now() }
        let log = logger
        pipeline = RiverPipeline(
            places: RiverPipeline.Places(
                folders: folders, claims: claims, archive: archive, quarantine: quarantine, store: store,
                publisher: publisher),
            settings: PipelineSettings(configuration),
            watcherSettings: InboxWatcher.Settings(
                settle: .seconds(configuration.inbox.settleSeconds),
                listingInterval: .seconds(configuration.schedule.intakeSeconds)),
            box: box, logger: logger, now: now, emit: { event in EventLog.write(event, to: log) })
        services = DaemonServices(
            box: box, pipeline: pipeline, store: store, quarantine: quarantine, roles: PeerRoles(configuration.roles),
            uploads: Uploads(folders: folders, seed: UInt64(truncatingIfNeeded: now().rawValue)),
            configuration: configuration, logger: logger, now: now)
    }

    /// Serves until it is asked to stop.
    public func run() async throws {
        try start()
        try? await gracefulShutdown()
        await stop()
    }

    /// Starts the pipeline and the server; when it returns, clients can connect.
    public func start() throws {
        try pipeline.start(rebuild: options.rebuild)
        let configuration = configuration.withLock { $0 }
        let address: ListenAddress =
            options.inheritedSocket.map { .inherited(descriptor: $0) }
            ?? .path(
                configuration.socket.path, mode: UInt32(configuration.socket.mode), group: configuration.socket.group)
        let server = try RequestServer(
            listeningOn: address, settings: ServerSettings(configuration), handler: DaemonHandler(services),
            logger: logger)
        services.setStatistics { server.statistics }
        self.server.withLock { $0 = server }
        options.ready()
    }

    /// Answers what was asked, finishes the load that is running, and closes everything.
    public func stop() async {
        let server = self.server.withLock { server in
            defer { server = nil }
            return server
        }
        await server?.shutdown(drain: .seconds(2))
        await pipeline.stop()
    }

    /// Takes new settings into force without dropping a connection. Places, socket and limits need a restart.
    public func reload(_ new: Configuration) {
        configuration.withLock { $0 = new }
        services.reload(new)
        pipeline.reload(PipelineSettings(new))
    }
}

extension PipelineSettings {
    /// The part of the configuration that the pipeline works by.
    init(_ configuration: Configuration) {
        let asOf: AsOf =
            switch configuration.asOf {
            case .clock: .clock
            case .data: .data
            case .day(let day): .day(day)
            }
        var gold = configuration.goldSettings
        gold.segmentOfSubscriptionType = configuration.segmentOfSubscriptionType
        let rules = configuration.validation.mapValues { columns in
            columns.mapValues { rule in
                ColumnRule(
                    required: rule.required, allowedValues: rule.values, minimum: rule.minimum, maximum: rule.maximum,
                    pattern: rule.pattern)
            }
        }
        self.init(
            asOf: asOf,
            silver: SilverSettings(
                earliestDay: configuration.earliestDay, latestDay: WallClock.now().day.advanced(by: 1),
                rates: configuration.rates, rules: rules),
            gold: gold,
            assessor: Assessor(
                health: HealthModel(settings: configuration.risk.health),
                rules: RuleEngine(rules: configuration.risk.rules, levels: configuration.risk.levels)),
            limits: BronzeReader.Limits(rowBytesMax: configuration.inbox.maxRowBytes),
            intakeInterval: Double(configuration.schedule.intakeSeconds),
            refreshInterval: Double(configuration.schedule.refreshMinutes) * 60,
            publishInterval: Double(configuration.schedule.publishMinutes) * 60,
            archiveInterval: configuration.schedule.compressMinutes > 0
                ? Double(configuration.schedule.compressMinutes) * 60 : nil,
            verifyInterval: configuration.schedule.verifyHours > 0
                ? Double(configuration.schedule.verifyHours) * 3600 : nil,
            publishesGold: configuration.store.publishGold,
            compressAfter: Double(configuration.store.compressAfterSeconds))
    }
}

extension ServerSettings {
    init(_ configuration: Configuration) {
        self.init()
        frameBytesMax = configuration.maxFrameBytes
        connectionsMax = configuration.limits.connections
        connectionsPerUserMax = configuration.limits.connectionsPerUser
        idleTimeout = .seconds(configuration.limits.idleSeconds)
        requestTimeout = .seconds(configuration.limits.requestSeconds)
        if configuration.limits.workerThreads > 0 { workerThreads = configuration.limits.workerThreads }
    }
}

/// The wall clock, UTC.
enum WallClock {
    static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(rawValue: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// Writes what happens in the pipeline to the log: numbers and codes, nothing of a client.
enum EventLog {
    static func write(_ event: PipelineEvent, to logger: Logger) {
        switch event {
        case .dropReceived(let id, let category, let bytes):
            logger.info(
                "drop received", metadata: ["drop": "\(id)", "category": "\(category.rawValue)", "bytes": "\(bytes)"])
        case .dropLoaded(let id, let category, let rows, let accepted, let rejected, let duplicates):
            logger.info(
                "drop loaded",
                metadata: [
                    "drop": "\(id)", "category": "\(category.rawValue)", "rows": "\(rows)", "accepted": "\(accepted)",
                    "rejected": "\(rejected)", "duplicates": "\(duplicates)",
                ])
        case .dropRefused(let id, let category, let code):
            logger.warning(
                "drop refused", metadata: ["drop": "\(id)", "category": "\(category.rawValue)", "code": "\(code)"])
        case .dropDuplicate(let id, let category, let original):
            logger.info(
                "drop is a duplicate",
                metadata: ["drop": "\(id)", "category": "\(category.rawValue)", "original": "\(original)"])
        case .dropPutBack(let id, let category):
            logger.info(
                "drop changed while it was read and waits again",
                metadata: ["drop": "\(id)", "category": "\(category.rawValue)"])
        case .loadFinished(let category, let drops, let rows, let seconds):
            logger.info(
                "load finished",
                metadata: [
                    "category": "\(category.rawValue)", "drops": "\(drops)", "rows": "\(rows)", "seconds": "\(seconds)",
                ])
        case .refreshed(let snapshot, let asOf, let customers, let seconds):
            logger.info(
                "refreshed",
                metadata: [
                    "snapshot": "\(snapshot)", "as_of": "\(asOf)", "customers": "\(customers)", "seconds": "\(seconds)",
                ])
        case .published(let snapshot, let seconds):
            logger.info("gold published", metadata: ["snapshot": "\(snapshot)", "seconds": "\(seconds)"])
        case .compressed(let before, let after):
            logger.info("original compressed", metadata: ["bytes_before": "\(before)", "bytes_after": "\(after)"])
        case .failed(let stage, let code):
            logger.error("stage failed", metadata: ["stage": "\(stage)", "code": "\(code)"])
        case .diskFull: logger.error("the disk is full, loading waits")
        case .diskHasRoom: logger.notice("the disk has room again, loading goes on")
        }
    }
}
