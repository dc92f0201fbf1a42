/// Finds bold, italic and code text and links inside a block of Markdown.
struct MarkdownInlineParser {
    /// A stretch of equal looks.
    struct Span: Hashable {
        var text: String
        var isBold = false
        var isItalic = false
        var isCode = false
        var isLink = false
    }

    private let characters: [Character]
    private var spans: [Span] = []
    private var boldDelimiter: Character?
    private var italicDelimiter: Character?
    /// Searches that found nothing, so that text full of unclosed marks is not searched again and again.
    private var hopeless: Set<String> = []

    private init(_ text: String) {
        characters = Array(text)
    }

    /// The spans of a text.
    static func spans(_ text: String) -> [Span] {
        var parser = MarkdownInlineParser(text)
        parser.parse()
        return parser.spans
    }

    private mutating func parse() {
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if character == "\\", let next = at(index + 1), next.isASCII, next.isPunctuation || next.isSymbol {
                append(String(next))
                index += 2
            } else if character == "`", let end = code(from: index) {
                index = end
            } else if character == "[", let end = link(from: index) {
                index = end
            } else if character == "*" || character == "_" {
                index += emphasis(at: index)
            } else {
                append(String(character))
                index += 1
            }
        }
    }

    private func at(_ index: Int) -> Character? {
        characters.indices.contains(index) ? characters[index] : nil
    }

    private mutating func append(_ text: String, isCode: Bool = false, isLink: Bool = false) {
        let span = Span(
            text: text, isBold: boldDelimiter != nil, isItalic: italicDelimiter != nil, isCode: isCode, isLink: isLink)
        if let last = spans.last, last.isBold == span.isBold, last.isItalic == span.isItalic,
            last.isCode == isCode, last.isLink == isLink
        {
            spans[spans.count - 1].text += text
        } else {
            spans.append(span)
        }
    }

    // MARK: Code and links

    /// Inline code between equally long runs of backticks; returns the index behind it.
    private mutating func code(from start: Int) -> Int? {
        let count = characters[start...].prefix { $0 == "`" }.count
        let key = "`\(count)"
        guard !hopeless.contains(key) else { return literal(start, count) }
        var index = start + count
        while index < characters.count {
            guard characters[index] == "`" else {
                index += 1
                continue
            }
            let closing = characters[index...].prefix { $0 == "`" }.count
            if closing == count {
                var content = characters[(start + count)..<index]
                if content.count > 2, content.first == " ", content.last == " " {
                    content = content.dropFirst().dropLast()
                }
                append(String(content), isCode: true)
                return index + count
            }
            index += closing
        }
        hopeless.insert(key)
        return literal(start, count)
    }

    private mutating func literal(_ start: Int, _ count: Int) -> Int {
        append(String(characters[start..<(start + count)]))
        return start + count
    }

    /// `[text](address)`; the address follows in brackets unless it is the text itself.
    private mutating func link(from start: Int) -> Int? {
        // Longer texts are not links; the limits keep the search short.
        let textMax = 300
        let addressMax = 2000
        guard let close = characters[start...].prefix(textMax).firstIndex(of: "]"), at(close + 1) == "(",
            let end = characters[(close + 1)...].prefix(addressMax).firstIndex(of: ")")
        else { return nil }
        let text = String(characters[(start + 1)..<close])
        let address = String(characters[(close + 2)..<end])
        append(text.isEmpty ? address : text, isLink: true)
        if !text.isEmpty, !address.isEmpty, address != text { append(" (" + address + ")") }
        return end + 1
    }

    // MARK: Emphasis

    /// Opens or closes bold or italics, or appends the marks as text; returns how many characters were used.
    private mutating func emphasis(at index: Int) -> Int {
        let mark = characters[index]
        let isDouble = at(index + 1) == mark
        if isDouble {
            if boldDelimiter == mark {
                boldDelimiter = nil
                return 2
            }
            if boldDelimiter == nil, canOpen(mark, at: index, count: 2), hasCloser(mark, from: index + 2, count: 2) {
                boldDelimiter = mark
                return 2
            }
            append(String(repeating: mark, count: 2))
            return 2
        }
        if italicDelimiter == mark, canClose(mark, at: index, count: 1) {
            italicDelimiter = nil
            return 1
        }
        if italicDelimiter == nil, canOpen(mark, at: index, count: 1), hasCloser(mark, from: index + 1, count: 1) {
            italicDelimiter = mark
            return 1
        }
        append(String(mark))
        return 1
    }

    private static func isWord(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber } ?? false
    }

    private func canOpen(_ mark: Character, at index: Int, count: Int) -> Bool {
        guard let next = at(index + count), !next.isWhitespace else { return false }
        // Underscores inside of words belong to identifiers.
        return mark != "_" || !Self.isWord(at(index - 1))
    }

    private func canClose(_ mark: Character, at index: Int, count: Int) -> Bool {
        guard let previous = at(index - 1), !previous.isWhitespace else { return false }
        return mark != "_" || !Self.isWord(at(index + count))
    }

    private mutating func hasCloser(_ mark: Character, from start: Int, count: Int) -> Bool {
        let key = "\(mark)\(count)"
        guard !hopeless.contains(key) else { return false }
        var index = start + 1
        while index < characters.count {
            if characters[index] == mark {
                let run = characters[index...].prefix(3) { $0 == mark }
                if run >= count, run != 2 || count == 2, canClose(mark, at: index, count: count) { return true }
                index += max(run, 1)
            } else {
                index += 1
            }
        }
        hopeless.insert(key)
        return false
    }
}

extension ArraySlice<Character> {
    /// How many elements at the beginning satisfy a condition, counting at most so many.
    fileprivate func prefix(_ countMax: Int, _ condition: (Character) -> Bool) -> Int {
        var count = 0
        for character in self {
            guard count < countMax, condition(character) else { break }
            count += 1
        }
        return count
    }
}
