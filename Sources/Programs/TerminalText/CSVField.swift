/// Fields and records of comma-separated values after RFC 4180.
public enum CSVField {
    /// The field, between double quotes if it holds a comma, a double quote or a line break, or begins or ends with a
    /// blank; double quotes inside are doubled. An empty text is written as `""`, so that it differs from a missing
    /// value.
    public static func quoted(_ field: String) -> String {
        var field = field
        let isPlain = field.withUTF8 { bytes in
            guard let first = bytes.first, let last = bytes.last, first != 0x20, last != 0x20 else { return false }
            return !bytes.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
        }
        if isPlain { return field }
        var quoted = "\""
        quoted.reserveCapacity(field.utf8.count + 2)
        for scalar in field.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
            quoted.unicodeScalars.append(scalar)
        }
        quoted.append("\"")
        return quoted
    }

    /// The text for people: one that a spreadsheet would run as a formula begins with an apostrophe, which the
    /// spreadsheet takes as the mark of a text.
    public static func guarded(_ text: String) -> String {
        switch text.utf8.first {
        // = + - @, tab and carriage return.
        case 0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D: "'" + text
        default: text
        }
    }

    /// One record ended by CR LF; a missing value is an empty field.
    ///
    /// A record of one missing field would be an empty line, which readers skip, and is therefore written as `""`.
    public static func record(_ fields: [String?]) -> String {
        if fields.count == 1, fields.first == .some(nil) { return "\"\"\r\n" }
        return fields.map { $0.map(quoted) ?? "" }.joined(separator: ",") + "\r\n"
    }
}
