internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac cohorts`
struct CohortsShow: QueryCommand {
    enum Definition: String, ExpressibleByArgument, CaseIterable {
        case signupMonth = "signup_month"
        case firstActivity = "first_activity"
    }

    enum Measure: String, ExpressibleByArgument, CaseIterable {
        case retention
        case revenue
    }

    static let configuration = CommandConfiguration(
        commandName: "cohorts",
        abstract: "Show how many clients of each month stay.",
        discussion: """
            Each row follows the clients of one month. The month of the as-of day is not over; its cells are marked \
            with * and in no mean. With ndjson and csv: one record for each cohort and month.

            EXAMPLES:
              aurac cohorts
              aurac cohorts --by first_activity --segment smb
              aurac cohorts --measure revenue -o csv > cohorts.csv
            """)

    @Option(
        name: .customLong("by"),
        help: ArgumentHelp(
            "What puts clients together: the month of sign-up or of the first activity.", valueName: "what"))
    var definition = Definition.signupMonth

    @Option(help: "What is followed: active clients or recurring revenue.")
    var measure = Measure.retention

    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var method: Contract.Method { .cohortsGet }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = ["by": .string(definition.rawValue), "measure": .string(measure.rawValue)]
        filters.add(to: &parameters)
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: JSONValue) -> [JSONValue] {
        let name = result[at: "measure"].stringValue == Measure.revenue.rawValue ? "revenue" : "active"
        return result[at: "cohorts"].elements.flatMap { cohort in
            let retention = cohort[at: "retention"].elements
            let complete = cohort[at: "complete"].int ?? .max
            return cohort[at: "active"].elements.enumerated().map { month, active in
                JSONValue.object([
                    "cohort": cohort[at: "cohort"], "size": cohort[at: "size"], "month": .integer(Int64(month)),
                    name: active,
                    "retention": month < retention.count ? retention[month] : .null,
                    "complete": .bool(month < complete),
                ])
            }
        }
    }

    func report(_ result: JSONValue, on page: inout ReportPage) {
        let isRevenue = result[at: "measure"].stringValue == Measure.revenue.rawValue
        let by = result[at: "by"].stringValue == Definition.firstActivity.rawValue ? "first activity" : "sign-up"
        CohortTriangle(
            title: (isRevenue ? "Recurring revenue kept" : "Clients active") + ", by month of \(by)",
            result[at: "cohorts"].elements, showsMean: !isRevenue
        ).write(on: &page)
        page.origin(result)
    }
}
