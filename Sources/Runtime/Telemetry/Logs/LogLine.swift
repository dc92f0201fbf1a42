import Logging

/// An entry as one line for a person: `2026-11-22T13:00:00Z info  stage=load drop=12 drop 12 loaded`.
enum LogLine {
    /// The line with its line feed.
    static func text(_ record: LogRecord, at seconds: Int64, colour: Bool) -> String {
        var line = Timestamp.rfc3339(seconds: seconds)
        line += " "
        let level = record.level.rawValue
        if colour { line += escape(record.level) }
        line += level
        if colour { line += "\u{1B}[0m" }
        line += String(repeating: " ", count: max(0, 5 - level.utf8.count) + 1)
        for field in record.fields {
            line += "\(field.shortName)=\(value(field.value)) "
        }
        line += TextSafety.escaped(record.message)
        line += "\n"
        return line
    }

    /// Quoted where a reader could not tell its end.
    private static func value(_ text: String) -> String {
        let isPlain = !text.isEmpty && !text.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        let escaped = TextSafety.escaped(text)
        if isPlain { return escaped }
        var quoted = "\""
        for scalar in escaped.unicodeScalars {
            if scalar == "\"" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    private static func escape(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "\u{1B}[2m"
        case .info: "\u{1B}[32m"
        case .notice: "\u{1B}[36m"
        case .warning: "\u{1B}[33m"
        case .error: "\u{1B}[31m"
        case .critical: "\u{1B}[1;31m"
        }
    }
}
