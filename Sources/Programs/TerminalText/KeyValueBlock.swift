/// Facts about one thing, in sections with headings: `key  value` lines, side by side where the terminal is wide.
public struct KeyValueBlock: Sendable, TerminalRenderable {
    /// A key with its value.
    public struct Pair: Sendable, Hashable {
        /// What the value is.
        public var key: String
        /// The value and how it looks.
        public var value: Table.Cell

        /// A pair.
        public init(_ key: String, _ value: Table.Cell) {
            self.key = key
            self.value = value
        }
    }

    /// Pairs that belong together.
    public struct Section: Sendable, Hashable {
        /// The heading; `nil` for none.
        public var heading: String?
        /// The pairs in reading order, down the first column and then down the next.
        public var pairs: [Pair]

        /// A section.
        public init(_ heading: String? = nil, pairs: [Pair]) {
            self.heading = heading
            self.pairs = pairs
        }
    }

    /// The sections from top to bottom.
    public var sections: [Section]
    /// At most so many pairs stand side by side.
    public var columnCountMax: Int

    /// A block by its sections.
    public init(_ sections: [Section], columnCountMax: Int = 3) {
        self.sections = sections
        self.columnCountMax = max(1, columnCountMax)
    }

    private static let gapWidth = 2
    private static let columnGapWidth = 4

    /// The block as lines, one empty line between sections.
    public func lines(_ style: TerminalStyle) -> [StyledLine] {
        var output: [StyledLine] = []
        // One key width for all sections keeps their values below each other.
        let keyWidth = sections.lazy.flatMap(\.pairs).reduce(0) {
            max($0, DisplayText($1.key, unicode: style.unicode).width)
        }
        for (number, section) in sections.enumerated() {
            if number > 0 { output.append(StyledLine()) }
            if let heading = section.heading {
                output += WrappedText(heading, TextAttributes(.strong)).lines(style)
            }
            output += Self.sectionLines(
                section, style, keyWidth: keyWidth, indentation: section.heading == nil ? 0 : 2,
                columnCountMax: columnCountMax)
        }
        return output.clipped(style)
    }

    private static func sectionLines(
        _ section: Section, _ style: TerminalStyle, keyWidth: Int, indentation: Int, columnCountMax: Int
    ) -> [StyledLine] {
        let breaks: DisplayText.LineBreaks = style.width == nil ? .blank : .kept
        let keys = section.pairs.map { DisplayText($0.key, unicode: style.unicode) }
        let values = section.pairs.map { DisplayText($0.value.text, unicode: style.unicode, lineBreaks: breaks) }
        guard let width = style.width, !section.pairs.isEmpty else {
            return section.pairs.indices.map { index in
                var line = StyledLine()
                line.appendSpaces(indentation)
                line.append(keys[index], TextAttributes(.muted))
                line.appendSpaces(keyWidth - keys[index].width + gapWidth)
                line.append(values[index], section.pairs[index].value.attributes)
                return line
            }
        }
        // On a narrow terminal long keys are cut before values have no room left.
        let keyRoom = min(keyWidth, max(4, (width - indentation) / 2))
        let pairWidth = keyRoom + gapWidth + values.reduce(0) { max($0, $1.width) }
        var columnCount = 1
        // A second column pays only where each gets at least two pairs.
        while columnCount < columnCountMax, section.pairs.count >= 2 * (columnCount + 1),
            indentation + (columnCount + 1) * pairWidth + columnCount * columnGapWidth <= width
        {
            columnCount += 1
        }
        let perColumn = (section.pairs.count + columnCount - 1) / columnCount
        var output: [StyledLine] = []
        for row in 0..<perColumn {
            let indices = stride(from: row, to: section.pairs.count, by: perColumn)
            let valueWidth =
                columnCount > 1
                ? pairWidth - keyRoom - gapWidth : max(1, width - indentation - keyRoom - gapWidth)
            let pieces = indices.map { WrappedText.pieces(values[$0].text, width: valueWidth) }
            for number in 0..<(pieces.reduce(1) { max($0, $1.count) }) {
                var line = StyledLine()
                line.appendSpaces(indentation)
                for (position, index) in indices.enumerated() {
                    let target = indentation + position * (pairWidth + columnGapWidth)
                    line.appendSpaces(target - line.cursor)
                    if number == 0 {
                        line.append(
                            keys[index].truncated(to: keyRoom, unicode: style.unicode), TextAttributes(.muted))
                    }
                    line.appendSpaces(target + keyRoom + gapWidth - line.cursor)
                    if number < pieces[position].count {
                        let piece = pieces[position][number].truncated(to: valueWidth, unicode: style.unicode)
                        line.append(piece, section.pairs[index].value.attributes)
                    }
                }
                output.append(line)
            }
        }
        return output
    }
}
