internal import Contract
internal import TerminalText

/// The churn model for people: what is in force, what it was tested on, how it holds.
struct ChurnModelReport {
    private let result: Answer

    init(_ result: Answer) { self.result = result }

    func write(on page: inout ReportPage) {
        let model = result[at: "model"]
        if model.isNull {
            page.text("The rules rank the clients: no churn model is in force.", .strong)
            if result[at: "last"].isNull, result[at: "training"][at: "running_since"].isNull {
                page.text(
                    "None was trained yet. That happens by itself once no data has come in for a while, and with "
                        + "'aurac churn train'.")
            }
        } else {
            facts(model, on: &page)
            quality(model[at: "validation"], on: &page)
        }
        if result[at: "choice"].stringValue == "operator" {
            page.text(
                "An operator has chosen this: trainings do not replace it until 'aurac churn model use --auto'.")
        }
        if let problem = result[at: "problem"].stringValue { page.text("! " + problem, .bad, hanging: 2) }
        let last = result[at: "last"]
        if let statement = last[at: "statement"].stringValue {
            page.blank()
            page.text("Last decision, \(page.age(last[at: "at"])): \(page.shown(last[at: "outcome"])), \(statement)")
        }
        if let since = result[at: "training"][at: "running_since"].stringValue {
            page.text("A training is running, begun \(page.age(.string(since))).")
        }
        if !model.isNull { drift(result[at: "drift"], on: &page) }
        RiskRecordReport(result[at: "record"]).write(
            ["model", "rules", "health", "last_seen"], levels: "health_levels", on: &page)
        page.origin(result)
    }

    private func facts(_ model: Answer, on page: inout ReportPage) {
        let rows = "\(page.integer(model[at: "rows"])), \(page.integer(model[at: "positives"])) churned"
        let snapshots = "\(page.shown(model[at: "first_snapshot"])) to \(page.shown(model[at: "last_snapshot"]))"
        page.add(
            KeyValueBlock([
                .init(
                    "Churn model",
                    pairs: [
                        .init("version", Table.Cell(page.shown(result[at: "version"]))),
                        .init("kind", Table.Cell(page.shown(model[at: "kind"]))),
                        .init("churn", Table.Cell(page.shown(model[at: "label"]))),
                        .init("horizon", Table.Cell("\(page.integer(model[at: "horizon_days"])) days")),
                        .init("trained on data to", Table.Cell(page.shown(model[at: "trained_at"]))),
                        .init("rows", Table.Cell(rows)), .init("snapshots", Table.Cell(snapshots)),
                        .init("features", Table.Cell(page.integer(model[at: "features"]))),
                        .init("program", Table.Cell(page.shown(model[at: "program"]))),
                        .init("data", Table.Cell(page.shown(model[at: "data_fingerprint"]))),
                    ])
            ]))
        page.text("Population: \(page.shown(model[at: "population"])).")
        page.text("Why this kind: \(page.shown(model[at: "choice"])).")
        page.text("Why it ranks: \(page.shown(model[at: "verdict"])).")
    }

    private func quality(_ validation: Answer, on page: inout ReportPage) {
        page.heading("On rows it had not seen")
        let rows = [
            ("in force", "chosen"), ("trees", "trees"), ("logistic", "logistic"), ("rules", "rules"),
            ("last seen", "last_seen"),
        ]
        .filter { !validation[at: $0.1].isNull }
        .map { name, key -> [Table.Cell] in
            let quality = validation[at: key]
            let area = quality[at: "auc"]
            let range =
                "\(page.number.decimal(area[at: "lower"].doubleValue, fractionDigits: 3))"
                + " to \(page.number.decimal(area[at: "upper"].doubleValue, fractionDigits: 3))"
            return [
                Table.Cell(name), Table.Cell(page.number.decimal(area[at: "value"].doubleValue, fractionDigits: 3)),
                Table.Cell(range, .muted),
                Table.Cell(page.number.decimal(quality[at: "lift_top_tenth"].doubleValue)),
                // Scores that are no probabilities have none of these.
                Table.Cell(page.number.decimal(quality[ifSaid: "observed_over_expected"].doubleValue)),
                Table.Cell(page.number.decimal(quality[ifSaid: "calibration_error"].doubleValue, fractionDigits: 4)),
                Table.Cell(page.number.decimal(quality[ifSaid: "brier"].doubleValue, fractionDigits: 4)),
            ]
        }
        page.add(
            Table(
                columns: [
                    .init("", priority: Table.Column.required),
                    .init("AUC", alignment: .trailing, priority: Table.Column.required), .init("95 %", priority: 4),
                    .init("lift of the top tenth", alignment: .trailing, priority: 8),
                    .init("observed / expected", alignment: .trailing, priority: 7),
                    .init("ECE", alignment: .trailing, priority: 5),
                    .init("Brier", alignment: .trailing, priority: 3),
                ], rows: rows))
        page.text(page.shown(validation[at: "statement"]), .muted)
        tenths(validation[at: "chosen"], on: &page)
    }

