internal import Contract
internal import TerminalText

/// A forecast for people: the plot, the totals, what it rests on.
struct ForecastReport {
    private let result: Answer
    private let metric: String
    private let points: [Answer]

    init(_ result: Answer) {
        self.result = result
        metric = result[at: "metric"].stringValue ?? ""
        points = result[at: "points"].elements
    }

    private static let plotHeight = 18

    func write(on page: inout ReportPage) {
        page.add(plot(page))
        page.blank()
        page.add(totals(page))
        model(on: &page)
        components(on: &page)
        for note in result[at: "notes"].elements { page.text("Note: \(page.shown(note)).", hanging: 2) }
        page.origin(result, [ForecastReport.clients(result, page)])
    }

    static func clients(_ result: Answer, _ page: ReportPage) -> String {
        let count = result[at: "customers"]
        return count.int == 1 ? "1 client" : "\(page.integer(count)) clients"
    }

    private var title: String {
        let name =
            switch metric {
            case "engagement": "Engagement events per day"
            case "revenue": "Revenue per day"
            case "mrr": "Recurring revenue a month (MRR), at the end of the day"
            case "active_customers": "Active customers per day"
            case "tickets": "Support tickets per day"
            default: metric
            }
        return result[at: "customer_id"].stringValue.map { "\(name), client \($0)" } ?? name
    }

    private func plot(_ page: ReportPage) -> LinePlot {
        func place(_ value: Answer) -> Double? {
            value[at: "day"].stringValue.flatMap { CalendarText.daysSinceEpoch(day: $0) }.map(Double.init)
        }
        let history = result[at: "history"].elements.compactMap { point in
            place(point).map { LinePlot.Point(x: $0, y: point[at: "y"].doubleValue) }
        }
        let forecast = points.compactMap { point in
            place(point).map {
                LinePlot.Point(
                    x: $0, y: point[at: "yhat"].doubleValue, lower: point[at: "yhat_lower"].doubleValue,
                    upper: point[at: "yhat_upper"].doubleValue)
            }
        }
        return LinePlot(
            title: title,
            series: [
                .init("history", .history, points: history),
                .init("forecast", .forecast, points: forecast, bandName: "\(interval(page)) interval"),
            ], height: Self.plotHeight, includesZero: true, markedX: history.last?.x)
    }

    private func interval(_ page: ReportPage) -> String {
        page.number.decimal((result[at: "interval"].doubleValue ?? 0) * 100, fractionDigits: 0) + " %"
    }

    private func totals(_ page: ReportPage) -> Table {
        let unit = metric == "active_customers" ? "client-days" : metric == "mrr" ? "MRR" : metric
        let totals = result[at: "totals"]
        let rows = [30, 60, 90].compactMap { days -> [Table.Cell]? in
            let total = totals[at: String(days)]
            guard !total.isNull else { return nil }
            return [Table.Cell(metric == "mrr" ? "in \(days) days" : "next \(days) days")]
                + ["yhat", "yhat_lower", "yhat_upper"].map {
                    Table.Cell(page.amount(total[at: $0]), $0 == "yhat" ? .strong : .normal)
                } + [Table.Cell(page.number.percent(total[at: "accuracy"][at: "error"].doubleValue))]
        }
        let tests = [30, 60, 90].compactMap { totals[at: String($0)][at: "accuracy"][at: "tests"].int }.max()
        return Table(
            columns: [
                .init(metric == "mrr" ? "when" : "total", overflow: .never, priority: Table.Column.required),
                .init(unit, alignment: .trailing, priority: Table.Column.required),
                .init("at least", alignment: .trailing, priority: 4),
                .init("at most", alignment: .trailing, priority: 4),
                .init("off by", alignment: .trailing, priority: 3),
            ], rows: rows,
            notes: ["with a probability of \(interval(page)) between the two"]
                + (tests.map { ["off by: the median error when it was tried at up to \($0) past days"] } ?? []),
            emptyText: "no totals")
    }

    private func model(on page: inout ReportPage) {
        let model = result[at: "model"]
        let members = model[at: "members"].elements
            .map { "\(page.shown($0[at: "name"])) \(page.number.percent($0[at: "weight"].doubleValue))" }
        let isByInvoices = model[at: "name"].stringValue == "invoices"
        let isBlend = !isByInvoices && metric != "mrr"
        let basis =
            switch model[at: "basis"].stringValue {
            case "backtested": isBlend ? "weighted by a back-test" : "tried on the past"
            case "untested": isBlend ? "not back-tested" : "not tried yet"
            case "pooled": "an estimate from the segment"
            default: page.shown(model[at: "basis"])
            }
        page.blank()
        page.text(
            "Model: \(page.shown(model[at: "name"])), \(basis), \(page.integer(model[at: "history_days"])) days of "
                + "history" + (members.isEmpty ? "" : "; \(members.joined(separator: ", "))"), hanging: 2)
        if let error = result[at: "backtest"].elements.last {
            page.text(
                "Back-test: off by \(page.amount(error[at: "mae"])) a day on average over "
                    + "\(page.integer(error[at: "days"])) days ('aurac forecast backtest' shows more)", hanging: 2)
        }
        if isByInvoices {
            page.text(
                "What is due by each client's rhythm of payments, as often as what was due has been paid; unannounced is "
                    + "what history adds.", hanging: 2)
        } else if isBlend, result[at: "reconciled"].boolValue == true {
            page.text("Adjusted so that clients, segments, regions and the total add up.")
        }
    }

    private func components(on page: inout ReportPage) {
        let components = result[at: "components"].elements
        guard !components.isEmpty else { return }
        let rows = components.map { component -> [Table.Cell] in
            let values = component[at: "values"].elements.compactMap(\.doubleValue)
            let isRatio = component[at: "mode"].stringValue == "multiplicative"
            func text(_ value: Double?) -> String { isRatio ? page.number.percent(value) : page.amount(value) }
            let mean = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
            return [
                Table.Cell(page.shown(component[at: "name"])), Table.Cell(text(mean)), Table.Cell(text(values.min())),
                Table.Cell(text(values.max())),
            ]
        }
        page.heading(
            result[at: "model"][at: "name"].stringValue == "invoices" || metric == "mrr"
                ? "What it is made of" : "What the regression model sees")
        page.add(
            Table(
                columns: [
                    .init("part", overflow: .truncate, priority: Table.Column.required, minimumWidth: 8),
                    .init("mean", alignment: .trailing, priority: 5), .init("least", alignment: .trailing, priority: 4),
                    .init("most", alignment: .trailing, priority: 4),
                ], rows: rows,
                notes: [
                    result[at: "model"][at: "name"].stringValue == "invoices"
                        || metric == "mrr"
                        ? "the parts add up to the forecast"
                        : "one of the methods that are blended: the parts do not add up to the forecast"
                ]))
    }
}
