internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac refresh`
struct SystemRefresh: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Load what waits in the inbox and work the figures out anew, now.",
        discussion: """
            Without --wait the command returns as soon as the daemon has taken the order. With ndjson and csv: one \
            record.

            EXAMPLES:
              aurac refresh
              aurac refresh --wait && aurac kpis
            """)

    @Flag(help: .of(.systemRefresh, "wait"))
    var wait = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .systemRefresh }

    /// A century: the work takes as long as it takes.
    private static let unlimited = Duration.seconds(3_000_000_000)

    var timeout: Duration? { wait && connection.waitSeconds == nil ? Self.unlimited : nil }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject { ["wait": .bool(wait)] }

    func records(_ result: Answer) -> [Answer] { [result] }

    func report(_ result: Answer, on page: inout ReportPage) {
        var text = "refresh \(page.shown(result[at: "state"]))"
        if result[at: "duration_ms"].doubleValue != nil {
            text += " in \(page.duration(milliseconds: result[at: "duration_ms"]))"
        }
        if let snapshot = result[at: "snapshot"].stringValue { text += ", snapshot \(snapshot)" }
        page.text(text)
    }
}
