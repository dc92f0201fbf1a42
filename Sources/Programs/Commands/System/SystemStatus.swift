internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac status`
struct SystemStatus: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the daemon is doing.",
        discussion: """
            Problems come first, then what the daemon holds, what its stages do, and how far a load is. With ndjson \
            and csv: one record for each stage.

            EXAMPLES:
              aurac status
              watch -c aurac status
              aurac status -o json | jq .inbox.pending
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .systemStatus }

    func records(_ result: Answer) -> [Answer] { result[at: "stages"].elements }

    func report(_ result: Answer, on page: inout ReportPage) { StatusReport(result).write(on: &page) }
}
