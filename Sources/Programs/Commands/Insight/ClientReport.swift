internal import Contract
internal import TerminalText
internal import Words

/// One client for people.
struct ClientReport {
    private let client: Answer

    init(_ client: Answer) { self.client = client }

    func write(on page: inout ReportPage) {
        headline(on: &page)
        page.blank()
        page.add(KeyValueBlock([.init(pairs: identity(page))], columnCountMax: 2))
        health(on: &page)
        risk(on: &page)
        churn(on: &page)
        recommendations(on: &page)
        page.blank()
        page.add(
            KeyValueBlock(
                ClientMetric.Topic.allCases.map { topic in
                    section(topic.rawValue, ClientMetric.of(topic).map(\.name), page)
                }, columnCountMax: 2))
        timeline(on: &page)
        page.blank()
        page.origin(client)
    }

    private func headline(on page: inout ReportPage) {
        var line = StyledLine()
        line.append(page.shown(client[at: "customer_id"]), TextAttributes(.strong), style: page.style)
        if let name = client[at: "name"].stringValue {
            line.append("  " + ReportPage.cut(name), TextAttributes(.strong), style: page.style)
        }
        if let text = standing(page) { line.append("  " + text, TextAttributes(.bad), style: page.style) }
        page.add(line)
    }

    /// What there is to say of who is not simply there.
    private func standing(_ page: ReportPage) -> String? {
        switch client[ifSaid: "status"].stringValue.flatMap(ClientStatus.init) {
        case .left:
            let told: String
            switch client[ifSaid: "left_basis"].stringValue.flatMap(LeavingBasis.init) {
            case .reported: told = "as reported"
            case .subscription: told = "no subscription holds"
            case .payment: told = "what was paid for is over"
            case .silence: told = "not active any more"
            case .neverStarted: told = "never started"
            case nil: told = ""
            }
            let lost = client[ifSaid: "mrr_lost"].doubleValue.map { ", worth \(page.amount($0)) a month" } ?? ""
            return "left on \(page.shown(client[at: "left_on"])): \(told)\(lost)"
        case .returned: return "had left, and came back"
        case .notStarted: return "has not started yet"
        // An older daemon knows dates alone.
        case nil: return client[at: "churn_date"].stringValue.map { "left on \($0)" }
        case .current: return nil
        }
    }

    private func identity(_ page: ReportPage) -> [KeyValueBlock.Pair] {
        let tenure = client[at: "tenure_days"].int.map { " (\(page.number.integer($0)) d)" } ?? ""
        let renewal = client[at: "days_to_renewal"].int.map { days in
            days >= 0 ? " (in \(page.number.integer(days)) d)" : " (\(page.number.integer(-days)) d ago)"
        }
        var pairs: [KeyValueBlock.Pair] = []
        var personal: [KeyValueBlock.Pair] = []
        for attribute in ClientAttribute.groupings + ClientAttribute.told {
            var text = page.brief(client[at: attribute.name])
            switch attribute {
            // In the headline.
            case .churnDay: continue
            case .creationDay: text += tenure
            case .contractEndDay: text += renewal ?? ""
            default: break
            }
            if attribute.place != .shown {
                pairs.append(.init(attribute.title, Table.Cell(text)))
            } else if !client[at: attribute.name].isNull {
                personal.append(.init(attribute.title, Table.Cell(text)))
            }
        }
        let contact = client[at: "contact"]
        if contact[at: "masked"].boolValue == true {
            pairs.append(.init("contact", Table.Cell("not shown to your role", .muted)))
        } else {
            let parts = ClientAttribute.contact.compactMap { contact[at: $0.contactKey.description].stringValue }
            pairs.append(
                .init(
                    "contact",
                    Table.Cell(parts.isEmpty ? page.number.unknown : parts.map(ReportPage.cut).joined(separator: ", ")))
            )
        }
        pairs += personal
        for attribute in client[at: "attributes"].fields {
            pairs.append(.init(ReportPage.cut(attribute.key), Table.Cell(page.brief(attribute.value))))
        }
        return pairs
    }

