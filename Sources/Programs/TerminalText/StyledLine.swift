/// One line of text with attributes: what every renderer makes and what becomes bytes for a terminal or cells of a
/// `Screen`.
///
/// A line never ends in blanks: spaces are kept back until something visible follows them.
public struct StyledLine: Sendable, Hashable {
    /// A stretch of equal attributes, by the offset of the byte after it.
    struct Run: Sendable, Hashable {
        var endOffset: Int
        var attributes: TextAttributes
    }

    private(set) var utf8: [UInt8] = []
    private(set) var runs: [Run] = []
    private var visibleWidth = 0
    private var pendingSpaces = 0

    /// An empty line.
    public init() {}

    /// A line of one text, cleaned for the style.
    public init(_ text: String, _ attributes: TextAttributes = .plain, style: TerminalStyle) {
        append(text, attributes, style: style)
    }

    /// Columns up to the last visible character.
    public var width: Int { visibleWidth }

    /// Columns including the spaces that are kept back.
    var cursor: Int { visibleWidth + pendingSpaces }

    /// Whether nothing visible is in the line.
    public var isEmpty: Bool { utf8.isEmpty }

    /// The characters without attributes.
    public var text: String { String(decoding: utf8, as: UTF8.self) }

    /// Appends a text after making it harmless and fit for the style's characters.
    public mutating func append(_ text: String, _ attributes: TextAttributes = .plain, style: TerminalStyle) {
        append(DisplayText(text, unicode: style.unicode), attributes)
    }

    /// Appends a text that is clean already.
    public mutating func append(_ text: DisplayText, _ attributes: TextAttributes = .plain) {
        append(clean: text.text, width: text.width, attributes)
    }

    /// Appends blanks; they appear only if something visible follows.
    public mutating func appendSpaces(_ count: Int) {
        pendingSpaces += max(0, count)
    }

    /// Appends all of another line.
    public mutating func append(_ other: StyledLine) {
        var start = 0
        flushSpaces(other.utf8.isEmpty ? 0 : pendingSpaces)
        for run in other.runs {
            utf8.append(contentsOf: other.utf8[start..<run.endOffset])
            closeRun(run.attributes)
            start = run.endOffset
        }
        visibleWidth += other.visibleWidth
        pendingSpaces += other.pendingSpaces
    }

    /// Appends text known to be clean and of the given width. Plain blanks at its end are kept back like all others.
    mutating func append(clean text: String, width: Int, _ attributes: TextAttributes = .plain) {
        var text = text
        let source = text.withUTF8 { bytes -> (leading: Int, trailing: Int) in
            // Blanks with a background are visible and stay where they are.
            guard attributes.background == nil, attributes.role != .selected else { return (0, 0) }
            var leading = 0
            while leading < bytes.count, bytes[leading] == 0x20 { leading += 1 }
            guard leading < bytes.count else { return (leading, 0) }
            var trailing = 0
            while bytes[bytes.count - 1 - trailing] == 0x20 { trailing += 1 }
            return (leading, trailing)
        }
        pendingSpaces += source.leading
        let count = text.utf8.count
        guard source.leading < count else { return }
        flushSpaces(pendingSpaces)
        text.withUTF8 { bytes in
            utf8.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[source.leading..<(count - source.trailing)]))
        }
        visibleWidth += width - source.leading - source.trailing
        closeRun(attributes)
        pendingSpaces = source.trailing
    }

    /// The beginning of the line that fits into the given columns, without a mark.
    func clipped(to columns: Int) -> StyledLine {
        guard width > columns else { return self }
        var line = StyledLine()
        var start = 0
        for run in runs {
            let text = String(decoding: utf8[start..<run.endOffset], as: UTF8.self)
            let piece = DisplayText(clean: text).prefix(columns: columns - line.cursor)
            line.append(piece, run.attributes)
            if piece.text.utf8.count < text.utf8.count { break }
            start = run.endOffset
        }
        return line
    }

    private mutating func flushSpaces(_ count: Int) {
        guard count > 0 else { return }
        utf8.append(contentsOf: repeatElement(0x20, count: count))
        visibleWidth += count
        closeRun(.plain)
        pendingSpaces = 0
    }

    private mutating func closeRun(_ attributes: TextAttributes) {
        if let last = runs.indices.last, runs[last].attributes == attributes {
            runs[last].endOffset = utf8.count
        } else {
            runs.append(Run(endOffset: utf8.count, attributes: attributes))
        }
    }
}

extension StyledLine {
    /// Appends the bytes of the line for the given colours, without a line end. Every attribute is reset where it ends,
    /// so a line leaves the terminal as it found it.
    func encode(into output: inout [UInt8], color: TerminalStyle.ColorDepth) {
        guard color != .none else {
            output.append(contentsOf: utf8)
            return
        }
        var start = 0
        for run in runs {
            let parameters = run.attributes.sgrParameters(color)
            if parameters.isEmpty {
                output.append(contentsOf: utf8[start..<run.endOffset])
            } else {
                output.append(0x1B)
                output.append(0x5B)
                output.append(contentsOf: parameters.utf8)
                output.append(0x6D)
                output.append(contentsOf: utf8[start..<run.endOffset])
                output.append(contentsOf: [0x1B, 0x5B, 0x30, 0x6D])
            }
            start = run.endOffset
        }
    }
}

/// Something that can be shown as lines of text.
public protocol TerminalRenderable {
    /// The lines for a style, none wider than its width.
    func lines(_ style: TerminalStyle) -> [StyledLine]
}

extension TerminalRenderable {
    /// The lines as bytes, each ended by a line feed.
    public func encoded(_ style: TerminalStyle) -> [UInt8] {
        lines(style).encoded(style)
    }

    /// The lines as text, each ended by a line feed.
    public func rendered(_ style: TerminalStyle) -> String {
        String(decoding: encoded(style), as: UTF8.self)
    }
}

extension [StyledLine] {
    /// The lines, each cut at the style's width: the last resort of a terminal too narrow for any layout.
    func clipped(_ style: TerminalStyle) -> [StyledLine] {
        guard let width = style.width, contains(where: { $0.width > width }) else { return self }
        return map { $0.clipped(to: width) }
    }

    /// The lines as bytes, each ended by a line feed.
    public func encoded(_ style: TerminalStyle) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(reduce(0) { $0 + $1.utf8.count + 1 })
        for line in self {
            line.encode(into: &output, color: style.color)
            output.append(0x0A)
        }
        return output
    }
}
