import ArgumentParser
import CAura
import Daemon
import Glibc
import Inbox
import Logging
import ServiceLifecycle
import Settings
import SocketServer
import Telemetry
import UnixSignals

@main
struct Aurad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aurad",
        abstract:
            "The AURA daemon: watches inbox folders for data, and answers questions about clients on a Unix socket.",
        discussion: """
            Runs in the foreground. SIGTERM drains and ends with 0; SIGHUP reads the configuration, rules and rates again \
            without dropping a connection. A mistake in the configuration is named with file, line and key, and ends with 78.
            """,
        version: "aurad \(AuraVersion.text)")

    @Option(
        help: ArgumentHelp("The configuration file (default: /etc/aura/aurad.yaml where it exists).", valueName: "file")
    )
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Whose daemon it is: its configuration, state, socket and groups are /etc/aura-NAME, /var/lib/aura-NAME, "
                + "/run/aura-NAME and aura-NAME, aura-NAME-ingest, aura-NAME-admin.", valueName: "name"))
    var tenant: String?

    @Option(help: ArgumentHelp("The state directory; wins over the configuration.", valueName: "dir"))
    var stateDir: String?

    @Option(help: ArgumentHelp("The path of the socket; wins over the configuration.", valueName: "path"))
    var socket: String?

    @Flag(help: "Check the configuration and everything it names, print what is in force, and end.")
    var checkConfig = false

    @Flag(
        help: """
            Derive all data anew from the originals before serving: all of them are compared with the ledger first, and \
            nothing is changed before the new database is whole. Without a ledger the journal of loads is gone by.
            """)
    var rebuild = false

    @Flag(help: "With --rebuild: end when it is done, without serving.")
    var noServe = false

    @Flag(
        help: """
            Remove everything that was ever taken in (originals, databases, models, quarantine, audit trail), for good, \
            and end. What waits in the inboxes stays.
            """)
    var forgetEverything = false

    func validate() throws {
        if [checkConfig, rebuild, forgetEverything].count(where: { $0 }) > 1 {
            throw ValidationError("--check-config, --rebuild and --forget-everything exclude each other.")
        }
        if noServe, !rebuild { throw ValidationError("--no-serve goes with --rebuild.") }
        if let tenant, Tenant(tenant) == nil {
            throw ValidationError("\"\(tenant)\" cannot be the name of a tenant: expected \(Tenant.accepted).")
        }
    }

    func run() async throws {
        ProcessManners.adopt()
        let configuration: Configuration
        do {
            configuration = try load()
        } catch {
            if !checkConfig, LogDestination.detect() == .journal {
                error.report(to: Telemetry.bootstrap().events(label: "aurad"))
            }
            Output.error("\(error)\n")
            throw ExitStatus.configuration
        }
        if checkConfig {
            switch StoredDataCheck.look(configuration) {
            case .good(let lines):
                Output.print(
                    configuration.report(
                        file: file, groupExists: FileAccess.system.groupExists, userExists: FileAccess.userExists,
                        stored: lines))
            case .refused(let reason):
                Output.error("aurad: \(reason)\n")
                throw ExitStatus.configuration
            }
            return
        }
        if forgetEverything {
            do {
                let outcome = try StateClearing.forgetEverything(in: configuration.stateDirectory)
                Output.print(
                    "removed \(outcome.files) files (\(outcome.bytes) bytes) from \(configuration.stateDirectory)\n")
            } catch {
                throw Failure.report(error)
            }
            return
        }
        let telemetry = Telemetry.bootstrap(level: Logger.Level(configuration.logLevel))
        let logger = Logger(label: "aurad")
        let daemon: AuraDaemon
        do {
            let inherited = noServe ? nil : try InheritedSocket.take()
            daemon = try AuraDaemon(
                configuration,
                options: AuraDaemon.Options(
                    rebuild: rebuild, inheritedSocket: inherited, metrics: telemetry.metrics,
                    exitStatus: { Failure.status(of: $0).rawValue }), logger: logger)
        } catch {
            throw Failure.report(error)
        }
        if noServe {
            do {
                let facts = try await daemon.deriveAndStop()
                Output.print(
                    "derived anew from \(facts.drops) \(facts.drops == 1 ? "drop" : "drops"): \(facts.clients) clients, "
                        + "snapshot \(facts.snapshot)\n")
                for problem in facts.problems { Output.print("! \(problem)\n") }
            } catch {
                throw Failure.report(error)
            }
            return
        }
        let reloads = Reloads(daemon: daemon, levels: telemetry.levels, load: load)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: daemon), .init(service: reloads)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            throw Failure.report(error)
        }
    }

    private var directory: String { tenant.flatMap { Tenant($0) }?.configurationDirectory ?? "/etc/aura" }

    /// The configuration file; nil where there is none.
    private var file: String? {
        if let config { return config }
        let standard = "\(directory)/aurad.yaml"
        return access(standard, F_OK) == 0 ? standard : nil
    }

    private func load() throws(ConfigurationError) -> Configuration {
        var environment: [String: String] = [:]
        for name in ["STATE_DIRECTORY", "RUNTIME_DIRECTORY", "DATA_REFRESH_MINUTES", "CHATBOT_TIMEOUT_SECONDS"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        var configuration = try Configuration.load(
            file: file, environment: environment, tenant: tenant.flatMap { Tenant($0) }, defaultDirectory: directory)
        if let stateDir { configuration.stateDirectory = stateDir }
        if let socket { configuration.socket.path = socket }
        return configuration
    }
}

