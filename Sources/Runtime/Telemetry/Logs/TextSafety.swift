/// What keeps one entry one entry: control characters cannot forge lines or drive a terminal, and no text is endless.
enum TextSafety {
    /// Longest message, in bytes of UTF-8.
    static let messageBytesMax = 32_768
    /// Longest value of one field, in bytes of UTF-8.
    static let valueBytesMax = 4_096

    /// Cuts after a whole character and says so with an ellipsis.
    static func capped(_ text: String, bytesMax: Int) -> String {
        guard text.utf8.count > bytesMax else { return text }
        let cut = text.utf8.index(text.startIndex, offsetBy: bytesMax)
        var end = cut
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return String(text[..<end]) + "…"
    }

    /// Control and direction-changing characters as visible escapes, in the manner of Swift's literals.
    static func escaped(_ text: String, keepsLineFeeds: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: needsEscape) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += keepsLineFeeds ? "\n" : "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where needsEscape(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true
        // Line and paragraph separators, and the controls of writing direction.
        case 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
