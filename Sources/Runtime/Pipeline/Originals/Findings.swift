/// What is wrong with a database, for people: the first finding and how many there are. SQLite may find thousands of damaged
/// pages, and puts what it says of them into one text of many lines.
public enum Findings {
    /// One finding a line, without the headings.
    static func lines(_ findings: [String]) -> [String] {
        findings.flatMap { $0.split(separator: "\n") }.map(String.init).filter { !$0.hasPrefix("***") }
    }

    public static func short(_ findings: [String]) -> String {
        let lines = lines(findings)
        guard let first = lines.first else { return findings.first ?? "nothing more is known" }
        return lines.count == 1 ? shortened(first) : "\(shortened(first)); and \(lines.count - 1) more"
    }

    private static let charactersMax = 300

    /// Ends with a whole word.
    private static func shortened(_ text: String) -> String {
        guard text.count > charactersMax else { return text }
        let start = text.prefix(charactersMax)
        return "\(start.prefix(upTo: start.lastIndex(of: " ") ?? start.endIndex)) …"
    }
}
