import Contract
import Daemon
import Glibc
import Logging
import SampleCompany
import Settings
import SocketClient
import Testing

/// A whole daemon in this process, on a state directory of its own that goes when the test ends.
final class RunningDaemon {
    let root: String
    private(set) var socket: String
    private(set) var daemon: AuraDaemon
    private(set) var configuration: Configuration
    private let logger: Logger

    /// Forecasts are kept by the tests that look at them: made by a build without optimisation they take long.
    static let withoutForecasts = "as_of: data\nforecasts: { keep: false }\n"

    struct Trouble: Error, CustomStringConvertible {
        var description: String
    }

    /// Looks a hundred times a second, for a minute.
    static func waitUntil(_ what: String, _ isSo: () throws -> Bool) async throws {
        for _ in 0..<6000 {
            if try isSo() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Trouble(description: "waited in vain until \(what)")
    }

    init(
        yaml: String = RunningDaemon.withoutForecasts,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        adjust: (inout Configuration) -> Void = { _ in },
        begin: (AuraDaemon) throws -> Void = { try $0.start() }
    ) throws {
        self.logger = logger
        var template = Array("/tmp/aura-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Trouble(description: "no temporary directory") }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        socket = "\(root)/aurad.sock"
        var configuration = try RunningDaemon.configuration(yaml, root: root, socket: socket)
        adjust(&configuration)
        self.configuration = configuration
        daemon = try AuraDaemon(configuration, logger: logger)
        try begin(daemon)
    }

    private static func configuration(_ yaml: String, root: String, socket: String) throws -> Configuration {
        var configuration = try Configuration.parse(yaml: yaml, path: "test.yaml", files: .system)
        configuration.stateDirectory = "\(root)/state"
        configuration.socket.path = socket
        configuration.socket.group = nil
        return configuration
    }

    /// Ends the daemon, does something to what it has left, and starts another one on the same state.
    /// - Parameter yaml: another configuration from now on.
    func restart(
        rebuild: Bool = false, yaml: String? = nil, meanwhile: () throws -> Void = {}
    ) async throws {
        await daemon.stop()
        try meanwhile()
        try startAgain(rebuild: rebuild, yaml: yaml)
    }

    /// Starts another daemon on the state of one that was stopped.
    func startAgain(rebuild: Bool = false, yaml: String? = nil) throws {
        if let yaml { configuration = try RunningDaemon.configuration(yaml, root: root, socket: socket) }
        socket = configuration.socket.path
        daemon = try AuraDaemon(
            configuration, options: AuraDaemon.Options(rebuild: rebuild), logger: logger)
        try daemon.start()
    }

    /// Reads the configuration again with something changed, and waits until everything is derived by it.
    func reload(_ change: (inout Configuration) -> Void) async {
        change(&configuration)
        await withCheckedContinuation { continuation in
            daemon.reload(configuration) { continuation.resume() }
        }
    }

    /// - Parameter removing: whether everything it has stored goes too.
    func stop(removing: Bool = true) async {
        await daemon.stop()
        if removing { remove() }
    }

    func remove() { ScratchDirectory.remove(root) }

    /// Puts a file into an inbox the way a producer does: written under a hidden name, then renamed.
    func drop(_ text: String, as name: String, category: String) throws {
        let folder = "\(root)/state/inbox/\(category)"
        let hidden = "\(folder)/.\(name).part"
        let descriptor = open(hidden, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw Trouble(description: "could not write \(hidden)") }
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset)
            }
            guard count > 0 else { throw Trouble(description: "could not write \(hidden)") }
            offset += count
        }
        close(descriptor)
        guard rename(hidden, "\(folder)/\(name)") == 0 else { throw Trouble(description: "could not rename \(hidden)") }
    }

    func call(
        _ method: String, _ params: JSONObject = JSONObject(), timeout: Duration = .seconds(60)
    ) throws -> JSONValue {
        try RunningDaemon.call(method, params, timeout: timeout, socket: socket)
    }

    static func call(
        _ method: String, _ params: JSONObject = JSONObject(), timeout: Duration = .seconds(60), socket: String
    ) throws -> JSONValue {
        let client = try RequestClient(path: socket)
        defer { client.close() }
        let answer = try JSONReader().read(try client.call(method, params: params, timeout: timeout))
        // Whatever a test asks, the answer is what the table of methods says of it.
        if let differences = Endpoint.named(method)?.resultShape.differences(from: answer), !differences.isEmpty {
            Issue.record("\(method) answers differently: \(differences.prefix(5))")
        }
        return answer
    }

    /// Waits until `drops` drops have come to an end and what is served shows them.
    func settle(drops: Int) async throws {
        for _ in 0..<1200 {
            let status = try call("system.status")
            let inbox = status["inbox"]
            let done =
                (inbox?["loaded"]?.integerValue ?? 0) + (inbox?["failed"]?.integerValue ?? 0)
                + (inbox?["duplicates"]?.integerValue ?? 0)
            if done >= drops, inbox?["settled"]?.boolValue ?? false { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Trouble(description: "the daemon did not settle: \(try call("system.status"))")
    }

    /// A whole exported table.
    func export(_ table: String) throws -> String {
        var text = ""
        var cursor: String?
        repeat {
            var params: JSONObject = ["table": .string(table)]
            if let cursor { params["cursor"] = .string(cursor) }
            let page = try call("export.table", params)
            text += page["data"]?.stringValue ?? ""
            cursor = page["next_cursor"]?.stringValue
        } while cursor != nil
        return text
    }

    /// All tables, one after the other.
    func exportEverything() throws -> String {
        try [
            "customer_metrics", "customer_health_scores", "customer_health_history", "ai_model_features",
            "dashboard_kpis", "cohort_retention", "mrr_movements",
        ].map { try export($0) }.joined()
    }
}

/// The five files of a small sample company as text.
enum SampleFiles {
    static let categories = ["demographics", "transactions", "engagement", "support", "surveys"]

    static func make(clients: Int, days: Int, seed: UInt64) throws -> [String: String] {
        let generator = try SampleGenerator(
            SampleSettings(clients: clients, days: days, seed: seed, lastDay: 20_000, messShare: 0.02))
        var bytes: [String: [UInt8]] = [:]
        _ = generator.write(SampleFile.allCases.filter(\.isClientData)) { file, chunk in
            chunk.withUnsafeBytes { bytes[file.fileName, default: []].append(contentsOf: $0) }
        }
        return Dictionary(
            uniqueKeysWithValues: categories.map { ($0, String(decoding: bytes["\($0).csv"] ?? [], as: UTF8.self)) })
    }
}
