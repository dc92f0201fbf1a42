extension Configuration {
    /// The effective configuration as the text of an aurad.yaml that reads back as the same configuration: defaults and
    /// environment written out, paths absolute. ``RiskSettings/render()`` does the same for the rules.
    public func render() -> String {
        var text = ""
        var lastSection: String?
        for entry in entries {
            if let section = entry.section, section != lastSection { text += "\(section):\n" }
            lastSection = entry.section
            text += Self.line(entry)
        }
        return text
    }

    private static func line(_ entry: ConfigurationEntry) -> String {
        let notes = [entry.note, entry.effect == .unused ? entry.effect.text : nil].compactMap { $0 }
        guard let value = entry.value else {
            let note = notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))"
            return "# \(entry.name): none\(note)\n"
        }
        let indent = entry.section == nil ? "" : "  "
        let note = notes.isEmpty ? "" : "  # \(notes.joined(separator: "; "))"
        return wrapped("\(indent)\(YAMLText.scalar(entry.name)): \(value)", indent: indent + "  ") + note + "\n"
    }

    /// Breaks a long line after commas; inside a list YAML takes a line break as a space. A break inside quotes would
    /// change the text.
    private static func wrapped(_ line: String, indent: String) -> String {
        var result = ""
        var width = 0
        var isQuoted = false
        var isEscaped = false
        var mayBreak = false
        for character in line {
            if mayBreak, width > 100, character == " " {
                result += "\n" + indent
                width = indent.count
                mayBreak = false
                continue
            }
            result.append(character)
            width += 1
            mayBreak = character == "," && !isQuoted
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && !isEscaped
        }
        return result
    }
}
