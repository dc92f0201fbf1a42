import Answers
import Assessment
import Bronze
import Contract
import Dispatch
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
public import Telemetry

/// The whole daemon: places, pipeline and server, put together. `aurad` runs one; a test can run one too.
public final class AuraDaemon: Service {
    /// Held from the beginning to the end.
    private let lock: Guarded<StateLock?>
    let services: DaemonServices
    private let store: SilverStore
    private let pipeline: RiverPipeline
    private let telemetry: DaemonTelemetry
    /// What the daemon was started with: the keys that need a restart are in force as they stand here.
    private let started: Configuration
    private let configuration: Guarded<Configuration>
    private let options: Options
    private let logger: Logger
    private let serving = Guarded(Serving())

    /// What runs between start and stop.
    private struct Serving {
        var server: RequestServer?
        /// There once the daemon is ready.
        var probe: LivenessProbe?
    }

    /// What comes from the command line and from the service manager.
    public struct Options: Sendable {
        /// Derive silver anew from the originals before serving.
        public var rebuild: Bool
        /// A listening socket handed over by the service manager.
        public var inheritedSocket: Int32?
        /// The counters; those of the process, or a daemon's own.
        public var metrics: MetricsRegistry
        /// The status the process will end with after a failure, for the last entry of its log.
        public var exitStatus: @Sendable (any Error) -> Int32

        public init(
            rebuild: Bool = false, inheritedSocket: Int32? = nil, metrics: MetricsRegistry = MetricsRegistry(),
            exitStatus: @escaping @Sendable (any Error) -> Int32 = { _ in 1 }
        ) {
            self.rebuild = rebuild
            self.inheritedSocket = inheritedSocket
            self.metrics = metrics
            self.exitStatus = exitStatus
        }
    }

    /// Opens the state directory, which no other daemon may work on; nothing is served yet.
    public init(_ configuration: Configuration, options: Options = Options(), logger: Logger) throws {
        started = configuration
        self.configuration = Guarded(configuration)
        self.options = options
        self.logger = logger
        let telemetry = DaemonTelemetry(logger: logger, metrics: options.metrics)
        self.telemetry = telemetry
        telemetry.events.emit(DaemonStarted(version: AuraVersion.safeText))
        let folders = try StateFolders(root: configuration.stateDirectory)
        lock = Guarded(try StateLock(directory: folders.root))
        let quarantine = try Quarantine(folders: folders)
        let (store, keptDatabase) = try StateDatabase.open(
            "\(folders.root)/aura.db", logBytesMax: configuration.store.logBytes, rebuilds: options.rebuild)
        self.store = store
        if let migration = store.migration {
            telemetry.events.emit(
                DatabaseMigrated(
                    schemaBefore: migration.before, schema: migration.after, duration: migration.duration))
        }
        let claims = try Claims(folders: folders, quarantine: quarantine, firstSequence: try store.lastDropID() + 1)
        let archive = try Archive(folders: folders)
        let goldPath = "\(folders.root)/gold.db"
        let publisher = configuration.store.publishGold ? try GoldPublisher(path: goldPath) : nil
        let box = SnapshotBox()
        let now: @Sendable () -> Instant = { WallClock.now() }
        let events = PipelineEvents(
            events: telemetry.events, logger: logger, stateDirectory: folders.root,
            generation: { box.current?.generation })
        pipeline = RiverPipeline(
            places: RiverPipeline.Places(
                folders: folders, claims: claims, archive: archive, journal: LoadJournal(folders: folders),
                quarantine: quarantine, store: store, keptDatabase: keptDatabase, publisher: publisher,
                openPublisher: { try GoldPublisher(path: goldPath) }, program: "aura \(AuraVersion.text)"),
            settings: PipelineSettings(configuration), watcherSettings: InboxWatcher.Settings(configuration),
            box: box, logger: logger, now: now, emit: { events.report($0) })
        services = DaemonServices(
            box: box, pipeline: pipeline, store: store, quarantine: quarantine, principals: Principals(configuration),
            uploads: Uploads(folders: folders, seed: UInt64(truncatingIfNeeded: now().rawValue)) { [pipeline] in
                pipeline.uploadFoundNoRoom(bytes: $0)
            },
            configuration: configuration, telemetry: telemetry, now: now)
        telemetry.events.emit(ConfigurationLoaded(rules: configuration.risk.rules.count))
    }

    /// How many seconds a step may take to its end when the daemon is to end: with two for the connections, a restart
    /// takes no more than five whatever is being done.
    private static let patience = 1.5

