extension Markdown {
    /// The text as lines, one empty line between blocks.
    public func lines(_ style: TerminalStyle) -> [StyledLine] {
        var output: [StyledLine] = []
        var previous: Block?
        for block in blocks {
            if let previous, !Self.areTight(previous, block) { output.append(StyledLine()) }
            output += Self.lines(block, style)
            previous = block
        }
        return output.clipped(style)
    }

    /// Items of a list follow each other without an empty line, and so does a list the paragraph that introduces it.
    private static func areTight(_ first: Block, _ second: Block) -> Bool {
        guard case .item = second else { return false }
        switch first {
        case .item: return true
        case .paragraph(let text): return text.hasSuffix(":")
        default: return false
        }
    }

    private static func lines(_ block: Block, _ style: TerminalStyle) -> [StyledLine] {
        switch block {
        case .heading(let level, let text):
            return headingLines(level: level, text, style)
        case .paragraph(let text):
            return WrappedText.lines(glyphs(text, style), width: style.width)
        case .item(let level, let number, let text):
            let marker = number.map { "\($0)." } ?? BulletList.bullet(level: level, style)
            return BulletList.lines(glyphs(text, style), marker: marker, indentation: 2 * min(level, 16), style)
        case .quote(let text):
            let content = WrappedText.lines(
                glyphs(text, style, base: TextAttributes(.muted)), width: style.width.map { max(1, $0 - 2) })
            return content.map { prefixed($0, by: style.unicode ? "▌" : ">") }
        case .code(let code):
            return code.map { source in
                let text = DisplayText(expandedTabs(source), unicode: style.unicode)
                var line = StyledLine()
                line.appendSpaces(4)
                line.append(
                    style.width.map { text.truncated(to: max(1, $0 - 4), unicode: style.unicode) } ?? text,
                    TextAttributes(.code))
                return line
            }
        case .table(let header, let alignments, let rows):
            return table(header: header, alignments: alignments, rows: rows).lines(style)
        case .rule:
            let width = min(style.columns, 40)
            return [
                StyledLine(
                    String(repeating: style.unicode ? "─" : "-", count: width), TextAttributes(.muted), style: style)
            ]
        }
    }

    /// Headings are bold; the two highest levels are underlined so that they stand out without colours too.
    private static func headingLines(level: Int, _ text: String, _ style: TerminalStyle) -> [StyledLine] {
        var lines = WrappedText.lines(glyphs(text, style, base: TextAttributes(.strong)), width: style.width)
        let width = lines.reduce(0) { max($0, $1.width) }
        if level <= 2, width > 0 {
            let mark = level == 1 ? (style.unicode ? "═" : "=") : style.unicode ? "─" : "-"
            lines.append(
                StyledLine(String(repeating: mark, count: width), TextAttributes(.muted), style: style))
        }
        return lines
    }

    private static func prefixed(_ line: StyledLine, by mark: String) -> StyledLine {
        var result = StyledLine()
        result.append(clean: mark, width: 1, TextAttributes(.muted))
        result.appendSpaces(1)
        result.append(line)
        return result
    }

    private static func expandedTabs(_ source: String) -> String {
        var text = ""
        for character in source {
            if character == "\t" {
                text += String(repeating: " ", count: 4 - text.count % 4)
            } else {
                text.append(character)
            }
        }
        return text
    }

    private static func table(header: [String], alignments: [Table.Alignment], rows: [[String]]) -> Table {
        func plain(_ text: String) -> String { MarkdownInlineParser.spans(text).map(\.text).joined() }
        return Table(
            columns: zip(header, alignments).map { Table.Column(plain($0), alignment: $1) },
            rows: rows.map { row in
                row.map { cell in
                    let spans = MarkdownInlineParser.spans(cell)
                    let isBold = !spans.isEmpty && spans.allSatisfy(\.isBold)
                    return Table.Cell(plain(cell), attributes: TextAttributes(isBold: isBold))
                }
            },
            hiddenColumnsAdvice: "use a wider terminal")
    }

    private static func glyphs(
        _ text: String, _ style: TerminalStyle, base: TextAttributes = .plain
    ) -> [StyledGlyph] {
        MarkdownInlineParser.spans(text).flatMap { span -> [StyledGlyph] in
            var attributes = base
            if span.isBold { attributes.isBold = true }
            if span.isItalic { attributes.isItalic = true }
            if span.isLink { attributes.role = .link }
            var content = span.text
            if span.isCode {
                attributes.role = .code
                // Without colours only the quotes tell where a command begins and ends.
                if style.color == .none { content = "`" + content + "`" }
            }
            let clean = DisplayText(content, unicode: style.unicode, lineBreaks: .kept)
            return StyledGlyph.glyphs(clean.text, attributes)
        }
    }
}
