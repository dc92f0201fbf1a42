internal import Contract
internal import TerminalText

/// How fresh the rows of each category are, for people.
struct FeedReport {
    private let feeds: [Answer]

    /// - Parameter feeds: `feeds` of an answer.
    init(_ feeds: Answer) { self.feeds = feeds.elements }

    func write(on page: inout ReportPage) {
        guard !feeds.isEmpty else { return }
        page.blank()
        page.add(
            Table(
                columns: [
                    .init("feed", overflow: .never, priority: Table.Column.required),
                    .init("last day", overflow: .never, priority: Table.Column.required),
                    .init("usually", overflow: .never, priority: 7),
                    .init("since", overflow: .never, priority: 3),
                    .init("rows", alignment: .trailing, priority: 4),
                    .init("rows a day", alignment: .trailing, priority: 5), .init("", priority: 8, minimumWidth: 12),
                ],
                rows: feeds.map { feed in
                    let isMissing = feed[at: "missing"].boolValue == true
                    let isThin = feed[at: "thin"].boolValue == true
                    return [
                        Table.Cell(page.shown(feed[at: "category"])), Table.Cell(page.shown(feed[at: "last_day"])),
                        Table.Cell(Self.rhythm(feed[at: "usual_gap_days"].int, page)),
                        Table.Cell(page.shown(feed[at: "first_day"]), .muted),
                        Table.Cell(page.integer(feed[at: "rows"])),
                        Table.Cell(page.number.decimal(feed[at: "rows_per_day"].doubleValue, fractionDigits: 0)),
                        isMissing
                            ? Table.Cell("missing: what rests on it is as of \(page.shown(feed[at: "clock"]))", .bad)
                            : isThin
                                ? Table.Cell("thin: under a quarter of the usual rows in a week", .warning)
                                : Table.Cell(""),
                    ]
                }))
    }

    private static func rhythm(_ gap: Int?, _ page: ReportPage) -> String {
        guard let gap else { return page.number.unknown }
        return gap <= 1 ? "daily" : gap == 7 ? "weekly" : "within \(gap) days"
    }
}
