internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac churn importance`
struct ChurnImportance: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "importance",
        abstract: "Show which features the churn model leans on.",
        discussion: """
            A feature goes with the risk, which does not make it the cause. The fall of the AUC is measured by \
            shuffling the feature among clients the model had not seen, several times; ± is the spread of these. \
            With ndjson and csv: one record for each feature.

            EXAMPLES:
              aurac churn importance
              aurac churn importance -o csv
            """)

    @Option(help: ArgumentHelp("Features to show (default: 20).", valueName: "n"))
    var limit = 20

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .churnImportance }

    func records(_ result: Answer) -> [Answer] { result[at: "features"].elements }

    func report(_ result: Answer, on page: inout ReportPage) {
        let rows = result[at: "features"].elements.prefix(max(1, limit)).map { feature -> [Table.Cell] in
            let share = feature[at: "share"].doubleValue
            let drop = page.number.decimal(feature[at: "auc_drop"].doubleValue, fractionDigits: 4)
            let spread = page.number.decimal(feature[at: "auc_drop_spread"].doubleValue, fractionDigits: 4)
            return [
                Table.Cell(page.shown(feature[at: "title"])),
                Table.Cell(share.map { Bar.text(fraction: $0, width: 12, unicode: page.style.unicode) } ?? ""),
                Table.Cell(page.number.percent(share)),
                Table.Cell("\(drop) \(page.style.unicode ? "±" : "+-") \(spread)"),
                Table.Cell(page.shown(feature[at: "feature"]), .muted),
                Table.Cell(page.shown(feature[at: "formula"]), .muted),
            ]
        }
        page.add(
            Table(
                columns: [
                    .init("feature", overflow: .never, priority: Table.Column.required), .init("", priority: 5),
                    .init("share", alignment: .trailing, priority: Table.Column.required),
                    .init("AUC falls by", alignment: .trailing, priority: 8), .init("column", priority: 3),
                    .init("formula", priority: 2, minimumWidth: 20),
                ], rows: Array(rows), emptyText: "the model leans on nothing"))
        let correlations = result[at: "correlations"].elements.prefix(5)
        if !correlations.isEmpty {
            page.heading("Much the same")
            page.add(
                Table(
                    columns: [
                        .init("feature", priority: Table.Column.required), .init("and", priority: 5),
                        .init("correlation", alignment: .trailing, priority: Table.Column.required),
                    ],
                    rows: correlations.map { pair in
                        [
                            Table.Cell(page.shown(pair[at: "feature"])), Table.Cell(page.shown(pair[at: "other"])),
                            Table.Cell(page.number.decimal(pair[at: "coefficient"].doubleValue)),
                        ]
                    }))
        }
        page.text(page.shown(result[at: "statement"]), .muted)
        page.origin(result, [page.shown(result[at: "version"])])
    }
}
