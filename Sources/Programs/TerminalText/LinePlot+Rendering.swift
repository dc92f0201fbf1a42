extension LinePlot {
    /// The plot as lines: title, drawing with its vertical axis, horizontal axis, legend.
    public func lines(_ style: TerminalStyle) -> [StyledLine] {
        var output: [StyledLine] = []
        if let title { output += WrappedText(title, TextAttributes(.strong)).lines(style) }
        let data = series.map { $0.sanitized(horizontalAxis) }
        guard let extent = Extent(data, includesZero: includesZero) else {
            return output + WrappedText("no data", TextAttributes(.muted)).lines(style)
        }
        let legend = legendLines(data, style)
        var currencyLines: [StyledLine] = []
        if case .money(let currency) = valueFormat {
            currencyLines = [StyledLine(currency, TextAttributes(.muted), style: style)]
        }
        let rows = max(
            4, min(max(8, height), Self.sizeMax) - output.count - currencyLines.count - 2 - legend.count)
        let range = AxisTicks.niceRange(lower: extent.lower, upper: extent.upper, stepCountMax: max(3, rows / 3))
        let labels = valueFormat.labels(range.values, step: range.step, HumanNumber(style))
        let labelWidth = labels.reduce(0) { max($0, $1.count) }
        let columns = min(style.columns, Self.sizeMax) - labelWidth - 2
        guard columns >= 8 else { return output + sparklines(data, style) }

        var canvas = PlotCanvas(columns: columns, rows: rows, unicode: style.unicode)
        let scale = Scale(extent: extent, range: range, width: canvas.width, height: canvas.height)
        for points in data { Self.drawBand(points, scale, on: &canvas) }
        if let markedX, markedX >= extent.first, markedX <= extent.last {
            canvas.mark(column: scale.x(markedX) * columns / canvas.width)
        }
        for (index, points) in data.enumerated() { Self.drawLine(points, series[index].kind, scale, on: &canvas) }

        output += currencyLines
        var labelOfRow: [Int: String] = [:]
        for (value, label) in zip(range.values, labels) {
            labelOfRow[scale.y(value) * rows / canvas.height] = label
        }
        for row in 0..<rows {
            var line = StyledLine()
            if let label = labelOfRow[row] {
                line.appendSpaces(labelWidth - label.count)
                line.append(label, TextAttributes(.muted), style: style)
            }
            line.appendSpaces(labelWidth + 1 - line.cursor)
            let axis = labelOfRow[row] == nil ? (style.unicode ? "│" : "|") : style.unicode ? "┤" : "+"
            line.append(clean: axis, width: 1, TextAttributes(.muted))
            canvas.append(row: row, to: &line)
            output.append(line)
        }
        output += horizontalAxisLines(extent, scale, columns: columns, indentation: labelWidth + 1, style)
        return (output + legend).clipped(style)
    }

    /// Rows and columns beyond which no terminal goes; bounds the memory of the canvas.
    private static let sizeMax = 1000

    /// The rectangle the data fills.
    private struct Extent {
        var first = Double.infinity
        var last = -Double.infinity
        var lower = Double.infinity
        var upper = -Double.infinity

        /// `nil` without a single known value.
        init?(_ data: [[Point]], includesZero: Bool) {
            for point in data.joined() {
                let values = [point.y, point.lower, point.upper].compactMap { $0 }
                for value in values {
                    lower = min(lower, value)
                    upper = max(upper, value)
                }
                guard !values.isEmpty else { continue }
                first = min(first, point.x)
                last = max(last, point.x)
            }
            guard first <= last else { return nil }
            if includesZero {
                lower = min(lower, 0)
                upper = max(upper, 0)
            }
        }
    }

    /// From places and values to dots.
    private struct Scale {
        var extent: Extent
        var range: AxisTicks.NiceRange
        var width: Int
        var height: Int

        func x(_ place: Double) -> Int {
            guard extent.last > extent.first else { return width / 2 }
            let share = (place / 2 - extent.first / 2) / (extent.last / 2 - extent.first / 2)
            return Int((min(max(share, 0), 1) * Double(width - 1)).rounded())
        }

        func y(_ value: Double) -> Int {
            let share = (range.upper / 2 - value / 2) / (range.upper / 2 - range.lower / 2)
            return Int((min(max(share, 0), 1) * Double(height - 1)).rounded())
        }
    }

    private static func drawLine(_ points: [Point], _ kind: Kind, _ scale: Scale, on canvas: inout PlotCanvas) {
        var previous: (x: Int, y: Int)?
        for (index, point) in points.enumerated() {
            guard let value = point.y else {
                previous = nil
                continue
            }
            let dot = (x: scale.x(point.x), y: scale.y(value))
            let isFollowed = index + 1 < points.count && points[index + 1].y != nil
            if let previous {
                canvas.line(from: previous, to: dot, kind)
            } else if !isFollowed {
                canvas.point(x: dot.x, y: dot.y, kind)
            }
            previous = dot
        }
    }

    /// Shades each column between the bounds, interpolated between points.
    private static func drawBand(_ points: [Point], _ scale: Scale, on canvas: inout PlotCanvas) {
        let perColumn = canvas.width / canvas.columns
        for (index, point) in points.enumerated() {
            guard let lower = point.lower, let upper = point.upper else { continue }
            let start = scale.x(point.x)
            canvas.band(column: start / perColumn, from: scale.y(upper), through: scale.y(lower))
            guard index + 1 < points.count, let nextLower = points[index + 1].lower,
                let nextUpper = points[index + 1].upper
            else { continue }
            let end = scale.x(points[index + 1].x)
            for x in stride(from: start, to: end, by: 1) {
                let share = Double(x - start) / Double(end - start)
                canvas.band(
                    column: x / perColumn, from: scale.y(upper * (1 - share) + nextUpper * share),
                    through: scale.y(lower * (1 - share) + nextLower * share))
            }
        }
    }

    private func horizontalAxisLines(
        _ extent: Extent, _ scale: Scale, columns: Int, indentation: Int, _ style: TerminalStyle
    ) -> [StyledLine] {
        func column(_ value: Double) -> Int { scale.x(value) * columns / scale.width }
        /// Where the labels begin, or `nil` if two would touch.
        func starts(_ ticks: [AxisTicks.Tick]) -> [Int]? {
            var result: [Int] = []
            var end = -2
            for tick in ticks {
                let width = tick.label.count
                let start = max(0, min(column(tick.value) - width / 2, columns - width))
                guard start >= end + 2, start + width <= columns else { return nil }
                result.append(start)
                end = start + width
            }
            return result
        }
        let ticks = horizontalTicks(extent, style) { starts($0) != nil }
        let ticked = Set(ticks.map { column($0.value) })
        var axis = StyledLine()
        axis.appendSpaces(indentation)
        let horizontal: Character = style.unicode ? "─" : "-"
        let drawing = String((0..<columns).map { ticked.contains($0) ? (style.unicode ? "┬" : "+") : horizontal })
        axis.append(clean: (style.unicode ? "└" : "+") + drawing, width: columns + 1, TextAttributes(.muted))
        var labels = StyledLine()
        for (tick, start) in zip(ticks, starts(ticks) ?? []) {
            labels.appendSpaces(indentation + 1 + start - labels.cursor)
            labels.append(tick.label, TextAttributes(.muted), style: style)
        }
        return [axis, labels]
    }

    private func horizontalTicks(
        _ extent: Extent, _ style: TerminalStyle, fits: ([AxisTicks.Tick]) -> Bool
    ) -> [AxisTicks.Tick] {
        if horizontalAxis == .day {
            let first = Int(extent.first.rounded(.up))
            let last = Int(extent.last.rounded(.down))
            if first == last {
                let tick = AxisTicks.Tick(
                    value: extent.first, label: CalendarDate(daysSinceEpoch: first).iso8601)
                return fits([tick]) ? [tick] : []
            }
            return first < last ? AxisTicks.days(from: first, through: last, fits: fits) : []
        }
        guard extent.first < extent.last else {
            let tick = AxisTicks.Tick(value: extent.first, label: HumanNumber(style).compact(extent.first))
            return fits([tick]) ? [tick] : []
        }
        for count in stride(from: 12, through: 1, by: -1) {
            let range = AxisTicks.niceRange(lower: extent.first, upper: extent.last, stepCountMax: count)
            let values = range.values.filter { $0 >= extent.first && $0 <= extent.last }
            let labels = ValueFormat.number.labels(values, step: range.step, HumanNumber(style))
            let ticks = zip(values, labels).map { AxisTicks.Tick(value: $0, label: $1) }
            if !ticks.isEmpty, fits(ticks) { return ticks }
        }
        return []
    }

    /// Names of the lines and bands with a sample of each, as many to a line as fit.
    private func legendLines(_ data: [[Point]], _ style: TerminalStyle) -> [StyledLine] {
        var entries: [StyledLine] = []
        for (entry, points) in zip(series, data) where points.contains(where: { $0.y != nil }) {
            let mark = PlotCanvas.asciiMark(entry.kind)
            let sample =
                style.unicode ? (entry.kind == .forecast ? "⠂⠂⠂" : "⠒⠒⠒") : mark + mark + mark
            var line = StyledLine()
            line.append(clean: sample, width: 3, TextAttributes(PlotCanvas.role(entry.kind)))
            line.append(" " + entry.name, style: style)
            entries.append(line)
        }
        for (entry, points) in zip(series, data) where points.contains(where: { $0.lower != nil }) {
            var line = StyledLine()
            line.append(clean: style.unicode ? "░░░" : "...", width: 3, TextAttributes(.muted))
            line.append(" " + entry.bandName, style: style)
            entries.append(line)
        }
        var lines: [StyledLine] = []
        var current = StyledLine()
        for entry in entries {
            if !current.isEmpty, current.width + 3 + entry.width > style.columns {
                lines.append(current)
                current = StyledLine()
            }
            if !current.isEmpty { current.appendSpaces(3) }
            current.append(entry)
        }
        return current.isEmpty ? lines : lines + [current]
    }

    /// What is shown where there is no room for axes: one word-sized chart for each line.
    private func sparklines(_ data: [[Point]], _ style: TerminalStyle) -> [StyledLine] {
        zip(series, data).map { entry, points in
            var line = StyledLine()
            let text = Sparkline(points.map(\.y)).text(width: style.columns, unicode: style.unicode)
            line.append(clean: text, width: text.count, TextAttributes(PlotCanvas.role(entry.kind)))
            return line
        }
    }
}
