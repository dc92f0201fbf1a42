internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac remarks ID`
struct RemarksList: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "remarks",
        abstract: "Show what was noticed of rows that were not rejected.",
        discussion: """
            Values that could not be read and count as unknown, rows that differ from one of the same id that came first, \
            values that were replaced or taken back, tickets that are open again: each with its line and column. With \
            ndjson and csv: one record for each row.

            EXAMPLES:
              aurac remarks 17
              aurac remarks 17 --limit 1000 -o csv > remarks.csv
            """)

    @Argument(help: ArgumentHelp("The delivery's id.", valueName: "id"))
    var dropID: String

    @Option(help: ArgumentHelp("At most so many.", valueName: "number"))
    var limit: Int = 50

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .dataRemarks }

    func validate() throws {
        try DropID.check(dropID)
        if limit < 1 { throw ValidationError("--limit is \(limit); give a number above 0.") }
    }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        ["drop_id": DropID.value(dropID), "limit": .integer(Int64(limit))]
    }

    func records(_ result: Answer) -> [Answer] { result[at: "remarks"].elements }

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let session = try DaemonSession(connection, console)
        return try write(
            session.list(endpoint, parameters(console), of: "remarks", limit: limit, pageMax: 10_000), console)
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        let remarks = records(result)
        page.add(
            Table(
                columns: [
                    .init("line", alignment: .trailing, priority: Table.Column.required),
                    .init("column", overflow: .never, priority: 4),
                    .init("what was noticed", priority: Table.Column.required, minimumWidth: 20),
                ],
                rows: remarks.map { remark in
                    [
                        Table.Cell(Self.lines(remark, page)), Table.Cell(page.shown(remark[at: "column"])),
                        Table.Cell(Self.text(remark, page)),
                    ]
                }, emptyText: "nothing was noticed"))
        let shown = remarks.reduce(0) { $0 + ($1[at: "rows"].int ?? 0) }
        if let total = result[at: "total"].int, total > shown {
            page.text("\(page.number.integer(shown)) of \(page.number.integer(total)); see more with --limit", .muted)
        }
    }

    private static func lines(_ remark: Answer, _ page: ReportPage) -> String {
        let first = page.identifier(remark[at: "line"])
        guard let last = remark[at: "last_line"].int else { return first }
        return "\(first)–\(last)"
    }

    private static func text(_ remark: Answer, _ page: ReportPage) -> String {
        let text = page.shown(remark[at: "text"])
        guard !remark[at: "last_line"].isNull else { return text }
        return "\(text) (\(page.number.integer(remark[at: "rows"].int ?? 0)) rows among these lines)"
    }
}

/// What was noticed of a drop, in a few lines.
struct RemarkSummary {
    private let entries: [Answer]
    private let dropID: String

    private static let entriesMax = 6

    /// Asks the daemon.
    init(_ drop: Answer, session: DaemonSession) throws(CommandFailure) {
        let parameters: JSONObject = ["drop_id": drop[at: "drop_id"].value, "limit": 1]
        entries = try session.ask(.dataRemarks, parameters)[at: "summary"].elements
        dropID = drop[at: "drop_id"].int.map { String($0) } ?? ""
    }

    func write(on page: inout ReportPage, indentation: Int) {
        guard !entries.isEmpty else { return }
        page.text("noticed:", .warning, indentation: indentation)
        for entry in entries.prefix(Self.entriesMax) {
            let column = entry[at: "column"].stringValue.map { "\($0): " } ?? ""
            page.text(
                "\(page.number.integer(entry[at: "rows"].int ?? 0)) × \(column)\(page.shown(entry[at: "text"]))",
                indentation: indentation + 2, hanging: 4)
        }
        if entries.count > Self.entriesMax {
            page.text("and \(entries.count - Self.entriesMax) others", .muted, indentation: indentation + 2)
        }
        page.text("on which lines: aurac remarks \(dropID)", .muted, indentation: indentation)
    }
}