    private static let barWidth = 30

    /// The components as bars that begin where the one before ended: together they are the score.
    private func health(on page: inout ReportPage) {
        let health = client[at: "health"]
        let level = health[at: "level"].stringValue
        page.blank()
        var line = StyledLine()
        line.append("Health  ", TextAttributes(.strong), style: page.style)
        let levelText = level.map { String($0.map { $0 == "_" ? " " : $0 }) } ?? "too little data to tell"
        line.append(
            "\(page.number.decimal(health[at: "score"].doubleValue, fractionDigits: 1)) of 100, \(levelText)",
            TextAttributes(LevelRole.health(level)), style: page.style)
        if let coverage = health[at: "coverage"].doubleValue, coverage < 0.9995 {
            line.append(
                "  from \(page.number.percent(coverage, fractionDigits: 0)) of the weights", TextAttributes(.muted),
                style: page.style)
        }
        page.add(line)
        HealthTrendLine(health).write(on: &page)
        // Weights are relative to each other, whatever they add up to.
        let components = health[at: "components"].elements
        let weights = components.reduce(0) { $0 + ($1[at: "weight"].doubleValue ?? 0) }
        var sum = 0.0
        var rows: [[Table.Cell]] = []
        for component in components {
            let points = component[at: "points"].doubleValue
            rows.append(Self.row(component, points, from: sum, weights: weights, page))
            sum += points ?? 0
        }
        guard !rows.isEmpty else { return }
        page.add(
            Table(
                columns: [
                    .init("measure", priority: Table.Column.required),
                    .init("value", alignment: .trailing, priority: 4),
                    .init("weight", alignment: .trailing, priority: 2),
                    .init("points", alignment: .trailing, priority: Table.Column.required),
                    .init("", overflow: .truncate, priority: 3, minimumWidth: 10),
                ], rows: rows))
    }

    /// - Parameters:
    ///   - start: the points of the components before.
    ///   - weights: what all weights add up to.
    private static func row(
        _ component: Answer, _ points: Double?, from start: Double, weights: Double, _ page: ReportPage
    ) -> [Table.Cell] {
        let bar = points.map { points in
            OffsetBar.text(from: start, to: start + points, scale: 100, width: barWidth, unicode: page.style.unicode)
        }
        let share = weights > 0 ? component[at: "weight"].doubleValue.map { $0 / weights } : nil
        return [
            Table.Cell(page.shown(component[at: "name"])),
            Table.Cell(page.number.decimal(component[at: "value"].doubleValue, fractionDigits: 0)),
            Table.Cell(page.number.percent(share, fractionDigits: 0), .muted),
            Table.Cell(page.number.decimal(points, fractionDigits: 1)), Table.Cell(bar ?? "", role(component)),
        ]
    }

    private static func role(_ component: Answer) -> TextRole {
        guard let value = component[at: "value"].doubleValue else { return .muted }
        return value < 40 ? .bad : value < 60 ? .warning : .good
    }

