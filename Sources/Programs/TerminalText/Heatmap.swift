/// A grid of shaded cells with labels, such as activity by weekday and hour.
///
/// Wide cells show their numbers. Unknown cells stay empty; they differ from zero.
public struct Heatmap: Sendable, TerminalRenderable {
    /// A line above.
    public var title: String?
    /// Labels of the rows.
    public var rowLabels: [String]
    /// Labels of the columns, shown as far as there is room.
    public var columnLabels: [String]
    /// Values by row and column; `nil`, NaN and infinities are unknown. Rows may be of different length.
    public var values: [[Double?]]
    /// What is counted, for the legend.
    public var unit: String

    /// A heat map.
    public init(
        title: String? = nil, rowLabels: [String], columnLabels: [String], values: [[Double?]], unit: String = ""
    ) {
        self.title = title
        self.rowLabels = rowLabels
        self.columnLabels = columnLabels
        self.values = values
        self.unit = unit
    }

    /// Activity by weekday (Monday first) and hour.
    ///
    /// - Parameter values: 7 rows of 24 values.
    public static func weekHours(_ values: [[Double?]], title: String? = nil, unit: String = "events") -> Heatmap {
        Heatmap(
            title: title, rowLabels: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
            columnLabels: (0..<24).map { $0 < 10 ? "0\($0)" : "\($0)" }, values: values, unit: unit)
    }

    /// The map as lines: title, column labels, rows, legend.
    public func lines(_ style: TerminalStyle) -> [StyledLine] {
        let known = values.joined().compactMap { $0 }.filter(\.isFinite)
        let number = HumanNumber(style)
        var output: [StyledLine] = []
        if let title { output += WrappedText(title, TextAttributes(.strong)).lines(style) }
        guard let smallest = known.min(), let largest = known.max() else {
            return output + WrappedText("no data", TextAttributes(.muted)).lines(style)
        }
        let rowCount = max(values.count, rowLabels.count)
        let columnCount = values.reduce(columnLabels.count) { max($0, $1.count) }
        let labels = (0..<rowCount).map { row in
            DisplayText(row < rowLabels.count ? rowLabels[row] : "", unicode: style.unicode)
                .truncated(to: max(1, style.columns / 4), unicode: style.unicode)
        }
        let labelWidth = labels.reduce(0) { max($0, $1.width) }
        let room = max(1, style.columns - labelWidth - 1)
        let cellWidth = min(6, max(1, room / max(1, columnCount)))
        let shown = min(columnCount, room / cellWidth)
        // Counts begin at nothing; other measures at their smallest value.
        let lower = min(0, smallest)
        let upper = max(largest, lower)

        output += headerLine(labelWidth: labelWidth, cellWidth: cellWidth, count: shown, style)
        for row in 0..<rowCount {
            var line = StyledLine()
            line.append(labels[row], TextAttributes(.muted))
            line.appendSpaces(labelWidth + 1 - line.cursor)
            let cells = row < values.count ? values[row] : []
            for column in 0..<shown {
                guard column < cells.count, let value = cells[column], value.isFinite else {
                    line.appendSpaces(cellWidth)
                    continue
                }
                let share = upper / 2 > lower / 2 ? (value / 2 - lower / 2) / (upper / 2 - lower / 2) : 0
                Self.append(value, share: share, to: &line, width: cellWidth, number, style)
            }
            output.append(line)
        }
        output.append(legend(lower: lower, upper: upper, number, style))
        if shown < columnCount {
            let mark = style.unicode ? "…" : "..."
            output += WrappedText(
                "\(mark) \(columnCount - shown) columns hidden: use a wider terminal", TextAttributes(.muted)
            ).lines(style)
        }
        return output.clipped(style)
    }

    private func headerLine(labelWidth: Int, cellWidth: Int, count: Int, _ style: TerminalStyle) -> [StyledLine] {
        guard !columnLabels.isEmpty else { return [] }
        var line = StyledLine()
        for (column, label) in columnLabels.prefix(count).enumerated() {
            let text = DisplayText(label, unicode: style.unicode)
            let start = labelWidth + 1 + column * cellWidth
            // Labels that would touch the one before are left out.
            guard column == 0 || start > line.cursor, start + text.width <= style.columns else { continue }
            line.appendSpaces(start - line.cursor)
            line.append(text, TextAttributes(.muted))
        }
        return [line]
    }

    private static func append(
        _ value: Double, share: Double, to line: inout StyledLine, width: Int, _ number: HumanNumber,
        _ style: TerminalStyle
    ) {
        let shade = ShadeRamp.shade(share, style)
        guard shade.attributes.background != nil else {
            // A blank between the cells keeps the columns apart where there is room.
            let inked = width > 2 ? width - 1 : width
            line.append(clean: String(repeating: shade.character, count: inked), width: inked)
            line.appendSpaces(width - inked)
            return
        }
        let text = width >= 4 ? number.compact(value).filter { $0 != " " } : ""
        let free = max(0, width - text.count)
        let isFitting = text.count < width
        line.append(
            clean: isFitting
                ? String(repeating: " ", count: free - free / 2) + text + String(repeating: " ", count: free / 2)
                : String(repeating: " ", count: width),
            width: width, shade.attributes)
    }

    private func legend(lower: Double, upper: Double, _ number: HumanNumber, _ style: TerminalStyle) -> StyledLine {
        var line = StyledLine()
        line.append(number.compact(lower) + " ", TextAttributes(.muted), style: style)
        line.append(ShadeRamp.legend(style))
        line.append(
            " " + number.compact(upper) + (unit.isEmpty ? "" : " " + unit), TextAttributes(.muted), style: style)
        return line
    }
}
