internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac verify`
struct SystemVerify: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that originals, ledger and figures agree.",
        discussion: """
            Every original is read again and compared with the hash it was delivered under; that takes as long as \
            reading all of them, and --quick leaves it out. Ends with 1 when a check fails. A damaged or missing \
            original is mended by delivering the same file again, or comes back from a backup: 'aurad --rebuild', \
            which derives everything from the originals, checks all of them first and refuses when one is not whole. \
            With ndjson and csv: one record for each \
            check, and for each original that something is wrong with.

            EXAMPLES:
              aurac verify
              aurac verify --quick
              aurac verify -o ndjson | jq 'select(.ok | not)'
            """)

    @Flag(help: "Leave out reading the content of the originals.")
    var quick = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .systemVerify }

    /// An hour: as long as the daemon waits itself.
    var timeout: Duration? { connection.waitSeconds == nil ? .seconds(3_600) : nil }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject { ["whole": .bool(!quick)] }

    func records(_ result: Answer) -> [Answer] {
        result[at: "checks"].elements + OriginalsReport(result).records
    }

    func status(_ result: Answer) -> ExitStatus { result[at: "ok"].boolValue == true ? .done : .failed }

    func report(_ result: Answer, on page: inout ReportPage) {
        let checks = result[at: "checks"].elements
        let failed = checks.count { $0[at: "ok"].boolValue != true }
        page.add(
            Table(
                columns: [
                    .init("check", priority: Table.Column.required), .init("result", priority: Table.Column.required),
                    .init("detail", priority: 1),
                ],
                rows: checks.map { check in
                    let isGood = check[at: "ok"].boolValue == true
                    return [
                        Table.Cell(page.shown(check[at: "name"])),
                        Table.Cell(isGood ? "ok" : "failed", isGood ? .good : .bad),
                        Table.Cell(check[at: "detail"].stringValue ?? "", isGood ? .muted : .normal),
                    ]
                }, emptyText: "no checks"))
        let originals = OriginalsReport(result)
        originals.write(on: &page)
        if result[at: "ok"].boolValue == true {
            page.text("all \(checks.count) checks passed", .good)
        } else if checks.isEmpty {
            page.text("nothing could be checked; aurac status says why", .bad)
        } else if failed == 0 {
            page.text(
                "all \(checks.count) checks passed, but something is wrong with "
                    + "\(page.number.integer(originals.troubleCount)) originals", .bad)
        } else {
            page.text("\(failed) of \(checks.count) checks failed; the daemon's log says more", .bad)
        }
    }
}
