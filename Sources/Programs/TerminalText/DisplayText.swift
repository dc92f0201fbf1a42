/// Text that is safe to send to a terminal, with the columns it takes.
///
/// Names and messages come from foreign systems, and a terminal obeys what it is sent. Therefore nothing in them
/// reaches it as a command: control characters (C0, DEL, C1), escape sequences, line separators and the bidirectional
/// overrides and isolates (U+202A–202E, U+2066–2069), which could make a row read as something else, are replaced by
/// visible signs; so are characters without any width (U+200B, U+2060, U+FEFF), with which two names that look the same are
/// not. Stray combining marks get a base, and piles of them are cut, so that a cell stays inside its row.
public struct DisplayText: Sendable, Hashable {
    /// The clean text.
    public let text: String
    /// Columns the text takes; with kept line breaks those of the widest line.
    public let width: Int

    /// What happens to line feeds in the source.
    public enum LineBreaks: Sendable {
        /// They become visible signs, like all control characters.
        case shown
        /// They become a blank.
        case blank
        /// They stay (CR LF becomes LF), for text that is going to be wrapped.
        case kept
    }

    /// No text.
    public static let empty = DisplayText(clean: "", width: 0)

    /// Cleans a text.
    ///
    /// - Parameters:
    ///   - source: any text.
    ///   - unicode: whether characters beyond ASCII may stay; otherwise letters lose their accents, some signs are
    ///     spelt out and everything else becomes a question mark.
    ///   - lineBreaks: what to do with line feeds.
    public init(_ source: String, unicode: Bool, lineBreaks: LineBreaks = .shown) {
        if let width = unicode ? DisplayWidth.simpleColumns(source) : DisplayWidth.asciiColumns(source) {
            self.init(clean: source, width: width)
            return
        }
        var clean = ""
        clean.reserveCapacity(source.utf8.count)
        for character in source {
            if character == "\n" || character == "\r\n", lineBreaks != .shown {
                clean.append(lineBreaks == .kept ? "\n" : " ")
            } else {
                Self.append(character, to: &clean, unicode: unicode)
            }
        }
        self.init(clean: clean)
    }

    /// A text known to be clean and of the given width.
    init(clean text: String, width: Int) {
        self.text = text
        self.width = width
    }

    /// A text known to be clean.
    init(clean text: String) {
        self.text = text
        if text.utf8.contains(0x0A) {
            width = text.split(separator: "\n", omittingEmptySubsequences: false).reduce(0) {
                max($0, DisplayWidth.columns(String($1)))
            }
        } else {
            width = DisplayWidth.columns(text)
        }
    }

    /// The longest beginning that fits into the given columns, with a mark at its end where something was cut off.
    public func truncated(to columns: Int, unicode: Bool) -> DisplayText {
        guard width > columns else { return self }
        guard columns > 0 else { return .empty }
        let mark = unicode ? "…" : columns > 2 ? ".." : "."
        var head = prefix(columns: columns - mark.count)
        while head.text.utf8.last == 0x20 {
            head = DisplayText(clean: String(head.text.dropLast()), width: head.width - 1)
        }
        return DisplayText(clean: head.text + mark, width: head.width + mark.count)
    }

    /// The longest beginning that fits into the given columns.
    func prefix(columns: Int) -> DisplayText {
        var used = 0
        var end = text.startIndex
        if DisplayWidth.simpleColumns(text) != nil {
            for scalar in text.unicodeScalars {
                let columnsOfNext = DisplayWidth.simpleColumns(scalar)
                if used + columnsOfNext > columns { break }
                used += columnsOfNext
                end = text.unicodeScalars.index(after: end)
            }
            return DisplayText(clean: String(text[..<end]), width: used)
        }
        while end < text.endIndex {
            let columnsOfNext = DisplayWidth.columns(text[end])
            if used + columnsOfNext > columns { break }
            used += columnsOfNext
            end = text.index(after: end)
        }
        return DisplayText(clean: String(text[..<end]), width: used)
    }
}

extension DisplayText {
    /// Scalars of one cluster after which the rest is dropped. The longest sequence in general use, an emoji of two
    /// people with skin tones, has ten scalars; living scripts need fewer.
    private static let scalarsPerClusterMax = 12

    private static func append(_ character: Character, to clean: inout String, unicode: Bool) {
        var count = 0
        var isFlag = false
        for scalar in character.unicodeScalars {
            if isDangerous(scalar) || isInvisible(scalar) {
                clean.append(sign(for: scalar, unicode: unicode))
                count = 0
                continue
            }
            if scalar.value == 0x1F3F4 { isFlag = true }
            // Tag characters spell the region of a flag; anywhere else they are invisible smuggled text.
            if (0xE0000...0xE007F).contains(scalar.value), !isFlag {
                clean.append(codePointSign(scalar))
                continue
            }
            count += 1
            if count == 1, unicode, isMark(scalar) { clean.append("\u{25CC}") }
            guard count <= scalarsPerClusterMax else { continue }
            if unicode {
                clean.unicodeScalars.append(scalar)
            } else if count == 1 || scalar.value < 0x300 {
                // Marks, joiners and selectors have no counterpart in ASCII.
                clean.append(AsciiFallback.text(for: scalar))
            }
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return true
        default: return false
        }
    }

    /// Whether a terminal takes it for a command wherever it stands: also the tags, which spell nothing but flags.
    static func isCommand(_ scalar: Unicode.Scalar) -> Bool {
        isDangerous(scalar) || (0xE0000...0xE007F).contains(scalar.value)
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        // Interlinear annotations and shorthand controls hide or reorder text as well.
        case 0xFFF9...0xFFFB, 0x1BCA0...0x1BCA3: true
        default: false
        }
    }

    /// Whether nothing is seen of it, and no script needs it: joiners, which some do, are no such characters.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x180E, 0x200B, 0x2060...0x2064, 0xFEFF: true
        default: false
        }
    }

    static func sign(for scalar: Unicode.Scalar, unicode: Bool) -> String {
        switch scalar.value {
        case 0x00...0x1F:
            // Control pictures, or caret notation.
            unicode ? glyph(0x2400 + scalar.value) : "^" + glyph(0x40 + scalar.value)
        case 0x7F:
            unicode ? "\u{2421}" : "^?"
        default:
            codePointSign(scalar)
        }
    }

    private static func glyph(_ value: UInt32) -> String {
        Unicode.Scalar(value).map { String(Character($0)) } ?? "?"
    }

    /// A code point in the notation of the Unicode standard, such as `<U+202E>`.
    private static func codePointSign(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
    }
}
