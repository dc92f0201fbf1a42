internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac mrr`
struct MRRShow: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "mrr",
        abstract: "Show how recurring revenue moves from month to month.",
        discussion: """
            What the month began with, plus new, expansion and reactivated, minus contraction and churned, is what it \
            ends with. The month of the as-of day is marked with *. With ndjson and csv: one record for each month.

            EXAMPLES:
              aurac mrr --from 2026-01-01
              aurac mrr --segment enterprise --region EMEA
              aurac mrr -o csv > mrr.csv
            """)

    @Option(help: .of(.mrrMovements, "from", valueName: "day"))
    var from: DayArgument?

    @Option(help: .of(.mrrMovements, "to", valueName: "day"))
    var to: DayArgument?

    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .mrrMovements }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject {
        var parameters: JSONObject = [:]
        if let from { parameters["from"] = .string(from.text) }
        if let to { parameters["to"] = .string(to.text) }
        filters.add(to: &parameters)
        asOf.add(to: &parameters)
        return parameters
    }

    func records(_ result: Answer) -> [Answer] { result[at: "months"].elements }

    func report(_ result: Answer, on page: inout ReportPage) {
        let months = result[at: "months"].elements
        let hasRunning = months.contains { $0[at: "complete"].boolValue == false }
        page.add(
            Table(
                title: "Recurring revenue by month",
                columns: [
                    .init("month", priority: Table.Column.required),
                    .init("starting", alignment: .trailing, priority: 5),
                    .init("new", alignment: .trailing, priority: 7),
                    .init("expansion", alignment: .trailing, priority: 6),
                    .init("contraction", alignment: .trailing, priority: 6),
                    .init("churned", alignment: .trailing, priority: 7),
                    .init("reactivated", alignment: .trailing, priority: 4),
                    .init("fx", alignment: .trailing, priority: 1),
                    .init("ending", alignment: .trailing, priority: Table.Column.required),
                    .init("NRR", alignment: .trailing, priority: 3), .init("GRR", alignment: .trailing, priority: 2),
                ],
                rows: months.map { month in
                    [Table.Cell(Self.label(month, page))]
                        + ["starting", "new", "expansion", "contraction", "churned", "reactivated", "fx", "ending"].map
                    {
                        // A column of what never happens says nothing.
                        $0 == "fx" && month[at: $0].doubleValue == 0
                            ? ""
                            : Table.Cell(
                                page.number.decimal(month[at: $0].doubleValue, fractionDigits: 0),
                                Self.role($0, month[at: $0]))
                    }
                        + ["nrr", "grr"].map { Table.Cell(page.number.percent(month[at: $0].doubleValue)) }
                },
                notes: hasRunning ? ["* not over, or not all of it in the data"] : [],
                emptyText: "no month with recurring revenue"
            ).withoutEmptyColumns(["fx"]))
        if let month = months.last(where: {
            $0[at: "complete"].boolValue != false && $0[at: "starting"].doubleValue ?? 0 > 0
        })
            ?? months.last
        {
            waterfall(month, on: &page)
        }
        page.origin(result)
    }

    private static func label(_ month: Answer, _ page: ReportPage) -> String {
        page.shown(month[at: "month"]) + (month[at: "complete"].boolValue == false ? "*" : "")
    }

    private static func role(_ movement: String, _ value: Answer) -> TextRole {
        guard let amount = value.doubleValue, amount != 0 else {
            return movement == "starting" || movement == "ending" ? .normal : .muted
        }
        switch movement {
        case "new", "expansion", "reactivated": return .good
        case "contraction", "churned": return .bad
        case "ending": return .strong
        default: return .normal
        }
    }

    private static let barWidth = 36

    /// One month as bars that begin where the one before ended.
    private func waterfall(_ month: Answer, on page: inout ReportPage) {
        let movements: [(name: String, customers: String?)] = [
            ("new", "new_customers"), ("expansion", "expansion_customers"), ("reactivated", "reactivated_customers"),
            ("contraction", "contraction_customers"), ("churned", "churned_customers"), ("fx", nil),
        ]
        guard let starting = month[at: "starting"].doubleValue, let ending = month[at: "ending"].doubleValue else {
            return
        }
        var level = starting
        let steps = movements.map { movement -> (name: String, customers: String?, from: Double, to: Double) in
            let start = level
            level += month[at: movement.name].doubleValue ?? 0
            return (movement.name, movement.customers, start, level)
        }
        let axis = Axis(levels: [starting, ending] + steps.map(\.to))
        func bar(_ start: Double, _ end: Double) -> String {
            OffsetBar.text(
                from: start - axis.lower, to: end - axis.lower, scale: axis.upper - axis.lower, width: Self.barWidth,
                unicode: page.style.unicode)
        }
        var rows: [[Table.Cell]] = [
            [
                "starting", Table.Cell(page.number.decimal(starting, fractionDigits: 0)),
                Table.Cell(page.integer(month[at: "starting_customers"])),
                Table.Cell(bar(axis.lower, starting), .history),
            ]
        ]
        for step in steps where step.name != "fx" || step.to != step.from {
            let difference = step.to - step.from
            let role: TextRole = difference > 0 ? .good : difference < 0 ? .bad : .muted
            rows.append([
                Table.Cell(step.name), Table.Cell(page.number.signed(difference, fractionDigits: 0), role),
                Table.Cell(step.customers.map { page.integer(month[at: $0]) } ?? ""),
                Table.Cell(bar(step.from, step.to), role),
            ])
        }
        rows.append([
            "ending", Table.Cell(page.number.decimal(ending, fractionDigits: 0), .strong), "",
            Table.Cell(bar(axis.lower, ending), .history),
        ])
        page.blank()
        page.add(
            Table(
                title: "From the start to the end of \(Self.label(month, page))",
                columns: [
                    .init("movement", priority: Table.Column.required),
                    .init("amount", alignment: .trailing, priority: Table.Column.required),
                    .init("clients", alignment: .trailing, priority: 1),
                    .init("", overflow: .truncate, priority: 2, minimumWidth: 8),
                ], rows: rows,
                notes: axis.lower > 0 ? ["bars begin at \(page.number.decimal(axis.lower, fractionDigits: 0))"] : []))
    }

    /// What the bars span. Movements that are small against the whole would not be seen from zero on.
    private struct Axis {
        var lower = 0.0
        var upper: Double

        init(levels: [Double]) {
            let smallest = levels.min() ?? 0
            upper = levels.max() ?? 0
            let span = upper - smallest
            if smallest > 0, span > 0, span < upper / 4 { lower = max(0, smallest - span / 2) }
        }
    }
}
