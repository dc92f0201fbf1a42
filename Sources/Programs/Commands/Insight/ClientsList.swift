internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac clients`
struct ClientsList: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients",
        abstract: "List clients, those with most at stake first.",
        discussion: """
            With ndjson and csv: one record for each client; with --all they are written as the pages come in.

            EXAMPLES:
              aurac clients --risk high --risk critical --limit 50
              aurac clients --region EMEA --where 'engagement_score<0.5' --sort mrr
              aurac clients --search acme
              aurac clients --sort risk --where 'region!=EMEA' --where 'contract_end_date<=2026-03-31'
              aurac clients --status left
              aurac clients --all -o csv > clients.csv
            """)

    @Option(
        help: .of(.clientsList, "sort", valueName: "key"))
    var sort: String?

    @Option(help: .of(.clientsList, "limit", "With --all 1000 unless said.", valueName: "number"))
    var limit: Int?

    @Option(help: ArgumentHelp("Go on after a page, as its last line tells.", valueName: "cursor"))
    var cursor: String?

    @Flag(help: "All pages instead of one.")
    var all = false

    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    private static let allPageLimit = 1_000
    /// What the daemon takes for a limit when none is given.
    private static let pageLimit = 20

    var endpoint: Endpoint { .clientsList }

    func validate() throws {
        if let limit, !(1...10_000).contains(limit) { throw ValidationError("--limit is \(limit); give 1 to 10000.") }
        if all, output.format == .json {
            throw ValidationError("--all has several results, -o json shows one: use -o ndjson.")
        }
        if all, cursor != nil { throw ValidationError("--all begins at the first page: leave out --cursor.") }
    }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = [:]
        filters.add(to: &parameters)
        if let sort { parameters["sort"] = .string(sort) }
        if let limit = limit ?? (all ? Self.allPageLimit : nil) { parameters["limit"] = .integer(Int64(limit)) }
        if let cursor { parameters["cursor"] = .string(cursor) }
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] { result[at: "clients"].elements }

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let session = try DaemonSession(connection, console)
        guard all else {
            let parameters = try parameters(console)
            let bytes = try session.list(
                endpoint, parameters, of: "clients", limit: limit ?? Self.pageLimit, pageMax: 10_000)
            return try write(bytes, console)
        }
        let pages = try PagedQuery(session: session, endpoint: endpoint, parameters: parameters(console))
        switch output.format {
        case .ndjson, .csv:
            var table = CSVTable(raw: output.raw)
            var hasHeader = false
            try pages.forEachPage(
                { page throws(CommandFailure) in
                    let records = records(page)
                    if output.format == .ndjson { return try console.write(RecordText.ndjson(records), as: .json) }
                    let rows = records.map { table.row(of: $0) }
                    var bytes: [UInt8] = []
                    if !hasHeader, !table.columns.isEmpty {
                        RecordText.append(table.header, to: &bytes)
                        hasHeader = true
                    }
                    for row in rows { RecordText.append(table.fields(row), to: &bytes) }
                    try console.write(bytes, as: .csv)
                },
                onConflict: {
                    if console.hasWritten { return .fail }
                    console.discardPending()
                    table = CSVTable(raw: output.raw)
                    hasHeader = false
                    return .restart
                })
        case .table, .json:
            var clients: [Answer] = []
            var last = Answer.null
            try pages.forEachPage(
                { page throws(CommandFailure) in
                    clients += records(page)
                    last = page
                },
                onConflict: {
                    clients.removeAll()
                    return .restart
                })
            var page = ReportPage(output.style(console), now: console.now)
            page.notices(last)
            report(last.replacing("clients", with: .array(clients.map(\.value))), on: &page)
            try console.write(page.encoded)
        }
        return .done
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        WorkList(result).write(on: &page)
        let count = result[at: "clients"].elements.count
        page.origin(result, ["\(page.number.integer(count)) of \(page.integer(result[at: "total"])) clients"])
        if let next = result[at: "next_cursor"].stringValue {
            page.text("next page: the same command with --cursor '\(next)', or all with --all", .muted)
        }
    }
}
