internal import ArgumentParser
internal import Contract
internal import TerminalText
internal import Words

/// `aurac cohorts`
struct CohortsShow: QueryCommand {
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
        name: .customLong("by"), help: .of(.cohortsGet, "by", valueName: "what"))
    var definition = CohortStart.signupMonth

    @Option(help: .of(.cohortsGet, "measure"))
    var measure = CohortMeasure.retention

    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .cohortsGet }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = ["by": .string(definition.rawValue), "measure": .string(measure.rawValue)]
        filters.add(to: &parameters)
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] {
        let name = result[at: "measure"].stringValue == CohortMeasure.revenue.rawValue ? "revenue" : "active"
        return result[at: "cohorts"].elements.flatMap { cohort in
            let retention = cohort[at: "retention"].elements
            let complete = cohort[at: "complete"].int ?? .max
            return cohort[at: "active"].elements.enumerated().map { month, active in
                let record: Answer = [
                    "cohort": cohort[at: "cohort"], "size": cohort[at: "size"], "month": .integer(Int64(month)),
                    name: active,
                    "retention": month < retention.count ? retention[month] : .null,
                    "complete": .bool(month < complete),
                ]
                return record
            }
        }
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        let isRevenue = result[at: "measure"].stringValue == CohortMeasure.revenue.rawValue
        let by = result[at: "by"].stringValue == CohortStart.firstActivity.rawValue ? "first activity" : "sign-up"
        CohortTriangle(
            title: (isRevenue ? "Recurring revenue kept" : "Clients active") + ", by month of \(by)",
            result[at: "cohorts"].elements, showsMean: !isRevenue
        ).write(on: &page)
        page.origin(result)
    }
}
