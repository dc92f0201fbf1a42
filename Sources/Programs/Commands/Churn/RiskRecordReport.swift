internal import Contract
internal import TerminalText

/// How the company's past bears out what is said of risk, for people.
struct RiskRecordReport {
    private let record: Answer

    /// - Parameter record: `record` of an answer.
    init(_ record: Answer) { self.record = record }

    private static let names = [
        "model": "model", "rules": "rules", "health": "health", "last_seen": "days since last seen",
    ]

    /// - Parameters:
    ///   - measures: which to show, in order.
    ///   - levels: the member whose levels are shown; nil for none.
    func write(_ measures: [String], levels: String?, on page: inout ReportPage) {
        page.heading("On this company's own past")
        guard !record.isNull else {
            page.text("No window of time was over yet that could be looked at.", .muted)
            return
        }
        let horizon = page.integer(record[at: "horizon_days"])
        let windows = record[at: "windows"].elements
        page.text(
            "Of the clients who were there on each day, who left within \(horizon) days, and how well they had been told "
                + "from the others: AUC 0.5 is chance, 1 is perfect; the yield is the share of leavers among the tenth "
                + "that stood at the top.", .muted)
        var rows: [[Table.Cell]] = []
        for window in windows.suffix(6).reversed() {
            let (clients, left) = (window[at: "clients"].doubleValue ?? 0, window[at: "left"].doubleValue ?? 0)
            for measure in measures {
                guard
                    let ranking = window[at: "rankings"].elements.first(where: {
                        $0[at: "measure"].stringValue == measure
                    })
                else { continue }
                let expected = ranking[at: "expected"].doubleValue
                rows.append([
                    Table.Cell(page.shown(window[at: "day"])),
                    Table.Cell(Self.names[measure] ?? measure), Table.Cell(page.integer(window[at: "clients"])),
                    Table.Cell(page.integer(window[at: "left"])),
                    Table.Cell(page.number.decimal(ranking[at: "auc"].doubleValue, fractionDigits: 3)),
                    Table.Cell(page.number.percent(ranking[at: "top_tenth_yield"].doubleValue)),
                    Table.Cell(clients > 0 ? page.number.percent(left / clients) : page.number.unknown, .muted),
                    Table.Cell(
                        expected.flatMap { $0 > 0 ? left / $0 : nil }.map { page.number.decimal($0) }
                            ?? page.number.unknown),
                ])
            }
        }
        page.add(
            Table(
                columns: [
                    .init("day", priority: Table.Column.required), .init("ranked by", priority: Table.Column.required),
                    .init("clients", alignment: .trailing, priority: 3),
                    .init("left", alignment: .trailing, priority: 6),
                    .init("AUC", alignment: .trailing, priority: Table.Column.required),
                    .init("yield of the top tenth", alignment: .trailing, priority: 8),
                    .init("of all", alignment: .trailing, priority: 7),
                    .init("observed / expected", alignment: .trailing, priority: 5),
                ], rows: rows, emptyText: "no window"))
        guard let levels else { return }
        page.blank()
        page.add(
            Table(
                columns: [
                    .init("level", priority: Table.Column.required),
                    .init("clients", alignment: .trailing, priority: 3),
                    .init("left", alignment: .trailing, priority: 4),
                    .init("share", alignment: .trailing, priority: Table.Column.required),
                ],
                rows: record[at: levels].elements.map { level in
                    [
                        Table.Cell(page.shown(level[at: "level"])), Table.Cell(page.integer(level[at: "clients"])),
                        Table.Cell(page.integer(level[at: "left"])),
                        Table.Cell(page.number.percent(level[at: "share"].doubleValue)),
                    ]
                }))
    }
}
