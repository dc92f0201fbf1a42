internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac heatmap`
struct HeatmapShow: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "heatmap",
        abstract: "Show when clients are active, by weekday and hour (UTC).",
        discussion: """
            With ndjson and csv: one record for each weekday and hour (weekday 1 is Monday).

            EXAMPLES:
              aurac heatmap
              aurac heatmap --region EMEA --segment enterprise
              aurac heatmap -o csv > hours.csv
            """)

    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .engagementHeatmap }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = [:]
        filters.add(to: &parameters)
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] {
        result[at: "weekdays"].elements.flatMap { day in
            day[at: "hours"].elements.enumerated().map { hour, count in
                ["weekday": day[at: "weekday"], "hour": .integer(Int64(hour)), "events": count] as Answer
            }
        }
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        var values = [[Double?]](repeating: [], count: 7)
        for day in result[at: "weekdays"].elements {
            guard let weekday = day[at: "weekday"].int, (1...7).contains(weekday) else { continue }
            values[weekday - 1] = day[at: "hours"].elements.map(\.doubleValue)
        }
        page.add(Heatmap.weekHours(values, title: "Events by weekday and hour (UTC)"))
        page.origin(result, ["\(page.integer(result[at: "total"])) events"])
    }
}
