/// A cohort triangle: how much of each cohort remains, period by period.
public struct CohortTable: Sendable, TerminalRenderable {
    /// Customers who began together.
    public struct Cohort: Sendable, Hashable {
        /// The name, usually the month of the beginning.
        public var label: String
        /// How many there were at the beginning.
        public var size: Int
        /// The remaining share in each period since, the beginning first; may exceed 1 when revenue is measured;
        /// `nil` and NaN are unknown.
        public var shares: [Double?]

        /// A cohort.
        public init(_ label: String, size: Int, shares: [Double?]) {
            self.label = label
            self.size = size
            self.shares = shares
        }
    }

    /// A line above.
    public var title: String?
    /// The cohorts from top to bottom.
    public var cohorts: [Cohort]
    /// The name of a period, for the line above the numbers.
    public var period: String

    /// A cohort table.
    public init(title: String? = nil, cohorts: [Cohort], period: String = "months") {
        self.title = title
        self.cohorts = cohorts
        self.period = period
    }

    private static let cellWidth = 5

    /// The table as lines: title, periods, cohorts, the mean weighted by size, a note on hidden periods.
    public func lines(_ style: TerminalStyle) -> [StyledLine] {
        var output: [StyledLine] = []
        if let title { output += WrappedText(title, TextAttributes(.strong)).lines(style) }
        guard !cohorts.isEmpty else {
            return output + WrappedText("no cohorts", TextAttributes(.muted)).lines(style)
        }
        let number = HumanNumber(style)
        let periodCount = cohorts.reduce(0) { max($0, $1.shares.count) }
        let total = Cohort(
            "all", size: cohorts.reduce(0) { $0.addingReportingOverflow($1.size).partialValue },
            shares: weightedMeans(periodCount))
        let rows = cohorts + [total]
        let labels = rows.map {
            DisplayText($0.label, unicode: style.unicode).truncated(
                to: max(4, style.columns / 4), unicode: style.unicode)
        }
        let sizes = rows.map { DisplayText(number.integer($0.size), unicode: style.unicode) }
        let labelWidth = labels.reduce(6) { max($0, $1.width) }
        let sizeWidth = sizes.reduce(4) { max($0, $1.width) }
        let lead = labelWidth + 2 + sizeWidth + 1
        let shown = style.width.map { min(periodCount, max(1, ($0 - lead) / Self.cellWidth)) } ?? periodCount

        var header = StyledLine()
        header.append("cohort", TextAttributes(.strong), style: style)
        header.appendSpaces(lead - 1 - 4 - header.cursor)
        header.append("size", TextAttributes(.strong), style: style)
        for column in 0..<shown {
            let text = String(column)
            header.appendSpaces(lead + column * Self.cellWidth + 4 - text.utf8.count - header.cursor)
            header.append(clean: text, width: text.utf8.count, TextAttributes(.strong))
        }
        output.append(header)
        for (index, row) in rows.enumerated() {
            let isTotal = index == rows.count - 1
            if isTotal {
                let width = lead + shown * Self.cellWidth
                output.append(
                    StyledLine(
                        String(repeating: style.unicode ? "─" : "-", count: min(width, style.width ?? width)),
                        TextAttributes(.muted), style: style))
            }
            var line = StyledLine()
            line.append(labels[index], TextAttributes(isTotal ? .strong : .normal))
            line.appendSpaces(lead - 1 - sizes[index].width - line.cursor)
            line.append(sizes[index], TextAttributes(.muted))
            line.appendSpaces(1)
            for share in row.shares.prefix(shown) { Self.append(share, to: &line, number, style) }
            output.append(line)
        }
        output += WrappedText(
            "% of the cohort, by \(period) since it began", TextAttributes(.muted)
        ).lines(style)
        if shown < periodCount {
            let mark = style.unicode ? "…" : "..."
            output += WrappedText(
                "\(mark) \(period) after \(shown - 1) hidden: use -o csv or a wider terminal",
                TextAttributes(.muted)
            ).lines(style)
        }
        return output.clipped(style)
    }

    /// Percentages as whole numbers on their shade; with characters the shade stands behind the number.
    private static func append(
        _ share: Double?, to line: inout StyledLine, _ number: HumanNumber, _ style: TerminalStyle
    ) {
        guard let share, (share * 100).isFinite else {
            line.appendSpaces(cellWidth)
            return
        }
        // Four characters hold what occurs; revenue that began near nothing may exceed them.
        let text =
            share > 99.99
            ? ">9k" : share < -9.99 ? "<-1k" : number.decimal(share * 100, fractionDigits: 0).filter { $0 != "," }
        let shade = ShadeRamp.shade(share, style)
        let padded = String(repeating: " ", count: max(0, 4 - text.utf8.count)) + text
        if shade.attributes.background != nil {
            line.append(clean: padded + " ", width: cellWidth, shade.attributes)
        } else {
            line.append(clean: padded, width: 4)
            // Shades of ink read as noise next to digits unless they are block elements.
            line.append(
                clean: style.unicode ? shade.character : " ", width: 1, TextAttributes(.muted))
        }
    }

    /// Means over the cohorts that have a value for the period, weighted by size.
    private func weightedMeans(_ periodCount: Int) -> [Double?] {
        (0..<periodCount).map { period in
            var weight = 0.0
            var sum = 0.0
            for cohort in cohorts where period < cohort.shares.count {
                guard let share = cohort.shares[period], share.isFinite, cohort.size > 0 else { continue }
                weight += Double(cohort.size)
                sum += share * Double(cohort.size)
            }
            return weight > 0 ? sum / weight : nil
        }
    }
}
