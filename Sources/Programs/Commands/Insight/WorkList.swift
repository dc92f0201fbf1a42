internal import Contract
internal import TerminalText
internal import Words

/// Clients in rows: who, how bad, what it is worth, and why.
struct WorkList {
    private let clients: [Answer]

    /// - Parameter result: an answer of `clients.list`.
    init(_ result: Answer) { clients = result[at: "clients"].elements }

    private static let barWidth = 6

    func write(on page: inout ReportPage) {
        if !clients.isEmpty, clients.allSatisfy({ $0[at: "status"].stringValue == ClientStatus.left.name }) {
            return writeLeft(on: &page)
        }
        page.add(
            Table(
                columns: [
                    .init("client", overflow: .never, priority: Table.Column.required),
                    .init("name", priority: 20, minimumWidth: 12, idealWidth: 24),
                    .init("risk", overflow: .never, priority: Table.Column.required),
                    .init("at stake", alignment: .trailing, priority: 17),
                    .init("health", overflow: .never, priority: 16), .init("MRR", alignment: .trailing, priority: 17),
                    .init("engaged", alignment: .trailing, priority: 10),
                    .init("decline", alignment: .trailing, priority: 7),
                    .init("login", alignment: .trailing, priority: 8),
                    .init("tickets", alignment: .trailing, priority: 6),
                    .init("segment", overflow: .never, priority: 5), .init("region", overflow: .never, priority: 4),
                    .init("tier", overflow: .never, priority: 3), .init("product", overflow: .never, priority: 2),
                    .init("reasons", priority: 18, minimumWidth: 20, idealWidth: 40),
                ],
                rows: clients.map { row($0, page) }, emptyText: "no client matches"
            ).withoutEmptyColumns(["at stake"]))
    }

    /// Those who have left: when, by what that is told, and what they were worth.
    private func writeLeft(on page: inout ReportPage) {
        page.add(
            Table(
                columns: [
                    .init("client", overflow: .never, priority: Table.Column.required),
                    .init("name", priority: 20, minimumWidth: 12, idealWidth: 24),
                    .init("left on", overflow: .never, priority: Table.Column.required),
                    .init("told by", overflow: .never, priority: 18),
                    .init("MRR lost", alignment: .trailing, priority: 19),
                    .init("segment", overflow: .never, priority: 5), .init("region", overflow: .never, priority: 4),
                    .init("tier", overflow: .never, priority: 3), .init("product", overflow: .never, priority: 2),
                ],
                rows: clients.map { client in
                    [
                        Table.Cell(page.shown(client[at: "customer_id"])), Table.Cell(page.brief(client[at: "name"])),
                        Table.Cell(page.shown(client[at: "left_on"])),
                        Table.Cell(page.shown(client[at: "left_basis"])),
                        Table.Cell(page.number.decimal(client[at: "mrr_lost"].doubleValue, fractionDigits: 0)),
                        Table.Cell(page.brief(client[at: "segment"])), Table.Cell(page.brief(client[at: "region"])),
                        Table.Cell(page.brief(client[at: "tier"])), Table.Cell(page.brief(client[at: "product"])),
                    ]
                }))
    }

    private func row(_ client: Answer, _ page: ReportPage) -> [Table.Cell] {
        let number = page.number
        let level = client[at: "risk_level"].stringValue
        let health = client[at: "health_score"].doubleValue
        let healthText =
            health.map {
                Bar.text(fraction: $0 / 100, width: Self.barWidth, unicode: page.style.unicode) + " "
                    + number.decimal($0, fractionDigits: 0)
            } ?? number.unknown
        let isByModel = client[at: "risk_basis"].stringValue == RiskBasis.model.rawValue
        let score =
            client[at: "risk_score"].doubleValue.map {
                " " + (isByModel ? number.percent($0, fractionDigits: 0) : number.decimal($0))
            } ?? ""
        return [
            Table.Cell(page.shown(client[at: "customer_id"])), Table.Cell(page.brief(client[at: "name"])),
            Table.Cell(page.shown(client[at: "risk_level"]) + score, LevelRole.risk(level)),
            Table.Cell(client[at: "value_at_risk"].doubleValue.map { number.decimal($0, fractionDigits: 0) } ?? ""),
            Table.Cell(healthText, LevelRole.health(client[at: "health_level"].stringValue)),
            Table.Cell(number.decimal(client[at: "mrr"].doubleValue, fractionDigits: 0)),
            Table.Cell(number.decimal(client[at: "engagement_score"].doubleValue)),
            Table.Cell(number.percent(client[at: "mrr_decline"].doubleValue, fractionDigits: 0)),
            Table.Cell(page.days(client[at: "days_since_last_login"])),
            Table.Cell(page.integer(client[at: "support_tickets_30d"])),
            Table.Cell(page.brief(client[at: "segment"])), Table.Cell(page.brief(client[at: "region"])),
            Table.Cell(page.brief(client[at: "tier"])), Table.Cell(page.brief(client[at: "product"])),
            Table.Cell(
                (client[at: "reasons"].elements + client[at: "signals"].elements).map { page.shown($0) }
                    .joined(separator: "; ")),
        ]
    }
}

extension Table {
    /// The table without those of the named columns that hold nothing in any row.
    func withoutEmptyColumns(_ titles: Set<String>) -> Table {
        let dropped = columns.indices.filter { index in
            titles.contains(columns[index].title) && rows.allSatisfy { $0.count <= index || $0[index].text.isEmpty }
        }
        guard !dropped.isEmpty else { return self }
        var table = self
        func kept<Element>(_ elements: [Element]) -> [Element] {
            elements.indices.filter { !dropped.contains($0) }.map { elements[$0] }
        }
        table.columns = kept(columns)
        table.rows = rows.map(kept)
        table.footers = footers.map(kept)
        return table
    }
}
