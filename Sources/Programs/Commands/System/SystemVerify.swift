internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac verify`
struct SystemVerify: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that originals, ledger and figures agree.",
        discussion: """
            Ends with 1 when a check fails. With ndjson and csv: one record for each check.

            EXAMPLES:
              aurac verify
              aurac verify -o ndjson | jq 'select(.ok | not)'
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var method: Contract.Method { .systemVerify }

    func records(_ result: JSONValue) -> [JSONValue] { result[at: "checks"].elements }

    func status(_ result: JSONValue) -> ExitStatus { result[at: "ok"].boolValue == true ? .done : .failed }

    func report(_ result: JSONValue, on page: inout ReportPage) {
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
        if result[at: "ok"].boolValue == true {
            page.text("all \(checks.count) checks passed", .good)
        } else {
            page.text("\(failed) of \(checks.count) checks failed; the daemon's log says more", .bad)
        }
    }
}
