internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac rules`
struct RulesGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Show the risk rules in force, or try them on a client.",
        discussion: """
            EXAMPLES:
              aurac rules
              aurac rules test C00042
            """,
        subcommands: [RulesList.self, RulesTest.self], defaultSubcommand: RulesList.self)
}

/// `aurac rules list`
struct RulesList: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the rules in force and how many clients each hits (the default).",
        discussion: """
            With ndjson and csv: one record for each rule.

            EXAMPLES:
              aurac rules
              aurac rules list -o csv
            """)

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .riskRules }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = [:]
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] { result[at: "rules"].elements }

    func report(_ result: Answer, on page: inout ReportPage) {
        let customers = result[at: "customers"].doubleValue ?? 0
        let rows = result[at: "rules"].elements.map { rule -> [Table.Cell] in
            let hits = rule[at: "hits"].doubleValue ?? 0
            let notEvaluated = rule[at: "not_evaluated"].int ?? 0
            return [
                Table.Cell(page.shown(rule[at: "rule"])), Table.Cell(RuleText.conditions(rule, page)),
                Table.Cell(page.number.decimal(rule[at: "weight"].doubleValue)),
                Table.Cell(page.integer(rule[at: "hits"])),
                Table.Cell(customers > 0 ? page.number.percent(hits / customers) : page.number.unknown),
                Table.Cell(page.number.integer(notEvaluated), notEvaluated > 0 ? .warning : .muted),
                Table.Cell(page.shown(rule[at: "category"]), .muted),
                Table.Cell(page.shown(rule[at: "playbook"]), .muted),
            ]
        }
        page.add(
            Table(
                columns: [
                    .init("rule", overflow: .never, priority: Table.Column.required),
                    .init("fires when", priority: 7, minimumWidth: 16),
                    .init("weight", alignment: .trailing, priority: 8),
                    .init("clients", alignment: .trailing, priority: 9),
                    .init("share", alignment: .trailing, priority: 6),
                    .init("unknown", alignment: .trailing, priority: 5),
                    .init("category", priority: 3), .init("playbook", priority: 2),
                ], rows: rows, emptyText: "no rules"))
        RiskRecordReport(result[at: "record"]).write(["rules"], levels: "rule_levels", on: &page)
        page.origin(result, ["of \(page.integer(result[at: "customers"])) clients"])
    }
}

/// Rules in words.
enum RuleText {
    /// `engagement_score < 0.5 and tenure_days >= 30`
    static func conditions(_ rule: Answer, _ page: ReportPage) -> String {
        rule[at: "when"].elements.map { condition in
            let otherwise = condition[at: "otherwise"].stringValue.map { " (else \($0))" } ?? ""
            let threshold = number(condition[at: "threshold"], page)
            let comparison = page.shown(condition[at: "comparison"])
            return "\(page.shown(condition[at: "metric"]))\(otherwise) \(comparison) \(threshold)"
        }.joined(separator: " and ")
    }

    /// A value or a threshold with as many digits as it has, at most four.
    static func number(_ value: Answer, _ page: ReportPage) -> String {
        guard let number = value.doubleValue else { return page.number.unknown }
        for digits in 0..<4 {
            let scaled = number * [1, 10, 100, 1_000][digits]
            if (scaled - scaled.rounded()).magnitude < 1e-9 * max(1, scaled.magnitude) {
                return page.number.decimal(number, fractionDigits: digits)
            }
        }
        return page.number.decimal(number, fractionDigits: 4)
    }
}