/// Reads the configuration again whenever SIGHUP comes; a mistake in it leaves what is in force.
private struct Reloads: Service {
    let daemon: AuraDaemon
    let levels: LogLevelControl
    let load: @Sendable () throws(ConfigurationError) -> Configuration

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let configuration = try load()
                if daemon.reload(configuration) { levels.level = Logger.Level(configuration.logLevel) }
            } catch {
                daemon.reloadFailed(error)
            }
        }
    }
}

extension Logger.Level {
    fileprivate init(_ level: LogLevel) { self = Logger.Level(rawValue: level.rawValue) ?? .info }
}

/// How the process behaves towards the rest of the machine.
private enum ProcessManners {
    static func adopt() {
        // A peer that went away is an error of one write, not the end of the daemon.
        signal(SIGPIPE, SIG_IGN)
        // Whoever started it may have had signals blocked; they are how it is told to end.
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        // What the daemon makes is nobody else's; folders and files for others get their permissions explicitly.
        umask(0o077)
        // Memory holds client data: it goes into no core file, and no other process of the user reads it.
        _ = aura_keep_memory_private()
    }
}

/// The socket of the socket unit.
private enum InheritedSocket {
    /// The first listening Unix stream socket that was passed; nil when none was.
    static func take() throws -> Int32? {
        let passed = try ServiceManager.listenFDs()
        guard let first = passed.first else { return nil }
        guard let listener = passed.first(where: \.isUnixStreamListener) else {
            throw ServerError.notListening(descriptor: first.descriptor)
        }
        return listener.descriptor
    }
}

/// Statuses of sysexits(3).
private enum ExitStatus {
    /// EX_SOFTWARE
    static let internalError = ExitCode(70)
    /// EX_CANTCREAT: the state directory cannot be used.
    static let stateDirectory = ExitCode(73)
    /// EX_IOERR: the disk is full or broken.
    static let inputOutput = ExitCode(74)
    /// EX_TEMPFAIL: another daemon is in the way.
    static let taken = ExitCode(75)
    /// EX_NOPERM
    static let permission = ExitCode(77)
    /// EX_CONFIG
    static let configuration = ExitCode(78)
}

/// The end of a daemon that could not do its work: said in words, and as a status.
private enum Failure {
    static func report(_ error: any Error) -> ExitCode {
        // A path inside of the state directory may be named after a client: it stays out of what may go to a log.
        let text = (error as? FileError)?.logDescription ?? StartRefusal.text(of: error)
        // The names of delivered files are for whoever sits there, and for no log.
        let names = isatty(2) == 1 ? StartRefusal.namesForPeople(error) : nil
        Output.error("aurad: \(text)\n\(names.map { "\($0)\n" } ?? "")")
        return status(of: error)
    }

    static func status(of error: any Error) -> ExitCode {
        switch error {
        // Nothing that starting again would change: an operator has to decide.
        case _ where StartRefusal.isOne(error): return ExitStatus.configuration
        case StateLockError.held, ServerError.inUse, ServerError.directoryLocked: return ExitStatus.taken
        case StateLockError.notUsable(_, let number):
            return number == EACCES || number == EPERM ? ExitStatus.permission : ExitStatus.stateDirectory
        case let error as FileError:
            switch error.code {
            case .permissionDenied: return ExitStatus.permission
            case .noSpace, .inputOutput, .damaged: return ExitStatus.inputOutput
            default: return ExitStatus.stateDirectory
            }
        case ServerError.system(_, _, let number):
            return number == EACCES || number == EPERM ? ExitStatus.permission : ExitStatus.internalError
        case is ServerError, is ListenDescriptorError: return ExitStatus.configuration
        default: return ExitStatus.internalError
        }
    }
}

private enum Output {
    static func print(_ text: String) { write(text, to: 1) }
    static func error(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset)
            }
            if count <= 0 { return }
            offset += count
        }
    }
}
