internal import ArgumentParser
internal import Contract
internal import TerminalText
internal import Words

/// `aurac kpis`
struct KPIsShow: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "kpis",
        abstract: "Show the key figures, how they change, and how groups compare.",
        discussion: """
            Clients, MRR, health and risk stand at the end of the as-of day; what flows (revenue, churn, retention, events) \
            is that of the last whole month, with the running one beside it, or of --from to --to. With ndjson and csv: one \
            record for each period of the series, or with --group-by for each group.

            EXAMPLES:
              aurac kpis
              aurac kpis --segment enterprise --compare year
              aurac kpis --group-by region --from 2026-04-01 --to 2026-06-30
              aurac kpis --by week -o csv > weeks.csv
            """)

    @Option(help: .of(.kpisGet, "from", valueName: "day"))
    var from: DayArgument?

    @Option(help: .of(.kpisGet, "to", valueName: "day"))
    var to: DayArgument?

    @Option(name: .customLong("by"), help: .of(.kpisGet, "by"))
    var step = SeriesStep.month

    @Option(name: .customLong("group-by"), help: .of(.kpisGet, "group_by"))
    var grouping: Grouping?

    @Option(
        name: .customLong("compare"),
        help: .of(.kpisGet, "compare"))
    var comparison: PeriodComparison?

    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .kpisGet }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = [:]
        if let from { parameters["from"] = .string(from.text) }
        if let to { parameters["to"] = .string(to.text) }
        if step != .month { parameters["by"] = .string(step.rawValue) }
        if let grouping { parameters["group_by"] = .string(grouping.rawValue) }
        if let comparison { parameters["compare"] = .string(comparison.rawValue) }
        filters.add(to: &parameters)
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] {
        guard grouping != nil else { return result[at: "series"].elements }
        return result[at: "groups"].elements.map { group in
            group[at: "summary"].adding([("group", group[at: "group"])])
        }
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        KPIReport(result, stepName: step.rawValue, groupName: grouping?.rawValue).write(on: &page)
    }
}
