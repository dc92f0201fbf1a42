public import Records

/// A record as lines of text, for a file: words and numbers between tabs.
extension RiskRecord {
    private static let heading = "aura risk record 1"

    public var text: String {
        func shown(_ value: Double?) -> String { value.map { "\($0)" } ?? "-" }
        var lines = [Self.heading, "horizon\t\(horizonDays)", "settings\t\(settings)", "records\t\(records)"]
        for count in ruleLevels { lines.append("rules\t\(count.clients)\t\(count.left)") }
        for count in healthLevels { lines.append("health\t\(count.clients)\t\(count.left)") }
        for window in windows {
            lines.append("window\t\(window.day)\t\(window.clients)\t\(window.left)")
            for measure in Measure.allCases {
                guard let ranking = window.rankings[measure] else { continue }
                lines.append(
                    "ranking\t\(measure.rawValue)\t\(shown(ranking.areaUnderROC))\t\(shown(ranking.topTenthYield))\t"
                        + shown(ranking.expected))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Nil where the text is not what ``text`` writes.
    public init?(text: String) {
        var lines = text.split(separator: "\n")[...]
        guard lines.popFirst().map(String.init) == Self.heading else { return nil }
        self.init(horizonDays: 0, settings: "", records: 0, windows: [], ruleLevels: [], healthLevels: [])
        for line in lines {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard take(fields) else { return nil }
        }
        guard ruleLevels.count == RiskScores.Level.allCases.count,
            healthLevels.count == HealthScores.Level.allCases.count, horizonDays > 0
        else { return nil }
    }

    /// - Returns: whether a line could be made out.
    private mutating func take(_ fields: [String]) -> Bool {
        func count(_ at: Int) -> LevelCount? {
            guard fields.count == at + 2, let clients = Int(fields[at]), let left = Int(fields[at + 1]), clients >= 0,
                (0...clients).contains(left)
            else { return nil }
            return LevelCount(clients: clients, left: left)
        }
        /// The outer value is nil for what is no number.
        func number(_ text: String) -> Double?? { text == "-" ? .some(nil) : Double(text).map { .some($0) } }
        switch fields.first {
        case "horizon" where fields.count == 2:
            guard let days = Int(fields[1]) else { return false }
            horizonDays = days
        case "settings" where fields.count == 2: settings = fields[1]
        case "records" where fields.count == 2:
            guard let count = Int(fields[1]) else { return false }
            records = count
        case "rules":
            guard let count = count(1) else { return false }
            ruleLevels.append(count)
        case "health":
            guard let count = count(1) else { return false }
            healthLevels.append(count)
        case "window" where fields.count == 4:
            guard let day = Day(fields[1]), let count = count(2) else { return false }
            windows.append(Window(day: day, clients: count.clients, left: count.left, rankings: [:]))
        case "ranking" where fields.count == 5 && !windows.isEmpty:
            guard let measure = Measure(rawValue: fields[1]), let area = number(fields[2]),
                let yield = number(fields[3]), let expected = number(fields[4])
            else { return false }
            windows[windows.count - 1].rankings[measure] = Ranking(
                areaUnderROC: area, topTenthYield: yield, expected: expected)
        default: return false
        }
        return true
    }
}
