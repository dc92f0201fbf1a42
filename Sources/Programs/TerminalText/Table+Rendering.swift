extension Table {
    /// The table as lines: title, column titles, a rule, rows, footers below a second rule, notes.
    public func lines(_ style: TerminalStyle) -> [StyledLine] {
        let measure = TableMeasure(self, style: style)
        let layout = TableLayout(measure, width: style.width)
        var output: [StyledLine] = []
        output.reserveCapacity(rows.count + footers.count + notes.count + 5)
        if let title { output += WrappedText(title, TextAttributes(.strong)).lines(style) }
        if !layout.visible.isEmpty {
            output += headerLines(measure, layout)
            let rule = Self.rule(layout, style)
            output.append(rule)
            for row in 0..<measure.rowCount { Self.appendRow(measure, measure.rows, row, layout, style, &output) }
            if rows.isEmpty { output += WrappedText(emptyText, TextAttributes(.muted)).lines(style) }
            if !footers.isEmpty {
                output.append(rule)
                for row in 0..<measure.footerCount {
                    Self.appendRow(measure, measure.footers, row, layout, style, isBold: true, &output)
                }
            }
        } else if rows.isEmpty {
            output += WrappedText(emptyText, TextAttributes(.muted)).lines(style)
        }
        for note in notes { output += WrappedText(note, TextAttributes(.muted)).lines(style) }
        // Of a table without rows nothing is missing.
        if !layout.hidden.isEmpty, !rows.isEmpty {
            output += WrappedText(hiddenText(layout, style), TextAttributes(.muted)).lines(style)
        }
        return output.clipped(style)
    }

    private func hiddenText(_ layout: TableLayout, _ style: TerminalStyle) -> String {
        let names = layout.hidden.compactMap { $0 < columns.count ? columns[$0].title : nil }.filter { !$0.isEmpty }
        let list = names.isEmpty ? "" : " (" + names.joined(separator: ", ") + ")"
        let noun = layout.hidden.count == 1 ? "column" : "columns"
        return (style.unicode ? "…" : "...") + " \(layout.hidden.count) \(noun) hidden\(list): \(hiddenColumnsAdvice)"
    }

    private static func rule(_ layout: TableLayout, _ style: TerminalStyle) -> StyledLine {
        var line = StyledLine()
        for (position, width) in layout.widths.enumerated() {
            if position > 0 { line.appendSpaces(gapWidth) }
            line.append(
                clean: String(repeating: style.unicode ? "─" : "-", count: width), width: width, TextAttributes(.muted))
        }
        return line
    }

    /// The titles, broken between words and standing on the rule.
    private func headerLines(_ measure: TableMeasure, _ layout: TableLayout) -> [StyledLine] {
        let pieces = zip(layout.visible, layout.widths).map { index, width in
            WrappedText.pieces(measure.titles[index].text, width: width)
        }
        let height = pieces.reduce(0) { max($0, $1.count) }
        guard pieces.contains(where: { $0.contains { $0.width > 0 } }) else { return [] }
        return (0..<height).map { number in
            var line = StyledLine()
            for (position, lines) in pieces.enumerated() {
                if position > 0 { line.appendSpaces(Self.gapWidth) }
                let own = number - (height - lines.count)
                let text = own >= 0 ? lines[own] : .empty
                Self.append(
                    text, TextAttributes(.strong), to: &line, width: layout.widths[position],
                    alignment: measure.columns[layout.visible[position]].alignment)
            }
            return line
        }
    }

    private static func appendRow(
        _ measure: TableMeasure, _ cells: [TableMeasure.Cell], _ row: Int, _ layout: TableLayout,
        _ style: TerminalStyle, isBold: Bool = false, _ output: inout [StyledLine]
    ) {
        let base = row * measure.columns.count
        // Lines of the cells that need more than one; most rows have none.
        var wrapped: [(position: Int, lines: [DisplayText])] = []
        var height = 1
        for (position, index) in layout.visible.enumerated() where measure.columns[index].overflow == .wrap {
            let text = cells[base + index].text
            guard text.width > layout.widths[position] || text.text.utf8.contains(0x0A) else { continue }
            let lines = WrappedText.pieces(text.text, width: layout.widths[position])
            height = max(height, lines.count)
            wrapped.append((position, lines))
        }
        for number in 0..<height {
            var line = StyledLine()
            for (position, index) in layout.visible.enumerated() {
                if position > 0 { line.appendSpaces(gapWidth) }
                let width = layout.widths[position]
                let cell = cells[base + index]
                var attributes = cell.attributes
                if isBold { attributes.isBold = true }
                let alignment = measure.columns[index].alignment
                if let own = wrapped.first(where: { $0.position == position })?.lines {
                    let text = number < own.count ? own[number] : .empty
                    append(
                        text.truncated(to: width, unicode: style.unicode), attributes, to: &line, width: width,
                        alignment: alignment == .decimal ? .trailing : alignment)
                } else if number > 0 {
                    line.appendSpaces(width)
                } else if alignment == .decimal, measure.contentWidths[index] <= width {
                    line.appendSpaces(width - measure.contentWidths[index])
                    line.appendSpaces(measure.integerWidths[index] - cell.integerWidth)
                    line.append(cell.text, attributes)
                    line.appendSpaces(measure.fractionWidths[index] - (cell.text.width - cell.integerWidth))
                } else {
                    append(
                        cell.text.truncated(to: width, unicode: style.unicode), attributes, to: &line, width: width,
                        alignment: alignment)
                }
            }
            output.append(line)
        }
    }

    private static func append(
        _ text: DisplayText, _ attributes: TextAttributes, to line: inout StyledLine, width: Int, alignment: Alignment
    ) {
        let free = max(0, width - text.width)
        let before =
            switch alignment {
            case .leading: 0
            case .trailing, .decimal: free
            case .center: free / 2
            }
        line.appendSpaces(before)
        line.append(text, attributes)
        line.appendSpaces(free - before)
    }
}
