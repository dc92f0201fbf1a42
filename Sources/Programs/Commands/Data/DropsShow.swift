internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac drops show ID`
struct DropsShow: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one delivery with its first rejected rows.",
        discussion: """
            With json, ndjson and csv: the delivery alone; 'aurac rejects --drop ID' has its rejected rows.

            EXAMPLES:
              aurac drops show 17
              aurac drops show 17 -o json | jq .drops[0].sha256
            """)

    @Argument(help: ArgumentHelp("The delivery's id.", valueName: "id"))
    var dropID: String

    @Option(name: .customLong("rejects"), help: ArgumentHelp("Rejected rows to show.", valueName: "number"))
    var rejectsLimit: Int = 10

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .dataDrops }

    func validate() throws {
        try DropID.check(dropID)
        if rejectsLimit < 0 { throw ValidationError("--rejects is \(rejectsLimit); give 0 or more.") }
    }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject { ["drop_id": DropID.value(dropID)] }

    func records(_ result: Answer) -> [Answer] { result[at: "drops"].elements }

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let session = try DaemonSession(connection, console)
        let bytes = try session.call(endpoint, parameters(console))
        guard let drop = try DaemonSession.read(bytes, of: endpoint)[at: "drops"].elements.first else {
            throw CommandFailure(.failed, "no drop \"\(dropID)\"", hint: "\"aurac drops\" lists them")
        }
        guard output.format == .table else { return try write(bytes, console) }
        var page = ReportPage(output.style(console), now: console.now)
        var rejects: [Answer] = []
        let rejected = drop[at: "rejected"].int ?? 0
        if rejected > 0, rejectsLimit > 0 {
            let parameters: JSONObject = ["drop_id": drop[at: "drop_id"].value, "limit": .integer(Int64(rejectsLimit))]
            rejects = try session.ask(.dataRejects, parameters)[at: "rejects"].elements
        }
        DropReport(drop: drop).write(on: &page)
        if drop[at: "state"].stringValue == "loaded" {
            page.blank()
            try RemarkSummary(drop, session: session).write(on: &page, indentation: 0)
        }
        if !rejects.isEmpty {
            page.heading("Rejected rows")
            page.add(RejectTable.table(rejects, showsDrop: false, page))
            if rejected > rejects.count {
                page.text(
                    "\(page.number.integer(rejects.count)) of \(page.number.integer(rejected)); "
                        + "all with: aurac rejects --drop \(dropID) --limit \(rejected)", .muted)
            }
        }
        try console.write(page.encoded)
        return .done
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        for drop in records(result) { DropReport(drop: drop).write(on: &page) }
    }
}

/// Ids of drops: numbers where they are numbers, as the daemon gives them.
enum DropID {
    static func value(_ text: String) -> JSONValue { Int64(text).map { .integer($0) } ?? .string(text) }

    static func check(_ text: String) throws {
        guard let number = Int64(text), number >= 0 else {
            throw ValidationError("\"\(text)\" is no delivery's id; give the number that \"aurac drops\" shows.")
        }
    }
}
