import Records

/// How it is told who has left and what clients are worth.
extension ConfigurationParser {
    mutating func parseStanding(_ reader: inout MappingReader) {
        var lifecycle = configuration.lifecycle
        reader.section("lifecycle", &problems) { section, problems in
            if let value = section.take("signs"),
                let signs = Self.signs(value, path: section.path("signs"), problems: &problems)
            {
                lifecycle.signs = signs
            }
            section.integerOrAuto("left_after_days", 1...3650, &lifecycle.leftAfterDays, &problems)
            section.integer("start_days", 0...3650, &lifecycle.startDays, &problems)
        }
        configuration.lifecycle = lifecycle
        var revenue = configuration.revenue
        reader.section("revenue", &problems) { section, problems in
            section.choice("method", &revenue.method, &problems)
            section.integer("grace_days", 0...90, &revenue.graceDays, &problems)
            // A plain yes or no is a boolean to YAML.
            if let value = section.take("recurring") {
                let names = RevenueSettings.Recurrence.allCases.map(\.rawValue)
                if let recurrence = value.scalar.flatMap(RevenueSettings.Recurrence.init) {
                    revenue.recurring = recurrence
                } else if let flag = value.boolean {
                    revenue.recurring = flag ? .yes : .no
                } else {
                    problems.add(
                        value.text == nil ? .wrongType : .notAccepted, at: value.position, section.path("recurring"),
                        found: value.text == nil ? value.typeAndValue : value.shown,
                        expected: Wording.alternatives(names))
                }
            }
        }
        configuration.revenue = revenue
        guard let value = reader.take("freshness") else { return }
        if value.scalar == "on" || value.boolean == true {
            configuration.watchesFeeds = true
        } else if value.scalar == "off" || value.boolean == false {
            configuration.watchesFeeds = false
        } else {
            problems.add(
                value.text == nil ? .wrongType : .notAccepted, at: value.position, "freshness",
                found: value.text == nil ? value.typeAndValue : value.shown,
                expected: Wording.alternatives(["on", "off"])
            )
        }
    }

    private static func signs(
        _ value: YAMLValue, path: String, problems: inout ProblemList
    ) -> [LeavingSign]? {
        let names = LeavingSign.allCases.map(\.name)
        guard
            let elements = ValueReader.list(
                value, path: path, expected: "a list of \(Wording.alternatives(names))", problems: &problems)
        else { return nil }
        var signs: [LeavingSign] = []
        for (path, element) in elements {
            guard let text = element.text, let sign = LeavingSign.allCases.first(where: { $0.name == text }) else {
                problems.add(
                    element.text == nil ? .wrongType : .notAccepted, at: element.position, path,
                    found: element.text == nil ? element.typeAndValue : element.shown,
                    expected: Wording.alternatives(names),
                    advice: element.text.flatMap { NearestName.advice($0, in: names) })
                return nil
            }
            if !signs.contains(sign) { signs.append(sign) }
        }
        return signs
    }
}
