/// How many terminal columns text takes.
///
/// The rules are those of the common terminals: East Asian wide and fullwidth characters and emoji take two columns,
/// combining marks and format characters none, everything else one, characters of ambiguous width included. A grapheme
/// cluster takes at most two columns, so a family joined by U+200D counts like a single emoji.
public enum DisplayWidth {
    /// Columns of a text. Control characters count 0; clean text with `DisplayText` holds none.
    public static func columns(_ text: String) -> Int {
        if let simple = simpleColumns(text) { return simple }
        var total = 0
        for character in text { total += columns(character) }
        return total
    }

    /// Columns of one grapheme cluster: 0, 1 or 2.
    public static func columns(_ character: Character) -> Int {
        var sum = 0
        for scalar in character.unicodeScalars {
            if scalar.value == 0xFE0F {
                // Emoji presentation selector: what stands before it is drawn as an emoji.
                if sum > 0 { return 2 }
            } else {
                sum += columns(scalar)
            }
            if sum >= 2 { return 2 }
        }
        return sum
    }

    /// Columns of one scalar standing alone: 0, 1 or 2.
    static func columns(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x7F { return value < 0x20 ? 0 : 1 }
        if value < 0x300 { return value < 0xA0 ? 0 : 1 }
        // Vowels and final consonants of Hangul are drawn into the block their initial consonant opened.
        if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .lineSeparator, .paragraphSeparator: return 0
        default: return WideScalars.contains(value) ? 2 : 1
        }
    }

    /// The width of a text of printable ASCII; `nil` for any other text.
    static func asciiColumns(_ text: String) -> Int? {
        var text = text
        return text.withUTF8 { bytes in
            for byte in bytes where byte < 0x20 || byte > 0x7E { return nil }
            return bytes.count
        }
    }

    /// The width of a text in which every scalar is a harmless character of its own; `nil` if clusters must be looked
    /// at.
    ///
    /// Names are rarely more complicated, and finding grapheme clusters costs some fifty times as much.
    static func simpleColumns(_ text: String) -> Int? {
        if let ascii = asciiColumns(text) { return ascii }
        var total = 0
        for scalar in text.unicodeScalars {
            let columns = simpleColumns(scalar)
            guard columns > 0 else { return nil }
            total += columns
        }
        return total
    }

    /// 1 or 2 for a scalar of the common blocks that neither joins its neighbours nor commands the terminal; otherwise
    /// 0.
    static func simpleColumns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        // Printable ASCII; Latin without the soft hyphen; Greek; Cyrillic.
        case 0x20...0x7E, 0xA0...0xAC, 0xAE...0x2FF, 0x391...0x3A1, 0x3A3...0x3FF, 0x400...0x482, 0x48A...0x52F: 1
        // Dashes, quotation marks, bullet, ellipsis; currency; letter-like signs; arrows and mathematics.
        case 0x2010...0x2027, 0x2030...0x203B, 0x20A0...0x20C0, 0x1E00...0x1EFF: 1
        // Control pictures, box drawing, blocks; braille.
        case 0x2400...0x2426, 0x2500...0x259F, 0x2800...0x28FF: 1
        // Kana, ideographs, Hangul syllables, fullwidth forms.
        case 0x3041...0x3096, 0x30A1...0x30FA, 0x30FC, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xFF01...0xFF60: 2
        default: 0
        }
    }
}
