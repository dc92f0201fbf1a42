/// Writes values so that they are read back as the same values.
enum YAMLText {
    /// Plain where that is safe, otherwise in double quotes.
    static func scalar(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map { isLetter($0) || $0 == UInt8(ascii: "/") } == true
            && text.utf8.allSatisfy { isLetter($0) || NumberText.isDigit($0) || "_-./ ".utf8.contains($0) }
            && text.utf8.last != UInt8(ascii: " ")
            && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        return isPlain ? text : quoted(text)
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            default:
                if Wording.isControl(scalar) || (0xE000...0xF8FF).contains(scalar.value) {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    /// `[a, b]`.
    static func list(_ texts: some Sequence<String>) -> String {
        "[" + texts.map(scalar).joined(separator: ", ") + "]"
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
