internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac kpis`
struct KPIsShow: QueryCommand {
    enum Step: String, ExpressibleByArgument, CaseIterable {
        case month
        case week
        case day
    }

    enum Grouping: String, ExpressibleByArgument, CaseIterable {
        case segment
        case region
        case tier
        case product
    }

    enum Comparison: String, ExpressibleByArgument, CaseIterable {
        case previous
        case year
    }

    static let configuration = CommandConfiguration(
        commandName: "kpis",
        abstract: "Show the key figures, how they change, and how groups compare.",
        discussion: """
            The figures are of the month of the as-of day up to that day, or of --from to --to. With ndjson and csv: \
            one record for each period of the series, or with --group-by for each group.

            EXAMPLES:
              aurac kpis
              aurac kpis --segment enterprise --compare year
              aurac kpis --group-by region --from 2026-04-01 --to 2026-06-30
              aurac kpis --by week -o csv > weeks.csv
            """)

    @Option(help: ArgumentHelp("First day (default: the first of the month).", valueName: "day"))
    var from: DayArgument?

    @Option(help: ArgumentHelp("Last day (default: the as-of day).", valueName: "day"))
    var to: DayArgument?

    @Option(name: .customLong("by"), help: "Periods of the series.")
    var step = Step.month

    @Option(name: .customLong("group-by"), help: "Also show the figures of each group.")
    var grouping: Grouping?

    @Option(
        name: .customLong("compare"),
        help: "Also show the figures of the period before, or of the same days a year before.")
    var comparison: Comparison?

    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var method: Contract.Method { .kpisGet }

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

    func records(_ result: JSONValue) -> [JSONValue] {
        guard grouping != nil else { return result[at: "series"].elements }
        return result[at: "groups"].elements.map { group in
            group[at: "summary"].adding([("group", group[at: "group"])])
        }
    }

    func report(_ result: JSONValue, on page: inout ReportPage) {
        KPIReport(result, stepName: step.rawValue, groupName: grouping?.rawValue).write(on: &page)
    }
}
