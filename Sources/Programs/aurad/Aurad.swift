import ArgumentParser
import Daemon
import Glibc
import Logging
import ServiceLifecycle
import Settings
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

    @Option(help: ArgumentHelp("The state directory; wins over the configuration.", valueName: "dir"))
    var stateDir: String?

    @Option(help: ArgumentHelp("The path of the socket; wins over the configuration.", valueName: "path"))
    var socket: String?

    @Flag(help: "Check the configuration and everything it names, print what is in force, and end.")
    var checkConfig = false

    @Flag(help: "Derive all data anew from the archived originals before serving.")
    var rebuild = false

    func run() async throws {
        let configuration: Configuration
        do {
            configuration = try load()
        } catch {
            Output.error("\(error)\n")
            throw ExitCode(78)
        }
        if checkConfig {
            Output.print(configuration.render())
            return
        }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "aurad")
        logger.logLevel = Logger.Level(rawValue: configuration.logLevel.rawValue) ?? .info
        let daemon: AuraDaemon
        do {
            daemon = try AuraDaemon(configuration, options: AuraDaemon.Options(rebuild: rebuild), logger: logger)
        } catch {
            Output.error("aurad: \(error)\n")
            throw ExitCode(70)
        }
        let reloads = Reloads(daemon: daemon, logger: logger, load: load)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: daemon), .init(service: reloads)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            Output.error("aurad: \(error)\n")
            throw ExitCode(70)
        }
    }

    private func load() throws(ConfigurationError) -> Configuration {
        var environment: [String: String] = [:]
        for name in ["STATE_DIRECTORY", "RUNTIME_DIRECTORY", "DATA_REFRESH_MINUTES", "CHATBOT_TIMEOUT_SECONDS"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        let standard = "/etc/aura/aurad.yaml"
        let file = config ?? (access(standard, F_OK) == 0 ? standard : nil)
        var configuration = try Configuration.load(file: file, environment: environment)
        if let stateDir { configuration.stateDirectory = stateDir }
        if let socket { configuration.socket.path = socket }
        return configuration
    }
}

/// Reads the configuration again whenever SIGHUP comes; a mistake in it leaves what is in force.
private struct Reloads: Service {
    let daemon: AuraDaemon
    let logger: Logger
    let load: @Sendable () throws -> Configuration

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                daemon.reload(try load())
                logger.info("configuration reloaded")
            } catch {
                logger.error("configuration not reloaded, the old one stays in force", metadata: ["error": "\(error)"])
            }
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
