internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac client ID`
struct ClientShow: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Show everything about one client.",
        discussion: """
            Who it is, how healthy, at what risk and why, money, engagement, support, and what happened last. With \
            ndjson and csv: one record; in csv, lists of objects are JSON text.

            EXAMPLES:
              aurac client C00042
              aurac client C00042 --as-of 2026-03-31 --timeline 50
              aurac client C00042 -o json | jq .risk.why
            """)

    @Argument(help: .of(.clientsGet, "customer_id", valueName: "id"))
    var customerID: String

    @Option(help: .of(.clientsGet, "timeline", valueName: "number"))
    var timeline: Int?

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .clientsGet }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = ["customer_id": .string(customerID)]
        if let timeline { parameters["timeline"] = .integer(Int64(timeline)) }
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] { [result] }

    func report(_ result: Answer, on page: inout ReportPage) { ClientReport(result).write(on: &page) }
}
