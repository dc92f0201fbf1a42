extension Screen {
    /// Draws lines from the top of an area, cutting what does not fit. Returns how many rows were used.
    ///
    /// - Parameter firstLine: how many lines are scrolled out of sight at the top.
    @discardableResult
    public mutating func draw(_ lines: [StyledLine], in area: Area, firstLine: Int = 0) -> Int {
        let shown = lines.dropFirst(max(0, firstLine)).prefix(area.rows)
        for (number, line) in shown.enumerated() {
            draw(line, row: area.row + number, column: area.column, columns: area.columns)
        }
        return shown.count
    }

    /// Draws something made for the width of an area into it. Returns how many rows were used.
    @discardableResult
    public mutating func draw(_ content: some TerminalRenderable, in area: Area, style: TerminalStyle) -> Int {
        guard area.columns > 0, area.rows > 0 else { return 0 }
        var inner = style
        inner.width = area.columns
        return draw(content.lines(inner), in: area)
    }

    /// Draws a line into at most so many columns of a row.
    public mutating func draw(_ line: StyledLine, row: Int, column: Int, columns: Int) {
        var position = column
        var start = 0
        for run in line.runs {
            for character in String(decoding: line.utf8[start..<run.endOffset], as: UTF8.self) {
                let width = DisplayWidth.columns(character)
                guard position + width <= column + columns else { return }
                if width > 0 {
                    put(
                        Cell(character: String(character), attributes: run.attributes, isWide: width == 2), row: row,
                        column: position)
                }
                position += width
            }
            start = run.endOffset
        }
    }

    /// Draws a frame along the border of an area, with a title in its upper edge. Returns the area inside.
    @discardableResult
    public mutating func box(
        _ area: Area, title: String? = nil, attributes: TextAttributes = TextAttributes(.muted), style: TerminalStyle
    ) -> Area {
        guard area.rows >= 2, area.columns >= 2 else { return area.inset() }
        let edges = style.unicode ? ["╭", "╮", "╰", "╯", "─", "│"] : ["+", "+", "+", "+", "-", "|"]
        let right = area.column + area.columns - 1
        let bottom = area.row + area.rows - 1
        for column in (area.column + 1)..<max(area.column + 1, right) {
            put(Cell(character: edges[4], attributes: attributes), row: area.row, column: column)
            put(Cell(character: edges[4], attributes: attributes), row: bottom, column: column)
        }
        for row in (area.row + 1)..<max(area.row + 1, bottom) {
            put(Cell(character: edges[5], attributes: attributes), row: row, column: area.column)
            put(Cell(character: edges[5], attributes: attributes), row: row, column: right)
        }
        put(Cell(character: edges[0], attributes: attributes), row: area.row, column: area.column)
        put(Cell(character: edges[1], attributes: attributes), row: area.row, column: right)
        put(Cell(character: edges[2], attributes: attributes), row: bottom, column: area.column)
        put(Cell(character: edges[3], attributes: attributes), row: bottom, column: right)
        if let title, area.columns > 6 {
            let text = DisplayText(title, unicode: style.unicode).truncated(
                to: area.columns - 6, unicode: style.unicode)
            guard text.width > 0 else { return area.inset() }
            var line = StyledLine()
            // Background-free blanks would be kept back; they are part of the title here.
            line.append(clean: text.text, width: text.width, TextAttributes(.strong))
            put(.blank, row: area.row, column: area.column + 2)
            draw(line, row: area.row, column: area.column + 3, columns: area.columns - 6)
            put(.blank, row: area.row, column: area.column + 3 + text.width)
        }
        return area.inset()
    }
}
