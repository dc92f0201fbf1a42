/// The part of Markdown that answers in a chat use, shown in a terminal: headings, paragraphs, bold, italics, inline
/// code, links, nested lists, quotes, code blocks, tables and rules.
///
/// What is not understood, or not closed, appears as it was written. The text may come from anywhere: it is cleaned
/// like all other data.
public struct Markdown: Sendable, TerminalRenderable {
    /// The source text.
    public var source: String

    /// A text in Markdown.
    public init(_ source: String) {
        self.source = source
    }

    /// A block of the text.
    enum Block: Hashable {
        case heading(level: Int, text: String)
        /// Lines joined; a line feed stands for a forced break.
        case paragraph(String)
        case item(level: Int, number: Int?, text: String)
        case quote(String)
        case code([String])
        case table(header: [String], alignments: [Table.Alignment], rows: [[String]])
        case rule
    }

    /// The blocks from top to bottom.
    var blocks: [Block] {
        var parser = MarkdownBlockParser(source)
        return parser.parse()
    }
}
