/// Data for programs, shown on a terminal.
///
/// Into a pipe or a file it goes byte for byte. A terminal obeys what it is sent, and the data comes from foreign
/// systems: what ``DisplayText`` replaces in a table is replaced in the data too, in a way that leaves it data.
public enum TerminalData {
    public enum Syntax: Sendable {
        /// Whole records: the line breaks between them stay.
        case csv
        /// Whole texts, one or one a line.
        case json
        /// Lines.
        case text
    }

    /// The data with nothing in it that a terminal obeys: signs as in a table, or the escapes of JSON, which stand for
    /// the same text.
    public static func shown(_ bytes: [UInt8], _ syntax: Syntax, unicode: Bool) -> [UInt8] {
        guard mayHoldCommands(bytes, syntax) else { return bytes }
        var shown = ""
        shown.reserveCapacity(bytes.count + bytes.count / 16)
        var isQuoted = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if syntax == .csv, scalar == "\"" { isQuoted.toggle() }
            if !DisplayText.isCommand(scalar) || scalar == "\n" && !isQuoted {
                shown.unicodeScalars.append(scalar)
            } else if syntax == .json {
                // Between values a tab is a blank.
                shown += scalar == "\t" ? "\t" : escape(scalar)
            } else {
                shown += DisplayText.sign(for: scalar, unicode: unicode)
            }
        }
        return Array(shown.utf8)
    }

    /// Whether a closer look is needed; most data has none of these bytes.
    private static func mayHoldCommands(_ bytes: [UInt8], _ syntax: Syntax) -> Bool {
        var isQuoted = false
        for byte in bytes {
            switch byte {
            case 0x22: isQuoted.toggle()
            case 0x0A: if isQuoted, syntax == .csv { return true }
            case 0x00..<0x20, 0x7F: return true
            // What begins C1, U+202A and the like, U+FFF9, U+1BCA0 and the tags; bytes that are no UTF-8.
            case 0xC0...0xC2, 0xE2, 0xEF, 0xF0, 0xF3...: return true
            default: break
            }
        }
        return false
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
