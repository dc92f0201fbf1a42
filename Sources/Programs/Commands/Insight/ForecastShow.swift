internal import ArgumentParser
internal import Contract
internal import TerminalText
internal import Words

/// `aurac forecast`
struct ForecastGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Show what is to come: engagement, revenue, MRR, active customers or tickets.",
        discussion: """
            EXAMPLES:
              aurac forecast --metric revenue --horizon 90
              aurac forecast --metric engagement --customer C00042
              aurac forecast backtest --metric revenue
            """,
        subcommands: [ForecastShow.self, ForecastBacktest.self], defaultSubcommand: ForecastShow.self)
}

/// Which forecast is wanted.
struct ForecastOptions: ParsableArguments {
    @Option(help: .of(.forecastGet, "metric"))
    var metric: ForecastMetric

    @Option(
        name: .customLong("customer"), help: .of(.forecastGet, "customer_id", valueName: "id"))
    var customerID: String?

    @Option(
        help: .of(.forecastGet, "capacity", valueName: "number"))
    var capacity: Double?

    @Option(
        help: .of(.forecastGet, "leave_out", valueName: "what"))
    var leaveOut: LeftOutDays?

    func add(to parameters: inout JSONObject) {
        parameters["metric"] = .string(metric.rawValue)
        if let customerID { parameters["customer_id"] = .string(customerID) }
        if let capacity { parameters["capacity"] = .double(capacity) }
        if let leaveOut { parameters["leave_out"] = .string(leaveOut.rawValue) }
    }
}

/// `aurac forecast show`
struct ForecastShow: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show history, forecast and the interval it lies in with a probability of 80 %.",
        discussion: """
            The sum over clients is fitted on their summed history. The forecast rests on several methods, weighted by \
            a back-test on the history itself; one that strays far from the others counts less. With --capacity or \
            --leave-out it is made anew for these assumptions alone, and not adjusted to add up with others. With \
            ndjson and csv: one record for each day to come.

            EXAMPLES:
              aurac forecast --metric revenue --horizon 90
              aurac forecast --metric tickets --segment enterprise --region EMEA --components
              aurac forecast --metric engagement --customer C00042 -o csv > c42.csv
              aurac forecast --metric active_customers --capacity 12000 --leave-out outliers
            """)

    enum Horizon: Int, ExpressibleByArgument, CaseIterable {
        case month = 30
        case twoMonths = 60
        case quarter = 90
    }

    @OptionGroup var forecast: ForecastOptions

    @Option(help: .of(.forecastGet, "horizon", "Shown are as many."))
    var horizon: Horizon = .month

    @Option(help: .of(.forecastGet, "history", valueName: "days"))
    var history: Int = 90

    @Flag(help: "Also show what trend, seasons, holidays and events contribute.")
    var components = false

    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .forecastGet }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = [:]
        forecast.add(to: &parameters)
        parameters["horizon"] = .integer(Int64(horizon.rawValue))
        parameters["history"] = .integer(Int64(history))
        if components { parameters["components"] = true }
        filters.add(to: &parameters)
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] { result[at: "points"].elements }

    func report(_ result: Answer, on page: inout ReportPage) { ForecastReport(result).write(on: &page) }
}
