/// Text broken into lines, optionally with an indentation: paragraphs and hints.
public struct WrappedText: Sendable, TerminalRenderable {
    /// The text; line feeds in it start new lines.
    public var text: String
    /// How it looks.
    public var attributes: TextAttributes
    /// Columns in front of the first line.
    public var indentation: Int
    /// Columns in front of all further lines.
    public var hangingIndentation: Int

    /// A text to wrap.
    public init(
        _ text: String, _ attributes: TextAttributes = .plain, indentation: Int = 0, hangingIndentation: Int? = nil
    ) {
        self.text = text
        self.attributes = attributes
        self.indentation = max(0, indentation)
        self.hangingIndentation = max(0, hangingIndentation ?? indentation)
    }

    /// The wrapped lines; without a width one line for each line of the text.
    public func lines(_ style: TerminalStyle) -> [StyledLine] {
        let clean = DisplayText(text, unicode: style.unicode, lineBreaks: .kept)
        let glyphs = StyledGlyph.glyphs(clean.text, attributes)
        return Self.lines(
            glyphs, width: style.width, indentation: indentation, hangingIndentation: hangingIndentation)
    }

    /// Wraps one clean text to a width without indentation.
    static func pieces(_ text: String, width: Int) -> [DisplayText] {
        var text = text
        let ascii = text.withUTF8 { bytes -> [DisplayText]? in
            guard bytes.allSatisfy({ $0 < 0x7F }) else { return nil }
            let units = bytes.map { LineBreaker.Unit(ascii: $0) }
            return LineBreaker.lines(units, firstWidth: width, width: width).map { range in
                DisplayText(clean: String(decoding: bytes[range], as: UTF8.self), width: range.count)
            }
        }
        if let ascii { return ascii }
        let characters = Array(text)
        let units = characters.map { LineBreaker.Unit($0) }
        return LineBreaker.lines(units, firstWidth: width, width: width).map { range in
            DisplayText(clean: String(characters[range]), width: columns(units[range]))
        }
    }

    private static func columns(_ units: ArraySlice<LineBreaker.Unit>) -> Int {
        units.reduce(0) { $0 + Int($1.width) }
    }

    /// Wraps glyphs of mixed attributes.
    static func lines(
        _ glyphs: [StyledGlyph], width: Int?, indentation: Int = 0, hangingIndentation: Int = 0
    ) -> [StyledLine] {
        let room = width ?? Int.max / 2
        let indentation = min(indentation, room / 2)
        let hangingIndentation = min(hangingIndentation, room / 2)
        let units = glyphs.map { LineBreaker.Unit($0.character) }
        let ranges = LineBreaker.lines(
            units, firstWidth: room - indentation, width: room - hangingIndentation)
        return ranges.enumerated().map { number, range in
            var line = StyledLine()
            line.appendSpaces(number == 0 ? indentation : hangingIndentation)
            var start = range.lowerBound
            while start < range.upperBound {
                let attributes = glyphs[start].attributes
                let end =
                    glyphs[start..<range.upperBound].firstIndex { $0.attributes != attributes } ?? range.upperBound
                line.append(
                    clean: String(glyphs[start..<end].map(\.character)), width: columns(units[start..<end]), attributes)
                start = end
            }
            // A wide character does not fit into a single column.
            return width.map { line.clipped(to: $0) } ?? line
        }
    }
}
