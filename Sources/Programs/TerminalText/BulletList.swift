/// A list of points with hanging indentation, bulleted or numbered.
public struct BulletList: Sendable, TerminalRenderable {
    /// A point.
    public struct Item: Sendable, Hashable, ExpressibleByStringInterpolation {
        /// The text.
        public var text: String
        /// How it looks.
        public var attributes: TextAttributes
        /// How deep it is nested, from 0.
        public var level: Int

        /// A point.
        public init(_ text: String, _ role: TextRole = .normal, level: Int = 0) {
            self.text = text
            attributes = TextAttributes(role)
            self.level = max(0, level)
        }

        /// A point of ordinary text.
        public init(stringLiteral value: String) {
            self.init(value)
        }
    }

    /// The points from top to bottom.
    public var items: [Item]
    /// Whether points are numbered, starting anew below each point of a lower level.
    public var isNumbered: Bool

    /// A list.
    public init(_ items: [Item], isNumbered: Bool = false) {
        self.items = items
        self.isNumbered = isNumbered
    }

    /// The list as lines.
    public func lines(_ style: TerminalStyle) -> [StyledLine] {
        var counters: [Int] = []
        return items.flatMap { item -> [StyledLine] in
            // Deeper nesting than this leaves no room for text on any terminal.
            let level = min(item.level, 16)
            while counters.count <= level { counters.append(0) }
            counters.removeLast(counters.count - level - 1)
            counters[level] += 1
            let marker = isNumbered ? "\(counters[level])." : Self.bullet(level: level, style)
            let text = DisplayText(item.text, unicode: style.unicode, lineBreaks: style.width == nil ? .blank : .kept)
            return Self.lines(
                StyledGlyph.glyphs(text.text, item.attributes), marker: marker, indentation: 2 * level, style)
        }.clipped(style)
    }

    static func bullet(level: Int, _ style: TerminalStyle) -> String {
        guard style.unicode else { return level % 2 == 0 ? "*" : "-" }
        return ["•", "◦", "▪"][level % 3]
    }

    /// One point: the marker, then the text with all lines behind the marker.
    static func lines(
        _ glyphs: [StyledGlyph], marker: String, indentation: Int, _ style: TerminalStyle
    ) -> [StyledLine] {
        let indentation = min(indentation, (style.width ?? Int.max) / 3)
        let markerWidth = DisplayWidth.columns(marker)
        let textWidth = style.width.map { max(1, $0 - indentation - markerWidth - 1) }
        let content = WrappedText.lines(glyphs, width: textWidth)
        return content.enumerated().map { number, text in
            var line = StyledLine()
            line.appendSpaces(indentation)
            if number == 0 { line.append(clean: marker, width: markerWidth, TextAttributes(.muted)) }
            line.appendSpaces(indentation + markerWidth + 1 - line.cursor)
            line.append(text)
            return line
        }
    }
}
