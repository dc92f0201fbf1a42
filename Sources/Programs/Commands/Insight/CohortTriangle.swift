internal import Contract
internal import TerminalText

/// The cohort triangle with the cells of the running month set apart: they are shown, and in no mean.
struct CohortTriangle {
    private let title: String
    private let cohorts: [Answer]
    private let showsMean: Bool

    /// - Parameter cohorts: the cohorts of an answer of `cohorts.get`.
    init(title: String, _ cohorts: [Answer], showsMean: Bool) {
        self.title = title
        self.cohorts = cohorts
        self.showsMean = showsMean
    }

    /// Columns of a cell of `CohortTable`.
    private static let cellWidth = 5

    func write(on page: inout ReportPage) {
        let table = CohortTable(
            cohorts: cohorts.map { cohort in
                let shares = cohort[at: "retention"].elements.map(\.doubleValue)
                return CohortTable.Cohort(
                    cohort[at: "cohort"].stringValue ?? page.number.unknown, size: cohort[at: "size"].int ?? 0,
                    shares: Array(shares.prefix(Self.completeCount(cohort))))
            })
        page.text(title, .strong)
        var lines = table.lines(page.style)
        guard !cohorts.isEmpty, lines.count >= cohorts.count + 3 else {
            page.add(lines)
            return
        }
        // The header is "cohort … size" and the number of each month; cells begin one column behind "size".
        let header = lines[0].text
        let lead = (header.utf8.count - (Self.suffix(of: header, after: "size")?.utf8.count ?? 0)) + 1
        let shownInHeader = Self.suffix(of: header, after: "size")?.split(separator: " ").count ?? 0
        let isComplete = cohorts.allSatisfy { Self.completeCount($0) <= shownInHeader }
        if isComplete { lines[0] = markedHeader(lines[0], lead: lead, shown: shownInHeader, page.style) }
        // The table knows nothing of the running month and does not miss it.
        let hidesRunningMonth =
            isComplete && lines[0].text == header
            && cohorts.contains {
                Self.completeCount($0) == shownInHeader && $0[at: "retention"].elements.count > shownInHeader
            }
        for (index, cohort) in cohorts.enumerated() {
            let month = Self.completeCount(cohort)
            let shares = cohort[at: "retention"].elements
            guard month < shares.count, let share = shares[month].doubleValue, month <= shownInHeader else { continue }
            let text = page.number.decimal(share * 100, fractionDigits: 0) + "*"
            lines[index + 1] = Self.appending(
                text, at: lead + month * Self.cellWidth, to: lines[index + 1], page.style)
        }
        if !showsMean { lines.removeSubrange((cohorts.count + 1)..<(cohorts.count + 3)) }
        page.add(lines)
        if hidesRunningMonth {
            let mark = page.style.unicode ? "…" : "..."
            page.text("\(mark) month \(shownInHeader) hidden: use -o csv or a wider terminal", .muted)
        }
        page.text("* month of the as-of day, not over" + (showsMean ? " and in no mean" : ""), .muted)
    }

    private static func completeCount(_ cohort: Answer) -> Int {
        let count = cohort[at: "retention"].elements.count
        return min(count, max(0, cohort[at: "complete"].int ?? count))
    }

    /// The oldest cohort's running month has no number yet.
    private func markedHeader(_ header: StyledLine, lead: Int, shown: Int, _ style: TerminalStyle) -> StyledLine {
        guard cohorts.contains(where: { Self.completeCount($0) == shown }) else { return header }
        var line = header
        let text = String(shown)
        let start = lead + shown * Self.cellWidth + 4 - text.utf8.count
        guard start + text.utf8.count <= style.width ?? .max else { return header }
        line.appendSpaces(start - line.width)
        line.append(text, TextAttributes(.strong), style: style)
        return line
    }

    /// Puts a cell of up to five columns, the mark in the last, behind a row.
    private static func appending(
        _ text: String, at column: Int, to row: StyledLine, _ style: TerminalStyle
    ) -> StyledLine {
        let start = column + cellWidth - text.utf8.count
        guard start + text.utf8.count <= style.width ?? .max, start >= row.width else { return row }
        var line = row
        // Blanks at the end of the row are kept back; a probe finds out how many.
        var probe = row
        probe.append("x", style: style)
        line.appendSpaces(start - (probe.width - 1))
        line.append(text, TextAttributes(.muted), style: style)
        return line
    }

    private static func suffix(of text: String, after word: String) -> Substring? {
        let words = text.split(separator: " ")
        guard let found = words.first(where: { $0 == word }) else { return nil }
        return text[found.endIndex...]
    }
}
