internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac forecast backtest`
struct ForecastBacktest: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Show how far off the forecast was when it was tried on its own history.",
        discussion: """
            The history is cut off at several days, forecast from there, and held against what came. With ndjson and \
            csv: one record for each horizon.

            EXAMPLES:
              aurac forecast backtest --metric revenue
              aurac forecast backtest --metric tickets --segment enterprise -o csv
            """)

    @OptionGroup var forecast: ForecastOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .forecastGet }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = [:]
        forecast.add(to: &parameters)
        // A year of history gives the errors something to be held against.
        parameters["history"] = 364
        filters.add(to: &parameters)
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] { result[at: "backtest"].elements }

    func report(_ result: Answer, on page: inout ReportPage) {
        let history = result[at: "history"].elements.compactMap { $0[at: "y"].doubleValue }
        let mean = history.isEmpty ? 0 : history.reduce(0, +) / Double(history.count)
        let metric = page.shown(result[at: "metric"])
        page.add(
            Table(
                title: "Errors of the forecast of \(metric), per day",
                columns: [
                    .init("over", overflow: .never, priority: Table.Column.required),
                    .init("mean error", alignment: .trailing, priority: Table.Column.required),
                    .init("of the mean", alignment: .trailing, priority: 4),
                    .init("too low by", alignment: .trailing, priority: 3),
                ],
                rows: result[at: "backtest"].elements.map { error in
                    let size = error[at: "mae"].doubleValue
                    return [
                        Table.Cell("\(page.integer(error[at: "days"])) days"),
                        Table.Cell(page.amount(size), .strong),
                        Table.Cell(page.number.percent(mean > 0 ? size.map { $0 / mean } : nil)),
                        Table.Cell(page.amount(error[at: "bias"])),
                    ]
                },
                notes: mean > 0 ? ["mean of the history shown: \(page.amount(mean)) per day"] : [],
                emptyText: "no back-test: the history is too short, or the forecast is an estimate from the segment"))
        let members = result[at: "model"][at: "members"].elements
        if !members.isEmpty {
            page.blank()
            page.add(
                Table(
                    title: "Methods",
                    columns: [
                        .init("method", overflow: .never, priority: Table.Column.required),
                        .init("weight", alignment: .trailing, priority: Table.Column.required),
                        .init("mean error", alignment: .trailing, priority: 4),
                    ],
                    rows: members.map {
                        [
                            Table.Cell(page.shown($0[at: "name"])),
                            Table.Cell(page.number.percent($0[at: "weight"].doubleValue)),
                            Table.Cell(page.amount($0[at: "backtest_mae"])),
                        ]
                    }))
        }
        for note in result[at: "notes"].elements { page.text("Note: \(page.shown(note)).", hanging: 2) }
        page.origin(result, [ForecastReport.clients(result, page)])
    }
}
