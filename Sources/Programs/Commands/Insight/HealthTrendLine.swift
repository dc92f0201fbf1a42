internal import Contract
internal import TerminalText

/// A client's health over the last months in one line: a small chart, and how far it has moved.
struct HealthTrendLine {
    private let health: Answer

    /// - Parameter health: as in `clients.get`.
    init(_ health: Answer) { self.health = health }

    /// A fall like this is worth a look even inside a level.
    private static let alarm = -15.0
    private static let width = 52
    /// The chart is never stretched over less than this: a client who hardly moves shall not look restless.
    private static let spanMin = 20.0

    func write(on page: inout ReportPage) {
        let trend = health[at: "trend"].elements
        guard trend.count > 1, let first = trend.first else { return }
        let scores = trend.map { $0[at: "score"].doubleValue }
        let known = scores.compactMap { $0 }
        guard let lowest = known.min(), let highest = known.max() else { return }
        let margin = max(0, Self.spanMin - (highest - lowest)) / 2
        var line = StyledLine()
        line.append("Past    ", TextAttributes(.strong), style: page.style)
        line.append(
            Sparkline(scores, scale: .fixed(lower: lowest - margin, upper: highest + margin))
                .text(width: Self.width, unicode: page.style.unicode), style: page.style)
        line.append("  since \(page.shown(first[at: "day"]))", TextAttributes(.muted), style: page.style)
        for change in health[at: "changes"].elements {
            guard let points = change[at: "change"].doubleValue, let days = change[at: "days"].int else { continue }
            line.append(
                "  \(page.number.signed(points, fractionDigits: 1))",
                TextAttributes(points <= Self.alarm ? .bad : .normal), style: page.style)
            line.append(" in \(days) d", TextAttributes(.muted), style: page.style)
        }
        page.add(line)
    }
}
