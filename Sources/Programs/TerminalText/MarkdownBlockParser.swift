/// Divides a Markdown text into blocks, line by line.
struct MarkdownBlockParser {
    private let lines: [Substring]
    private var blocks: [Markdown.Block] = []
    private var paragraph = ""
    private var next = 0
    /// Indentations of the list items that are open, outermost first.
    private var openIndentations: [Int] = []

    init(_ source: String) {
        lines = source.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    mutating func parse() -> [Markdown.Block] {
        while next < lines.count {
            let line = lines[next]
            next += 1
            let content = line.drop { $0 == " " || $0 == "\t" }
            if content.isEmpty {
                closeParagraph()
                continue
            }
            if let fence = Self.fence(content) {
                closeParagraph()
                appendCode(fence: fence)
            } else if let heading = Self.heading(content) {
                closeParagraph()
                openIndentations = []
                blocks.append(heading)
            } else if Self.isRule(content) {
                closeParagraph()
                openIndentations = []
                blocks.append(.rule)
            } else if let table = table(header: content) {
                closeParagraph()
                openIndentations = []
                blocks.append(table)
            } else if let item = Self.item(content) {
                closeParagraph()
                appendItem(number: item.number, text: item.text, indentation: line.count - content.count)
            } else if content.first == ">" {
                closeParagraph()
                appendQuote(content)
            } else if continuesItem(indentation: line.count - content.count) {
                extendItem(content)
            } else {
                extendParagraph(content)
            }
        }
        closeParagraph()
        return blocks
    }

    // MARK: Paragraphs

    private mutating func extendParagraph(_ content: Substring) {
        openIndentations = []
        Self.join(content, to: &paragraph)
    }

    private mutating func closeParagraph() {
        guard !paragraph.isEmpty else { return }
        blocks.append(.paragraph(Self.withoutBreak(paragraph)))
        paragraph = ""
    }

    /// Appends a source line to text; two blanks or a backslash at its end force a break.
    private static func join(_ content: Substring, to text: inout String) {
        if !text.isEmpty, text.last != "\n" { text.append(" ") }
        if content.hasSuffix("  ") || content.hasSuffix("\\") {
            text += trimmed(content.hasSuffix("\\") ? content.dropLast() : content) + "\n"
        } else {
            text += trimmed(content)
        }
    }

    private static func withoutBreak(_ text: String) -> String {
        text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }

    // MARK: Lists and quotes

    private static func item(_ content: Substring) -> (number: Int?, text: Substring)? {
        if let first = content.first, "-*+•".contains(first) {
            let rest = content.dropFirst()
            return rest.first == " " || rest.first == "\t" ? (nil, rest.drop { $0 == " " || $0 == "\t" }) : nil
        }
        let digits = content.prefix { $0.isASCII && $0.isNumber }
        // Longer numbers are years or amounts at the beginning of a sentence.
        guard (1...3).contains(digits.count), let number = Int(digits) else { return nil }
        let rest = content.dropFirst(digits.count)
        guard let mark = rest.first, mark == "." || mark == ")", rest.dropFirst().first == " " else { return nil }
        return (number, rest.dropFirst(2).drop { $0 == " " })
    }

    private mutating func appendItem(number: Int?, text: Substring, indentation: Int) {
        while let last = openIndentations.last, last > indentation { openIndentations.removeLast() }
        if openIndentations.last.map({ $0 < indentation }) ?? true { openIndentations.append(indentation) }
        blocks.append(.item(level: openIndentations.count - 1, number: number, text: Self.trimmed(text)))
    }

    /// Whether an ordinary line belongs to the list item above it.
    private func continuesItem(indentation: Int) -> Bool {
        guard paragraph.isEmpty, let open = openIndentations.last, case .item = blocks.last else { return false }
        return indentation > open || (next >= 2 && !lines[next - 2].allSatisfy { $0 == " " || $0 == "\t" })
    }

    private mutating func extendItem(_ content: Substring) {
        guard case .item(let level, let number, let text) = blocks.last else { return }
        blocks[blocks.count - 1] = .item(level: level, number: number, text: text + " " + Self.trimmed(content))
    }

    private mutating func appendQuote(_ content: Substring) {
        openIndentations = []
        let text = Self.trimmed(content.dropFirst())
        let isContinued = next >= 2 && lines[next - 2].drop { $0 == " " || $0 == "\t" }.first == ">"
        if isContinued, case .quote(let above) = blocks.last {
            blocks[blocks.count - 1] = .quote(
                text.isEmpty || above.hasSuffix("\n") ? above + (text.isEmpty ? "\n" : text) : above + " " + text)
        } else {
            blocks.append(.quote(text))
        }
    }

    // MARK: Headings, rules and code

    private static func heading(_ content: Substring) -> Markdown.Block? {
        let level = content.prefix { $0 == "#" }.count
        let rest = content.dropFirst(level)
        guard (1...6).contains(level), rest.isEmpty || rest.first == " " else { return nil }
        var text = Substring(trimmed(rest))
        // A closing sequence of number signs is decoration.
        let closing = text.reversed().prefix { $0 == "#" }.count
        if closing > 0, text.count == closing || text.dropLast(closing).last == " " { text = text.dropLast(closing) }
        return .heading(level: level, text: trimmed(text))
    }

    private static func isRule(_ content: Substring) -> Bool {
        let marks = content.filter { $0 != " " && $0 != "\t" }
        guard marks.count >= 3, let first = marks.first, "-*_".contains(first) else { return false }
        return marks.allSatisfy { $0 == first }
    }

    private static func fence(_ content: Substring) -> (mark: Character, count: Int)? {
        guard let mark = content.first, mark == "`" || mark == "~" else { return nil }
        let count = content.prefix { $0 == mark }.count
        // A backtick behind the fence makes it inline code.
        guard count >= 3, mark == "~" || !content.dropFirst(count).contains("`") else { return nil }
        return (mark, count)
    }

    private mutating func appendCode(fence: (mark: Character, count: Int)) {
        var code: [String] = []
        while next < lines.count {
            let line = lines[next]
            next += 1
            let content = Self.trimmed(line)
            if content.count >= fence.count, content.allSatisfy({ $0 == fence.mark }) { break }
            code.append(String(line))
        }
        blocks.append(.code(code))
    }

    // MARK: Tables

    /// A table, if the line below the header is a row of dashes with as many cells; consumes it and the rows.
    private mutating func table(header content: Substring) -> Markdown.Block? {
        guard content.contains("|"), next < lines.count, lines[next].contains("-") else { return nil }
        let header = Self.cells(content)
        let marks = Self.cells(lines[next])
        guard header.count == marks.count else { return nil }
        var alignments: [Table.Alignment] = []
        for mark in marks {
            let dashes = mark.drop { $0 == ":" }.prefix { $0 == "-" }
            guard !dashes.isEmpty, mark.allSatisfy({ $0 == "-" || $0 == ":" }), mark.count - dashes.count <= 2 else {
                return nil
            }
            let isRight = mark.last == ":"
            alignments.append(isRight ? (mark.first == ":" ? .center : .trailing) : .leading)
        }
        next += 1
        var rows: [[String]] = []
        while next < lines.count, lines[next].contains("|") {
            rows.append(Self.cells(lines[next]))
            next += 1
        }
        return .table(header: header, alignments: alignments, rows: rows)
    }

    /// The cells of a row; a bar after a backslash or inside inline code does not divide.
    private static func cells(_ line: Substring) -> [String] {
        var cells: [String] = []
        var current = ""
        var isEscaped = false
        var isCode = false
        for character in trimmed(line) {
            if character == "|", !isEscaped, !isCode {
                cells.append(trimmed(Substring(current)))
                current = ""
                continue
            }
            if isEscaped, character == "|" { current.removeLast() }
            if character == "`", !isEscaped { isCode.toggle() }
            isEscaped = character == "\\" && !isEscaped
            current.append(character)
        }
        cells.append(trimmed(Substring(current)))
        if cells.first == "" { cells.removeFirst() }
        if cells.last == "" { cells.removeLast() }
        return cells
    }
}
