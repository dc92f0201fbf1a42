import Records

extension RiskSettings {
    /// Every number of rules.yaml, and one entry per rule.
    var entries: [ConfigurationEntry] {
        let numbers = [
            ("levels", "medium", levels.medium),
            ("levels", "high", levels.high),
            ("levels", "critical", levels.critical),
            ("health.weights", "engagement", health.engagementWeight),
            ("health.weights", "revenue", health.revenueWeight),
            ("health.weights", "support", health.supportWeight),
            ("health.weights", "sentiment", health.sentimentWeight),
            ("health.weights", "contract", health.contractWeight),
            ("health.bands", "healthy", health.healthyFrom),
            ("health.bands", "stable", health.stableFrom),
            ("health.bands", "watch", health.watchFrom),
            ("health.bands", "guard_below", health.guardBelow),
            ("health.curves", "points_per_ticket", health.pointsPerTicket),
            ("health.curves", "points_per_old_ticket", health.pointsPerOldTicket),
            ("health.curves", "recency_half_life_days", health.recencyHalfLifeDays),
            ("health.curves", "sentiment_half_life_days", health.sentimentHalfLifeDays),
        ]
        return numbers.map { ConfigurationEntry($0.0, $0.1, NumberText.text($0.2)) }
            + rules.map { .init("rules", $0.name, Self.members($0, isEnabled: true).joined(separator: ", ")) }
            + disabledRules.map { .init("rules", $0.name, Self.members($0, isEnabled: false).joined(separator: ", ")) }
    }

    /// The settings as the text of a rules.yaml that reads back as the same settings.
    public func render() -> String {
        var text = ""
        var lastPath: [String] = []
        for entry in entries where entry.section != "rules" {
            let path = (entry.section ?? "").split(separator: ".").map(String.init)
            for depth in path.indices where depth >= lastPath.count || lastPath[...depth] != path[...depth] {
                text += String(repeating: "  ", count: depth) + "\(path[depth]):\n"
            }
            lastPath = path
            text += String(repeating: "  ", count: path.count) + "\(entry.name): \(entry.value ?? "null")\n"
        }
        let rules =
            rules.map { Self.members($0, isEnabled: true) } + disabledRules.map { Self.members($0, isEnabled: false) }
        text += rules.isEmpty ? "rules: []\n" : "rules:\n"
        for members in rules {
            for (index, member) in members.enumerated() { text += (index == 0 ? "  - " : "    ") + member + "\n" }
        }
        return text
    }

    private static func members(_ rule: RiskRule, isEnabled: Bool) -> [String] {
        let conditions = rule.conditions.map { YAMLText.quoted($0.text) }
        var members = [
            "name: \(YAMLText.scalar(rule.name))",
            "category: \(rule.category.rawValue)",
            "when: " + (conditions.count == 1 ? conditions[0] : "[\(conditions.joined(separator: ", "))]"),
            "weight: \(Money(rawValue: Int64(rule.weightMicro)))",
            "text: \(YAMLText.quoted(rule.text))",
        ]
        if let playbook = rule.playbook { members.append("playbook: \(YAMLText.scalar(playbook))") }
        if !isEnabled { members.append("enabled: false") }
        return members
    }
}