    private func risk(on page: inout ReportPage) {
        let risk = client[at: "risk"]
        // Who has left has nothing left to lose.
        guard !risk[at: "level"].isNull else { return }
        page.blank()
        var line = StyledLine()
        line.append("Risk  ", TextAttributes(.strong), style: page.style)
        let isByModel = risk[at: "basis"].stringValue == RiskBasis.model.rawValue
        let score = risk[at: "score"].doubleValue
        let horizon = client[at: "churn"][at: "horizon_days"].int
        let shown =
            isByModel
            ? page.number.percent(score) + (horizon.map { " within \($0) days" } ?? "") : page.number.decimal(score)
        line.append(
            "\(page.shown(risk[at: "level"])), \(shown)",
            TextAttributes(LevelRole.risk(risk[at: "level"].stringValue)), style: page.style)
        line.append(isByModel ? "  by the churn model" : "  by the rules", TextAttributes(.muted), style: page.style)
        if let value = risk[at: "value_at_risk"].doubleValue {
            let currency = client[at: "currency"].stringValue ?? ""
            line.append(
                "  \(page.number.money(value, currency: currency)) a year at stake", TextAttributes(.normal),
                style: page.style)
        }
        page.add(line)
        if isByModel, let base = client[at: "churn"][at: "base_rate"].doubleValue {
            page.text("usual among current clients: \(page.number.percent(base))", .muted)
        }
        let reasons = risk[at: "reasons"].elements
        if isByModel {
            let why = risk[at: "why"].elements
            if !why.isEmpty { page.add(BulletList(why.map { .init(page.shown($0)) })) }
            let rules =
                reasons.isEmpty
                ? "no rule fires"
                : "the rules say \(page.shown(risk[at: "rule_level"])), "
                    + page.number.decimal(risk[at: "rule_score"].doubleValue)
            page.text(rules, .muted)
        } else if reasons.isEmpty {
            page.text("no rule fires", .muted)
        }
        if !reasons.isEmpty {
            page.add(
                Table(
                    columns: [
                        .init("reason", priority: Table.Column.required, minimumWidth: 20),
                        .init("observed", alignment: .trailing, priority: 4),
                        .init("threshold", alignment: .trailing, priority: 3),
                        .init("weight", alignment: .trailing, priority: 5), .init("category", priority: 1),
                        .init("rule", priority: 2),
                    ],
                    rows: reasons.map { reason in
                        let metric = MetricText(reason[at: "metric"].stringValue ?? "")
                        return [
                            Table.Cell(page.shown(reason[at: "text"])),
                            Table.Cell(metric.value(reason[at: "observed"], on: page)),
                            Table.Cell(metric.value(reason[at: "threshold"], on: page), .muted),
                            Table.Cell(page.number.decimal(reason[at: "weight"].doubleValue)),
                            Table.Cell(page.shown(reason[at: "category"]), .muted),
                            Table.Cell(page.shown(reason[at: "rule"]), .muted),
                        ]
                    }))
        }
        let unknown = risk[at: "not_evaluated"].elements.compactMap(\.stringValue)
        if !unknown.isEmpty {
            page.text("not evaluated for want of data: " + unknown.joined(separator: ", "), .muted)
        }
    }

    private func churn(on page: inout ReportPage) {
        let churn = client[at: "churn"]
        guard let probability = churn[at: "probability"].doubleValue else {
            if let statement = churn[at: "statement"].stringValue {
                page.heading("Churn")
                page.text(statement, .muted)
            }
            return
        }
        page.heading(
            "Churn  \(page.number.percent(probability)) within \(page.integer(churn[at: "horizon_days"])) days, "
                + rank(churn[at: "percentile"].doubleValue, page))
        if let months = churn[at: "months_looked_ahead"].int {
            page.text(
                churn[at: "median_months"].int.map { "Half of such clients leave within \($0) months." }
                    ?? "More than half of such clients stay \(months) months and longer.")
        }
        page.add(
            Table(
                columns: [
                    .init("reason", priority: Table.Column.required, minimumWidth: 20),
                    .init("value", alignment: .trailing, priority: 2),
                    .init("pushes", alignment: .trailing, priority: 3), .init("feature", priority: 1),
                ],
                rows: churn[at: "contributions"].elements.map { contribution in
                    let push = contribution[at: "contribution"].doubleValue
                    return [
                        Table.Cell(
                            page.shown(contribution[at: contribution[at: "text"].isNull ? "feature" : "text"])),
                        Table.Cell(
                            contribution[at: "value"].stringValue ?? RuleText.number(contribution[at: "value"], page)),
                        Table.Cell(page.number.signed(push), push.map { $0 > 0 ? .bad : .good } ?? .muted),
                        Table.Cell(page.shown(contribution[at: "feature"]), .muted),
                    ]
                }, emptyText: "no feature of this client moves the probability"))
        if !churn[at: "contributions"].elements.isEmpty {
            page.text("pushes: log-odds against an average client; above 0 goes with a higher risk", .muted)
        }
        let changes = churn[at: "what_if"].elements
        if !changes.isEmpty {
            page.add(BulletList(changes.map { .init(page.shown($0[at: "text"])) }))
        }
    }

