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

            With --as-file the rejected rows of one delivery are written as they came, byte for byte, under the header of \
            their file: mend them and hand the file in. It can be read by its owner alone; rows of JSON are written as \
            lines of objects.

            EXAMPLES:
              aurac rejects 17
              aurac rejects --limit 1000 -o csv > rejects.csv
              aurac rejects 17 --as-file mended.csv
              aurac ingest mended.csv --category transactions --wait
            """)

    @Argument(help: .of(.dataRejects, "drop_id", valueName: "id"))
    var drop: String?

    @Argument(
        help: ArgumentHelp(
            "With --as-file: where to write (default: a name made of that of the delivery; - is standard output).",
            valueName: "file"))
    var file: String?

    @Option(name: .customLong("drop"), help: ArgumentHelp("The same as ID.", valueName: "id"))
    var dropOption: String?

    @Flag(name: .customLong("as-file"), help: "Write the rows as they came, to be mended and handed in again.")
    var asFile = false

    private var dropID: String? { drop ?? dropOption }

    @Option(help: ArgumentHelp("At most so many.", valueName: "number"))
    var limit: Int = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .dataRejects }

    func validate() throws {
        if drop != nil, dropOption != nil { throw ValidationError("the delivery is given twice; leave out --drop.") }
        if let dropID { try DropID.check(dropID) }
        if asFile, dropID == nil { throw ValidationError("--as-file writes the rows of one delivery; give its ID.") }
        if !asFile, file != nil { throw ValidationError("a FILE is written with --as-file alone.") }
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
        if asFile, let dropID { return try RejectedFile(dropID: dropID, path: file).write(session, console) }
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