    /// Lift by tenth beside the calibration of the same tenth, both from the top.
    private func tenths(_ quality: Answer, on page: inout ReportPage) {
        let bins = Array(quality[at: "calibration"].elements.reversed())
        let rows = quality[at: "lift"].elements.enumerated().map { index, tenth -> [Table.Cell] in
            let bin = index < bins.count ? bins[index] : .null
            let lift = tenth[at: "lift"].doubleValue
            return [
                Table.Cell(page.integer(tenth[at: "tenth"])), Table.Cell(page.integer(tenth[at: "rows"])),
                Table.Cell(page.number.decimal(tenth[at: "churners"].doubleValue, fractionDigits: 0)),
                Table.Cell(lift.map { Bar.text(fraction: $0 / 4, width: 12, unicode: page.style.unicode) } ?? ""),
                Table.Cell(page.number.decimal(lift)),
                Table.Cell(page.number.percent(tenth[at: "cumulative_recall"].doubleValue, fractionDigits: 0)),
                Table.Cell(page.number.percent(bin[at: "expected"].doubleValue)),
                Table.Cell(page.number.percent(bin[at: "observed"].doubleValue)),
            ]
        }
        page.blank()
        page.add(
            Table(
                columns: [
                    .init("tenth", alignment: .trailing, priority: Table.Column.required),
                    .init("clients", alignment: .trailing, priority: 6),
                    .init("churned", alignment: .trailing, priority: 7), .init("", priority: 2),
                    .init("lift", alignment: .trailing, priority: Table.Column.required),
                    .init("found so far", alignment: .trailing, priority: 4),
                    .init("expected", alignment: .trailing, priority: 8),
                    .init("observed", alignment: .trailing, priority: 8),
                ], rows: rows, emptyText: "nobody churned"))
    }

    private func drift(_ drift: Answer, on page: inout ReportPage) {
        guard !drift.isNull else { return }
        page.heading("Since then")
        page.add(
            Table(
                columns: [
                    .init("predicted on", priority: Table.Column.required),
                    .init("clients", alignment: .trailing, priority: 5),
                    .init("churned", alignment: .trailing, priority: 6),
                    .init("observed / expected", alignment: .trailing, priority: Table.Column.required),
                    .init("AUC", alignment: .trailing, priority: 7), .init("", priority: 8, minimumWidth: 16),
                ],
                rows: drift[at: "windows"].elements.map { window in
                    [
                        Table.Cell(page.shown(window[at: "day"])), Table.Cell(page.integer(window[at: "rows"])),
                        Table.Cell(page.integer(window[at: "positives"])),
                        Table.Cell(page.number.decimal(window[at: "observed_over_expected"].doubleValue)),
                        Table.Cell(
                            page.number.decimal(window[at: "auc"][at: "value"].doubleValue, fractionDigits: 3)),
                        Table.Cell(
                            page.shown(window[at: "statement"]),
                            window[at: "advice"].stringValue == "keep" ? .good : .warning),
                    ]
                }, emptyText: "no window that began after the training is over yet"))
        let moved = drift[at: "inputs"].elements.filter { $0[at: "level"].stringValue != "stable" }
        let names = moved.prefix(8).map { input in
            "\(page.shown(input[at: "feature"])) (\(page.number.decimal(input[at: "stability_index"].doubleValue)))"
        }
        page.text(
            moved.isEmpty
                ? "The inputs are distributed as in training."
                : "Inputs that have moved since training, by stability index: \(names.joined(separator: ", ")).",
            moved.isEmpty ? .muted : .warning)
    }
}