    /// - Parameter percentile: the share of the scored clients who are not above.
    private func rank(_ percentile: Double?, _ page: ReportPage) -> String {
        guard let percentile else { return "rank unknown" }
        if percentile >= 1 { return "the highest of all clients" }
        let above = max(0.001, 1 - percentile)
        return "\(page.number.percent(above, fractionDigits: above < 0.1 ? 1 : 0)) of the clients are above"
    }

    private func recommendations(on page: inout ReportPage) {
        let recommendations = client[at: "recommendations"].elements
        guard !recommendations.isEmpty else { return }
        page.heading("What to do")
        page.add(
            BulletList(
                recommendations.map { entry in
                    .init("\(page.shown(entry[at: "playbook"])): \(page.shown(entry[at: "why"]))")
                }))
    }

    private func section(_ heading: String, _ names: [String], _ page: ReportPage) -> KeyValueBlock.Section {
        KeyValueBlock.Section(
            heading,
            pairs: names.map { name in
                let metric = MetricText(name)
                let isBad = name == "open_tickets" && (client[at: name].int ?? 0) > 0
                return .init(
                    metric.title, Table.Cell(metric.value(client[at: name], on: page), isBad ? .warning : .normal))
            })
    }

    private func timeline(on page: inout ReportPage) {
        let entries = client[at: "timeline"].elements
        guard !entries.isEmpty else { return }
        page.heading("What happened last")
        page.add(
            Table(
                columns: [
                    .init("day", overflow: .never, priority: Table.Column.required),
                    .init("what", priority: Table.Column.required, minimumWidth: 20),
                ],
                rows: entries.map { [Table.Cell(page.shown($0[at: "day"])), Self.text($0, page)] }))
    }

    private static func text(_ entry: Answer, _ page: ReportPage) -> Table.Cell {
        let kind = entry[at: "kind"].stringValue ?? ""
        switch kind {
        case "engagement":
            let logins = entry[at: "logins"].int ?? 0
            return Table.Cell(
                counted(entry[at: "events"], "event", page)
                    + (logins > 0 ? ", " + counted(entry[at: "logins"], "login", page) : ""))
        case "payment", "refund":
            let method = entry[at: "method"].stringValue.map { " by \($0)" } ?? ""
            let amount = page.number.money(
                entry[at: "amount"].doubleValue, currency: entry[at: "currency"].stringValue ?? "")
            return Table.Cell("\(kind) \(amount)\(method)", kind == "refund" ? .bad : .good)
        case "ticket_created":
            return Table.Cell(
                "ticket \(page.shown(entry[at: "ticket_id"])): \(page.shown(entry[at: "issue_type"]))", .warning)
        case "ticket_resolved":
            let rating = entry[at: "satisfaction"].int.map { ", rated \($0) of 5" } ?? ""
            return Table.Cell("ticket \(page.shown(entry[at: "ticket_id"])) resolved\(rating)")
        case "survey":
            let comment = entry[at: "comment"].stringValue.map { ": \($0)" } ?? ""
            let score = entry[at: "nps_score"].int
            let role: TextRole = score.map { $0 >= 9 ? .good : $0 <= 6 ? .bad : .normal } ?? .muted
            return Table.Cell("survey answer \(page.integer(entry[at: "nps_score"])) of 10\(comment)", role)
        default:
            return Table.Cell(kind)
        }
    }

    private static func counted(_ count: Answer, _ noun: String, _ page: ReportPage) -> String {
        "\(page.integer(count)) \(noun)\(count.int == 1 ? "" : "s")"
    }
}
