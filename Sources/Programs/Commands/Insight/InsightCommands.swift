internal import ArgumentParser

/// Commands that ask about clients and figures, in the order in which help shows them.
///
/// A command that is one method is a ``QueryCommand``. Small ones may stand here:
/// ```swift
/// struct ClientsCount: QueryCommand {
///     static let configuration = CommandConfiguration(commandName: "count", abstract: "Count clients.")
///     @OptionGroup(title: "Filters") var filters: FilterOptions
///     @OptionGroup var asOf: AsOfOptions
///     @OptionGroup var output: OutputOptions
///     @OptionGroup var connection: ConnectionOptions
///     var endpoint: Endpoint { .clientsCount }
///     func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
///         var parameters: JSONObject = [:]
///         filters.add(to: &parameters)
///         asOf.add(to: &parameters)
///         return parameters
///     }
///     func records(_ result: Answer) -> [Answer] { [result] }
///     func report(_ result: Answer, on page: inout ReportPage) { page.text(page.integer(result[at: "count"])) }
/// }
/// ```
enum InsightCommands {
    static let all: [any ParsableCommand.Type] = [
        KPIsShow.self, ClientsList.self, ClientShow.self, ChurnGroup.self, RulesGroup.self, CohortsShow.self,
        HeatmapShow.self, MRRShow.self, ForecastGroup.self, TableExport.self,
    ]
}
