internal import Contract
internal import TerminalText
internal import Words

/// The key figures for people: a block of figures with their change and course, and a table of groups.
struct KPIReport {
    private let result: Answer
    private let stepName: String
    private let groupName: String?
    private let series: [Answer]
    private let comparison: Answer

    /// - Parameters:
    ///   - stepName: what the periods of the series are.
    ///   - groupName: what the groups are, if there are any.
    init(_ result: Answer, stepName: String, groupName: String?) {
        self.result = result
        self.stepName = stepName
        self.groupName = groupName
        series = result[at: "series"].elements
        comparison = result[at: "comparison"]
    }

    /// Figures in the order in which a person reads them, by subject.
    private static let parts: [[String]] = [
        ["customers", "active_customers", "new_customers", "churned_customers", "churn_rate"],
        [
            "mrr", "arr", "arpa", "mrr_growth", "nrr", "grr", "revenue", "transactions", "avg_transaction_value",
        ],
        ["health_score", "engagement_score", "at_risk_customers", "mrr_at_risk", "value_at_risk", "events"],
        ["open_tickets", "tickets", "mean_resolution_hours", "csat", "nps", "nps_responses"],
    ]

    /// Figures that stand at the end of a day, and that the series has of each month's end.
    private static let standing: Set<String> = ["customers", "mrr"]

    private static let sparklineWidth = 24

    func write(on page: inout ReportPage) {
        let day = page.shown(result[at: "standing_on"])
        let label = page.shown(result[at: "period"][at: "label"])
        let running = result[at: "period"][at: "complete"].boolValue == false ? ", not over" : ""
        page.text("Key figures on \(day); what flows is of \(label)\(running)", .strong)
        figures(on: &page)
        groups(on: &page)
        page.origin(result)
    }

    /// The point of the series that the flows of the summary are of, and the one before it.
    private var flowPoints: (point: Answer, before: Answer)? {
        guard stepName == "month", comparison.isNull,
            let index = series.firstIndex(where: {
                $0[at: "from"] == result[at: "period"][at: "from"] && $0[at: "to"] == result[at: "period"][at: "to"]
            }), index > 0
        else { return nil }
        return (series[index], series[index - 1])
    }

    private func figures(on page: inout ReportPage) {
        let summary = result[at: "summary"]
        let points = flowPoints
        let isCompared = !comparison.isNull
        let running = result[at: "running"]
        var columns: [Table.Column] = [
            .init("", overflow: .never, priority: Table.Column.required),
            .init("value", alignment: .trailing, priority: Table.Column.required),
        ]
        if isCompared {
            columns.append(.init(page.shown(comparison[at: "label"]), alignment: .trailing, priority: 5))
            columns.append(.init("change", alignment: .trailing, priority: 6))
        } else if points != nil {
            columns.append(.init("change", alignment: .trailing, priority: 6))
        }
        let showsRunning = !running.isNull && !isCompared
        if showsRunning {
            columns.append(.init("month so far", alignment: .trailing, priority: 4))
            columns.append(.init("same days before", alignment: .trailing, priority: 3))
        }
        let hasCourse = series.count >= 2
        if hasCourse { columns.append(.init("by \(stepName)", overflow: .never, priority: 2)) }

        var rows: [[Table.Cell]] = []
        for part in Self.parts {
            if !rows.isEmpty { rows.append([]) }
            for name in part where summary.has(name) {
                let metric = MetricText(name)
                var row: [Table.Cell] = [
                    Table.Cell(metric.title), Table.Cell(metric.value(summary[at: name], on: page), .strong),
                ]
                if isCompared {
                    let other = comparison[at: "summary"][at: name]
                    row.append(Table.Cell(metric.value(other, on: page), .muted))
                    let change = metric.change(from: other, to: summary[at: name], on: page)
                    row.append(Table.Cell(change?.text ?? "", change?.role ?? .muted))
                } else if let points {
                    // What stands has moved since the month's end; what flowed, against the month before.
                    let change =
                        Self.standing.contains(name)
                        ? metric.change(from: points.point[ifSaid: name], to: summary[at: name], on: page)
                        : metric.change(from: points.before[ifSaid: name], to: points.point[ifSaid: name], on: page)
                    row.append(Table.Cell(change?.text ?? "", change?.role ?? .muted))
                }
                if showsRunning {
                    for side in ["now", "before"] {
                        let values = running[at: side][at: "summary"]
                        row.append(
                            Table.Cell(values.has(name) ? metric.value(values[at: name], on: page) : "", .muted))
                    }
                }
                if hasCourse { row.append(Table.Cell(course(name, on: page), .history)) }
                rows.append(row)
            }
        }
        page.add(Table(columns: columns, rows: rows, notes: notes(points != nil, page), emptyText: "no figures"))
    }

    private func notes(_ hasChanges: Bool, _ page: ReportPage) -> [String] {
        guard hasChanges, !result[at: "running"].isNull else { return [] }
        let label = page.shown(result[at: "period"][at: "label"])
        return ["change: clients and MRR since the end of \(label), all others of \(label) against the month before"]
    }

    private func course(_ name: String, on page: ReportPage) -> String {
        guard series.contains(where: { $0.has(name) }) else { return "" }
        let values = series.map { $0[ifSaid: name].doubleValue }
        guard values.contains(where: { $0 != nil }) else { return "" }
        // A month that is not over would look like a fall.
        let isCut =
            !Self.standing.contains(name) && series.last?[at: "complete"].boolValue == false && values.count > 2
        return Sparkline(isCut ? Array(values.dropLast()) : values)
            .text(width: Self.sparklineWidth, unicode: page.style.unicode)
    }

    private static let groupFigures: [(name: String, priority: Int)] = [
        ("customers", Table.Column.required), ("active_customers", 7), ("mrr", 9), ("mrr_growth", 3), ("nrr", 4),
        ("churn_rate", 6), ("revenue", 5), ("health_score", 8), ("at_risk_customers", 8), ("nps", 2),
    ]

    /// Titles short enough for columns side by side.
    private static let groupTitles = [
        "customers": "clients", "active_customers": "active", "mrr": "MRR", "mrr_growth": "MRR growth", "nrr": "NRR",
        "churn_rate": "churn", "revenue": "revenue", "health_score": "health", "at_risk_customers": "at risk",
        "nps": "NPS",
    ]

    private func groups(on page: inout ReportPage) {
        guard let groupName else { return }
        page.heading("By \(groupName)")
        let shown = result[at: "groups"].elements.count
        let total = result[ifSaid: "groups_total"].int ?? shown
        page.add(
            Table(
                columns: [.init(groupName, priority: Table.Column.required)]
                    + Self.groupFigures.map {
                        .init(Self.groupTitles[$0.name] ?? $0.name, alignment: .trailing, priority: $0.priority)
                    },
                rows: result[at: "groups"].elements.map { group in
                    [Table.Cell(page.shown(group[at: "group"]))]
                        + Self.groupFigures.map { figure in
                            let value = group[at: "summary"][at: figure.name]
                            let isBad = figure.name == "at_risk_customers" && (value.int ?? 0) > 0
                            let metric = MetricText(figure.name)
                            // Below each other amounts compare best without fractions.
                            let text =
                                metric.definition?.unit == .money
                                ? page.number.decimal(value.doubleValue, fractionDigits: 0)
                                : metric.value(value, on: page)
                            return Table.Cell(text, isBad ? .bad : .normal)
                        }
                },
                notes: total > shown ? ["the \(shown) with the most clients, of \(total)"] : [],
                emptyText: "no groups"))
    }
}
