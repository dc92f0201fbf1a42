internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac churn train`
struct ChurnTrain: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train the churn model now, in the background.",
        discussion: """
            The new model is put in force when it passes its gate and beats the one in force beyond noise on rows that \
            neither has seen. With ndjson and csv: one record.

            EXAMPLES:
              aurac churn train
              aurac churn train --wait && aurac churn model
              aurac churn train --cancel
            """)

    @Flag(help: .of(.churnTrain, "wait"))
    var wait = false

    @Flag(help: .of(.churnTrain, "cancel", "The model in force stays."))
    var cancel = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .churnTrain }

    /// An hour: as long as the daemon waits itself.
    var timeout: Duration? { wait && connection.waitSeconds == nil ? .seconds(3_600) : nil }

    func validate() throws {
        if wait, cancel { throw ValidationError("--wait and --cancel exclude each other.") }
    }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        ["wait": .bool(wait), "cancel": .bool(cancel)]
    }

    func records(_ result: Answer) -> [Answer] { [result] }

    func report(_ result: Answer, on page: inout ReportPage) {
        var text = "training \(page.shown(result[at: "state"]))"
        if wait { text += " in \(page.duration(milliseconds: result[at: "duration_ms"]))" }
        page.text(text)
        if let outcome = result[at: "outcome"].stringValue {
            page.text("\(outcome): \(page.shown(result[at: "statement"]))")
        }
        page.text("in force: \(result[at: "in_force"].stringValue ?? "the rules")")
    }
}
