internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac rejects`
struct RejectsList: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "rejects",
        abstract: "List rows that were not accepted, with the reason.",
        discussion: """
            With ndjson and csv: one record for each row.

            EXAMPLES:
              aurac rejects --drop 17
              aurac rejects --limit 1000 -o csv > rejects.csv
            """)

    @Option(name: .customLong("drop"), help: .of(.dataRejects, "drop_id", valueName: "id"))
    var dropID: String?

    @Option(help: ArgumentHelp("At most so many.", valueName: "number"))
    var limit: Int = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .dataRejects }

    func validate() throws {
        if let dropID { try DropID.check(dropID) }
        if limit < 1 { throw ValidationError("--limit is \(limit); give a number above 0.") }
    }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = ["limit": .integer(Int64(limit))]
        if let dropID { parameters["drop_id"] = DropID.value(dropID) }
        return parameters
    }

    func records(_ result: Answer) -> [Answer] { result[at: "rejects"].elements }

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let session = try DaemonSession(connection, console)
        return try write(
            session.list(endpoint, parameters(console), of: "rejects", limit: limit, pageMax: 10_000), console)
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        let rejects = records(result)
        page.add(RejectTable.table(rejects, showsDrop: dropID == nil, page))
        if let total = result[at: "total"].int, total > rejects.count {
            let shown = page.number.integer(rejects.count)
            page.text("\(shown) of \(page.number.integer(total)) rejected rows; see more with --limit", .muted)
        }
    }
}
