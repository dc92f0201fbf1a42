internal import ArgumentParser
internal import Contract
internal import TerminalText
internal import Words

/// `aurac drops`
struct DropsGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drops",
        abstract: "Show what was delivered and what became of it, or take a delivery back.",
        discussion: """
            EXAMPLES:
              aurac drops --state refused
              aurac drops show 17
              aurac drops cancel 18
            """,
        subcommands: [DropsList.self, DropsShow.self, DropsCancel.self], defaultSubcommand: DropsList.self)
}

/// `aurac drops list`
struct DropsList: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List deliveries, the latest first (the default).",
        discussion: """
            With ndjson and csv: one record for each delivery.

            EXAMPLES:
              aurac drops
              aurac drops --state refused --limit 100
              aurac drops -o csv > drops.csv
            """)

    @Option(help: .of(.dataDrops, "state"))
    var state: DropState?

    @Option(help: ArgumentHelp("At most so many.", valueName: "number"))
    var limit: Int = 20

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .dataDrops }

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is \(limit); give a number above 0.") }
    }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = ["limit": .integer(Int64(limit))]
        if let state { parameters["state"] = .string(state.rawValue) }
        return parameters
    }

    func records(_ result: Answer) -> [Answer] { result[at: "drops"].elements }

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let session = try DaemonSession(connection, console)
        return try write(
            session.list(endpoint, parameters(console), of: "drops", limit: limit, pageMax: 100_000), console)
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        let drops = records(result)
        page.add(
            Table(
                columns: [
                    .init("id", overflow: .never, priority: Table.Column.required),
                    .init("file", overflow: .truncate, priority: 9, minimumWidth: 12),
                    .init("category", overflow: .never, priority: 7),
                    .init("state", overflow: .never, priority: Table.Column.required),
                    .init("rows", alignment: .trailing, priority: 6),
                    .init("accepted", alignment: .trailing, priority: 5),
                    .init("rejected", alignment: .trailing, priority: 8),
                    .init("duplicates", alignment: .trailing, priority: 3),
                    .init("orphans", alignment: .trailing, priority: 1),
                    .init("size", alignment: .trailing, priority: 2),
                    .init("received", overflow: .never, priority: 4), .init("reason", priority: 10, minimumWidth: 22),
                ],
                rows: drops.map { drop in
                    let state = drop[at: "state"].stringValue
                    let rejected = drop[at: "rejected"].int ?? 0
                    return [
                        Table.Cell(page.identifier(drop[at: "drop_id"])), Table.Cell(page.shown(drop[at: "file"])),
                        Table.Cell(page.shown(drop[at: "category"])),
                        Table.Cell(page.shown(drop[at: "state"]), LevelRole.drop(state)),
                        Table.Cell(page.integer(drop[at: "rows"])), Table.Cell(page.integer(drop[at: "accepted"])),
                        Table.Cell(page.integer(drop[at: "rejected"]), rejected > 0 ? .warning : .normal),
                        Table.Cell(page.integer(drop[at: "duplicates"])), Table.Cell(page.integer(drop[at: "orphans"])),
                        Table.Cell(page.number.bytes(drop[at: "bytes"].int)),
                        Table.Cell(page.age(drop[at: "received_at"])),
                        Table.Cell(drop[at: "reason"].stringValue ?? "", state == "refused" ? .bad : .muted),
                    ]
                }, emptyText: state == nil ? "nothing was delivered yet" : "no such delivery"
            ).withoutEmptyColumns(["reason"]))
        guard let total = result[at: "total"].int, total > drops.count else { return }
        let shown = page.number.integer(drops.count)
        if state == nil {
            page.text("\(shown) of \(page.number.integer(total)) deliveries; see more with --limit", .muted)
        } else if drops.count >= limit {
            // The total is that of all states.
            page.text("the latest \(shown); see more with --limit", .muted)
        }
    }
}

extension ReportPage {
    /// An identifier: a number without grouping, or a text.
    func identifier(_ value: Answer) -> String { value.int.map { String($0) } ?? shown(value) }
}
