internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac churn model use`
struct ChurnModelUse: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "use",
        abstract: "Put a kept version in force, or the rules, and keep it so; or leave it to the trainings again.",
        discussion: """
            A choice is kept, also over a restart, until another one is made: trainings go on and never replace it. \
            With --auto they decide again; what is in force stays until one comes to something better.

            With ndjson and csv: one record.

            EXAMPLES:
              aurac churn model use churn-2026-05-31-4f2a90c1
              aurac churn model use --rules
              aurac churn model use --auto
            """)

    @Argument(help: ArgumentHelp("The version; 'aurac churn model list' shows them.", valueName: "version"))
    var version: String?

    @Flag(help: "No model: the rules rank the clients.")
    var rules = false

    @Flag(help: "Take the choice back: trainings decide again.")
    var auto = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .churnUse }

    func validate() throws {
        if [version != nil, rules, auto].count(where: { $0 }) != 1 {
            throw ValidationError("Name a version, or say --rules or --auto.")
        }
    }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        if let version { return ["version": .string(version)] }
        return auto ? ["automatic": .bool(true)] : ["rules": .bool(true)]
    }

    func records(_ result: Answer) -> [Answer] { [result] }

    func report(_ result: Answer, on page: inout ReportPage) {
        page.text("in force: \(result[at: "version"].stringValue ?? "the rules")")
        if result[at: "choice"].stringValue == "operator" {
            page.text("kept so until 'aurac churn model use --auto'", .muted)
        } else {
            page.text("until a training comes to something better", .muted)
        }
        page.origin(result)
    }
}

/// `aurac churn model export`
struct ChurnModelExport: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a model to a file, for another daemon or for safe keeping.",
        discussion: """
            EXAMPLES:
              aurac churn model export model.bin
              aurac churn model export model.bin --version-name churn-2026-05-31-4f2a90c1
            """)

    @Argument(help: ArgumentHelp("The file to write.", valueName: "file"))
    var file: String

    @Option(
        name: .customLong("version-name"),
        help: ArgumentHelp("The version (default: the one in force).", valueName: "version"))
    var version: String?

    @OptionGroup var connection: ConnectionOptions

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let session = try DaemonSession(connection, console)
        let result = try session.ask(.churnExport, version.map { ["version": .string($0)] } ?? [:])
        guard let bytes = result[at: "content_base64"].stringValue.flatMap(Base64Text.decode) else {
            throw CommandFailure(
                .internalError, "the daemon's answer holds no model", hint: "are client and daemon of one version?")
        }
        let target = try OutputFile(file)
        try target.write(bytes)
        try target.finish()
        console.complain("\(result[at: "version"].stringValue ?? "the model") written to \(file)")
        return .done
    }
}

/// `aurac churn model import`
struct ChurnModelImport: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Hand a model file to the daemon. It is kept; 'aurac churn model use' puts it in force.",
        discussion: """
            With ndjson and csv: one record.

            EXAMPLES:
              aurac churn model import model.bin
            """)

    @Argument(help: ArgumentHelp("The file.", valueName: "file"))
    var file: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .churnImport }

    /// Larger files are no models.
    private static let bytesMax = 8 << 20

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        let input = try InputFile(file, standardInput: 0)
        let bytes = try input.read(Self.bytesMax + 1)
        guard bytes.count <= Self.bytesMax else {
            throw CommandFailure(.badData, "\"\(file)\" is too large for a model", hint: "name a file of 'export'")
        }
        return ["content_base64": .string(Base64Text.encoded(bytes))]
    }

    func records(_ result: Answer) -> [Answer] { [result] }

    func report(_ result: Answer, on page: inout ReportPage) {
        page.text("\(page.shown(result[at: "version"])) is kept, \(page.number.bytes(result[at: "bytes"].int))")
        page.text("aurac churn model use \(page.shown(result[at: "version"])) puts it in force", .muted)
    }
}
