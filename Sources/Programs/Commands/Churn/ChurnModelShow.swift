internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac churn model show`
struct ChurnModelShow: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the model in force, how it did on rows it had not seen, and how it holds (the default).",
        discussion: """
            With ndjson and csv: one record for each tenth of the clients by their probability.

            EXAMPLES:
              aurac churn model
              aurac churn model show -o json
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .churnModel }

    func records(_ result: Answer) -> [Answer] {
        result[at: "model"][at: "validation"][at: "chosen"][at: "lift"].elements
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        ChurnModelReport(result).write(on: &page)
    }
}

/// `aurac churn model list`
struct ChurnModelList: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the versions that are kept.",
        discussion: """
            With ndjson and csv: one record for each version.

            EXAMPLES:
              aurac churn model list
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .churnModel }

    func records(_ result: Answer) -> [Answer] {
        let inForce = result[at: "version"].stringValue
        return result[at: "versions"].elements.map { version in
            ["version": version, "in_force": .bool(version.stringValue == inForce)]
        }
    }

    func report(_ result: Answer, on page: inout ReportPage) {
        page.add(
            Table(
                columns: [.init("version", priority: Table.Column.required), .init("", priority: 5)],
                rows: records(result).map { record in
                    let isInForce = record[at: "in_force"].boolValue == true
                    return [
                        Table.Cell(page.shown(record[at: "version"])), Table.Cell(isInForce ? "in force" : "", .good),
                    ]
                }, emptyText: "no versions are kept"))
        page.origin(result)
    }
}
