internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac rules test ID`
struct RulesTest: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Show which rules fire for a client, and why.",
        discussion: """
            With ndjson and csv: one record for each rule.

            EXAMPLES:
              aurac rules test C00042
              aurac rules test C00042 --as-of 2026-03-31
            """)

    @Argument(help: .of(.riskRules, "customer_id", valueName: "id"))
    var customerID: String

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .riskRules }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = ["customer_id": .string(customerID)]
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] { result[at: "rules"].elements }

    func report(_ result: Answer, on page: inout ReportPage) {
        let level = result[at: "level"].stringValue
        var line = StyledLine()
        line.append(page.shown(result[at: "customer_id"]), TextAttributes(.strong), style: page.style)
        line.append("  risk \(page.number.decimal(result[at: "score"].doubleValue))  ", style: page.style)
        line.append(page.shown(result[at: "level"]), TextAttributes(LevelRole.risk(level)), style: page.style)
        page.add(line)
        page.blank()
        let rows = result[at: "rules"].elements.map { rule -> [Table.Cell] in
            let fired = rule[at: "fired"].boolValue == true
            let isEvaluated = rule[at: "evaluated"].boolValue != false
            return [
                Table.Cell(page.shown(rule[at: "rule"])),
                Table.Cell(
                    fired ? "fires" : isEvaluated ? "no" : "unknown", fired ? .bad : isEvaluated ? .muted : .warning),
                Table.Cell(RuleText.number(rule[at: "observed"], page)), Table.Cell(RuleText.conditions(rule, page)),
                Table.Cell(page.number.decimal(rule[at: "weight"].doubleValue), fired ? .bad : .muted),
            ]
        }
        page.add(
            Table(
                columns: [
                    .init("rule", overflow: .never, priority: Table.Column.required),
                    .init("result", priority: Table.Column.required),
                    .init("observed", alignment: .trailing, priority: 5),
                    .init("fires when", priority: 4, minimumWidth: 16),
                    .init("weight", alignment: .trailing, priority: 3),
                ], rows: rows, emptyText: "no rules"))
        page.origin(result)
    }
}
