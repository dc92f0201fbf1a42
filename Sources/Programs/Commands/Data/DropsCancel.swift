internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac drops cancel ID`
struct DropsCancel: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Take back a delivery that is not loaded yet.",
        discussion: """
            Nothing of the file is taken: the delivery ends as refused, and the file is kept among the refused ones. \
            Also ends one whose load is under way. What is loaded stays: the command then ends with 1. Takes the \
            permission to hand in data. With ndjson and csv: one record.

            EXAMPLES:
              aurac drops --state queued
              aurac drops cancel 17
            """)

    @Argument(help: ArgumentHelp("The delivery's id.", valueName: "id"))
    var dropID: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .dataCancel }

    /// The daemon looks up from its work for a load, which it does now and then.
    var timeout: Duration? { connection.waitSeconds == nil ? .seconds(90) : nil }

    func validate() throws { try DropID.check(dropID) }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject { ["drop_id": DropID.value(dropID)] }

    func records(_ result: Answer) -> [Answer] { [result] }

    func status(_ result: Answer) -> ExitStatus { Self.isCancelled(result) ? .done : .failed }

    private static func isCancelled(_ result: Answer) -> Bool { result[at: "cancelled"].boolValue == true }

    func report(_ result: Answer, on page: inout ReportPage) {
        let id = page.identifier(result[at: "drop_id"])
        guard !Self.isCancelled(result) else {
            return page.text("drop \(id) is cancelled: nothing of it was loaded", .good)
        }
        switch result[at: "state"].stringValue {
        case "loaded":
            page.text("too late: drop \(id) is loaded, and what is loaded is not taken out again", .bad, hanging: 2)
        case "duplicate":
            page.text("drop \(id) repeats an earlier one: nothing of it was loaded", .bad, hanging: 2)
        case "refused": page.text("drop \(id) was refused before: nothing of it was loaded", .bad, hanging: 2)
        default:
            page.text("drop \(id) could not be cancelled; it is \(page.shown(result[at: "state"]))", .bad, hanging: 2)
        }
        page.text("aurac drops show \(id) tells what became of it", .muted)
    }
}