    /// Serves until it is asked to stop.
    public func run() async throws {
        do {
            try await withGracefulShutdownHandler {
                try await startAside()
            } onGracefulShutdown: { [pipeline] in
                // A start may have much to read, or to derive anew.
                pipeline.requestStop()
            }
        } catch let error where RiverPipeline.isStop(error) {
            return await stop(within: AuraDaemon.patience)
        } catch {
            await serving.withLock { $0.server }?.shutdown(drain: .zero)
            telemetry.events.emit(
                DaemonStopped(exitStatus: options.exitStatus(error), duration: telemetry.uptime))
            throw error
        }
        try? await gracefulShutdown()
        await stop(within: AuraDaemon.patience)
    }

    /// Starts on a thread of its own: a start waits for the disk, and whoever is to end it needs the threads of the tasks.
    private func startAside() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global(qos: .userInitiated).async { continuation.resume(with: Result { try self.start() }) }
        }
    }

    /// Starts the server and the pipeline; when it returns, every question is answered. Until then the status is, and
    /// the others wait.
    public func start() throws {
        // First whatever refuses a start: a daemon that is not going to work answers nobody.
        do {
            try prepare()
        } catch {
            // Who waits at a socket of the service manager would have the daemon started over and over, until the service
            // manager gives up.
            if let socket = options.inheritedSocket { SocketName.turnAway(at: socket) }
            throw error
        }
        try listen()
        try takeUp()
    }

    private func prepare() throws {
        try StateDatabase.naming(store) { try pipeline.prepare(rebuild: options.rebuild) }
    }

    /// Reads what is stored and goes on with it.
    func takeUp() throws {
        tellOutvotedKeys(started)
        telemetry.serviceManager.status("reading what is stored")
        do {
            // Whatever happens, nobody waits any longer.
            defer { services.readiness.decide(succeeded: false) }
            let startup = StartupProgress(pipeline: pipeline, serviceManager: telemetry.serviceManager)
            defer { startup.stop() }
            do {
                try StateDatabase.naming(store) { try pipeline.start(rebuild: options.rebuild) }
            } catch {
                // Until the process has ended somebody may still ask.
                if StartRefusal.isOne(error) { services.readiness.refuse("\(error)") }
                throw error
            }
            services.readiness.decide(succeeded: true)
        }
        let configuration = configuration.withLock { $0 }
        let box = services.box
        let probe = LivenessProbe(
            pipeline: pipeline, telemetry: telemetry,
            socketPath: options.inheritedSocket.flatMap { SocketName.path(of: $0) } ?? configuration.socket.path,
            clients: { box.current?.count ?? 0 }, statistics: { [services] in services.serverStatistics })
        serving.withLock { $0.probe = probe }
        for problem in pipeline.status.problems where problem.code == "rebuilt_under_other_settings" {
            logger.warning("\(problem.text)")
        }
        let clients = box.current?.count ?? 0
        telemetry.events.emit(
            DaemonReady(
                snapshot: box.current.map { Int64(clamping: $0.generation) }, clients: clients,
                duration: telemetry.uptime))
        telemetry.serviceManager.ready("serving \(clients) clients")
        probe.start()
        tellUnknownUsers(configuration)
    }

    /// Reads or derives what is stored, publishes it, and ends without ever serving.
    public func deriveAndStop() async throws -> (drops: Int, clients: Int, snapshot: String, problems: [String]) {
        do {
            try takeUp()
            try pipeline.refreshAndWait()
        } catch {
            await stop(exitStatus: options.exitStatus(error))
            throw error
        }
        let snapshot = services.box.current
        let facts = (
            store.ledgerCounts.loaded, snapshot?.count ?? 0, snapshot?.id ?? "none",
            pipeline.status.problems.map(\.text)
        )
        await stop()
        return facts
    }

    /// Begins to serve: the status, and whatever can wait for ``takeUp()``.
    func listen() throws {
        let configuration = configuration.withLock { $0 }
        let address: ListenAddress =
            options.inheritedSocket.map { .inherited(descriptor: $0) }
            ?? .path(
                configuration.socket.path, mode: UInt32(configuration.socket.mode), group: configuration.socket.group)
        let server = try RequestServer(
            listeningOn: address, settings: ServerSettings(configuration), handler: DaemonHandler(services),
            logger: logger)
        services.setStatistics { server.statistics }
        serving.withLock { $0.server = server }
    }

    /// Answers what was asked, ends the load that is running, and closes everything.
    /// - Parameters:
    ///   - seconds: how long to wait for the work at hand once connections have ended, which takes two seconds at most; nil
    ///     waits for its end. What is given up does no harm when the process ends then.
    ///   - exitStatus: the status the process is about to end with.
    public func stop(within seconds: Double? = nil, exitStatus: Int32 = 0) async {
        let serving = self.serving.withLock { serving in
            defer { serving = Serving() }
            return serving
        }
        telemetry.serviceManager.stopping("ending what has begun")
        // First of all: what is being answered may wait for the pipeline.
        pipeline.requestStop()
        telemetry.events.emit(
            DaemonStopping(connections: max(0, (services.serverStatistics?.connectionsOpen ?? 0) - 1)))
        serving.probe?.stop()
        await serving.server?.shutdown(drain: .seconds(2))
        services.uploads.finish()
        let hasEnded = await pipeline.stop(within: seconds)
        services.audit.close()
        if hasEnded {
            lock.withLock { $0 = nil }
        } else {
            // The process's end releases the state folder, and no sooner: a step may still be writing.
            logger.notice("what is being done does not end in time and is given up; the next start does it anew")
        }
        telemetry.events.emit(DaemonStopped(exitStatus: exitStatus, duration: telemetry.uptime))
    }

    /// Takes new settings into force without dropping a connection; what needs a restart is named in the status until
    /// there is one. ``Configuration/effects`` says which keys are which.
    /// - Parameter done: called when everything is derived by the new settings.
    /// - Returns: false when they cannot be taken with what is stored; the former ones stay in force.
    @discardableResult
    public func reload(_ new: Configuration, done: @escaping @Sendable () -> Void = {}) -> Bool {
        let began = MonotonicTime.now()
        if let objection = pipeline.objection(to: PipelineSettings(new)) {
            telemetry.events.emit(
                ConfigurationRejected(
                    file: .exchangeRates, path: new.ratesFile.map { SafeText(path: $0) },
                    errorCode: ErrorCode(caseOf: ConfigurationProblem.Kind.missingKey)))
            refuse("\(objection)")
            done()
            return false
        }
        pipeline.setProblem(AuraDaemon.refusedConfiguration, nil)
        telemetry.serviceManager.reloading()
        configuration.withLock { $0 = new }
        // Against the start, not the last reload: a key waits for as long as its value is not the one in force.
        let isPassed = options.inheritedSocket != nil
        let waiting = new.difference(from: started).filter { $0.effect == .restart }.map(\.key)
            .filter { !isPassed || !Configuration.socketKeys.contains($0) }
        tellOutvotedKeys(new)
        tellUnknownUsers(new)
        if !waiting.isEmpty {
            logger.notice(
                "some changes come into force with a restart", metadata: ["keys": "\(waiting.joined(separator: " "))"])
        }
        pipeline.setProblem(
            "restart_needed",
            waiting.isEmpty
                ? nil
                : "changed and not in force until a restart: \(waiting.joined(separator: ", ")) "
                    + "(systemctl restart \(new.unit))")
        services.reload(new, waitingForRestart: waiting)
        do {
            try serving.withLock { $0.server }?.reload(ServerSettings(new))
        } catch {
            // Every value is within the ranges of the configuration, which are narrower than those of the server.
            logger.error("the server refused its new limits", metadata: ["error": "\(error)"])
        }
        pipeline.reload(PipelineSettings(new), watcherSettings: InboxWatcher.Settings(new)) { [telemetry, services] in
            telemetry.events.emit(
                ConfigurationReloaded(
                    rules: new.risk.rules.count, duration: MonotonicTime.now().duration(since: began)))
            telemetry.serviceManager.ready("serving \(services.box.current?.count ?? 0) clients")
            done()
        }
        return true
    }

    /// A misspelt user has no rights, and nobody finds out why.
    private func tellUnknownUsers(_ configuration: Configuration) {
        let unknown = configuration.unknownUsers(isKnown: FileAccess.userExists)
        guard !unknown.isEmpty else { return }
        logger.warning(
            "the configuration names users that this machine does not have",
            metadata: ["users": "\(unknown.joined(separator: "; "))"])
    }

    /// A socket that the service manager passes wins over what the configuration says of it.
    private func tellOutvotedKeys(_ configuration: Configuration) {
        let keys = options.inheritedSocket == nil ? [] : configuration.socketKeysInUse
        pipeline.setProblem(
            "socket_passed",
            keys.isEmpty
                ? nil
                : "without effect, because \(configuration.unit).socket passes the socket: "
                    + "\(keys.joined(separator: ", ")) (systemctl edit \(configuration.unit).socket changes it there)")
    }

    /// A reload that came to nothing: the configuration has mistakes, and the former one stays in force.
    public func reloadFailed(_ error: ConfigurationError) {
        error.report(to: telemetry.events)
        let first = error.problems.prefix(5).map(\.description).joined(separator: "; ")
        refuse(error.problems.count > 5 ? "\(first); and \(error.problems.count - 5) more" : first)
    }

    private static let refusedConfiguration = "configuration_refused"

    /// Says so until a reload succeeds.
    private func refuse(_ text: String) {
        let unit = started.unit
        pipeline.setProblem(
            AuraDaemon.refusedConfiguration,
            "the changed configuration was refused, and the former one is in force: \(text) "
                + "(mend it, try it with aurad --check-config, then systemctl reload \(unit))")
        // A daemon that is still starting says itself when it is ready.
        guard services.readiness.isReady else { return }
        telemetry.serviceManager.reloading()
        telemetry.serviceManager.ready("serving; the changed configuration was rejected")
    }
}
