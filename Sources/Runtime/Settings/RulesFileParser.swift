import Records

/// Turns the text of rules.yaml into ``RiskSettings``. What the file leaves out keeps its built-in value; a list of
/// rules
/// replaces the built-in rules.
struct RulesFileParser {
    private var settings = RiskSettings()
    /// The lines of the file, to find the place inside a condition.
    private let lines: [[Unicode.Scalar]]

    static func parse(_ text: String, problems: inout ProblemList) -> RiskSettings {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
        var parser = RulesFileParser(lines: lines)
        guard let root = YAMLDocument.parse(text, problems: &problems), !root.isNull,
            var reader = MappingReader(root, path: "", problems: &problems)
        else { return parser.settings }
        parser.parseLevels(&reader, &problems)
        if let value = reader.take("rules") { parser.parseRules(value, &problems) }
        parser.parseHealth(&reader, &problems)
        reader.finish(&problems)
        return parser.settings
    }

    private init(lines: [[Unicode.Scalar]]) { self.lines = lines }

    private mutating func parseLevels(_ reader: inout MappingReader, _ problems: inout ProblemList) {
        var levels = settings.levels
        reader.section("levels", &problems) { section, problems in
            section.decimal("medium", 0...1, &levels.medium, &problems)
            section.decimal("high", 0...1, &levels.high, &problems)
            section.decimal("critical", 0...1, &levels.critical, &problems)
            let bounds = [("medium", levels.medium), ("high", levels.high), ("critical", levels.critical)]
            Self.checkOrder(bounds, isRising: true, section, &problems)
        }
        settings.levels = levels
    }

    /// Reports the first pair of neighbours that is not in order, at a key that is written in the file.
    private static func checkOrder(
        _ bounds: [(name: String, value: Double)], isRising: Bool, _ section: MappingReader,
        _ problems: inout ProblemList
    ) {
        for (first, second) in zip(bounds, bounds.dropFirst()) {
            if isRising ? first.value < second.value : first.value > second.value { continue }
            let isSecond = section.position(of: second.name) != nil
            let (wrong, other) = isSecond ? (second, first) : (first, second)
            problems.add(
                .conflict, at: section.position(of: wrong.name), section.path(wrong.name),
                found: NumberText.text(wrong.value),
                expected: (isRising == isSecond ? "more than " : "less than ")
                    + "\(other.name) (\(NumberText.text(other.value)))")
            return
        }
    }

    // MARK: Rules

    private mutating func parseRules(_ value: YAMLValue, _ problems: inout ProblemList) {
        guard let elements = ValueReader.list(value, path: "rules", expected: "a list of rules", problems: &problems)
        else { return }
        settings.rules = []
        var firstPath: [String: String] = [:]
        for (path, element) in elements {
            let expected = "a mapping with name, category, when, weight and text"
            guard var reader = MappingReader(element, path: path, expected: expected, problems: &problems) else {
                continue
            }
            var isEnabled = true
            let rule = parseRule(&reader, at: element.position, isEnabled: &isEnabled, &problems)
            reader.finish(&problems)
            guard let rule else { continue }
            if let first = firstPath[rule.name] {
                problems.add(
                    .conflict, at: reader.position(of: "name"), reader.path("name"), found: Wording.quoted(rule.name),
                    expected: "a name of its own for every rule", advice: "\(first) has it already")
                continue
            }
            firstPath[rule.name] = path
            guard isEnabled else {
                settings.disabledRules.append(rule)
                continue
            }
            settings.rules.append(rule)
            if settings.rules.count == RiskRule.countMax + 1 {
                problems.add(
                    .outOfRange, at: element.position, path, found: "more than \(RiskRule.countMax) rules in force",
                    expected: "at most \(RiskRule.countMax)", advice: "switch rules off with enabled: false")
            }
        }
    }

    private func parseRule(
        _ reader: inout MappingReader, at position: FilePosition, isEnabled: inout Bool, _ problems: inout ProblemList
    ) -> RiskRule? {
        let name = required("name", "a name of lower-case letters, digits and _", &reader, position, &problems)
            .flatMap { identifier($0, reader.path("name"), &problems) }
        var category: RiskRule.Category?
        let categories = Wording.alternatives(RiskRule.Category.allCases.map(\.rawValue))
        if let value = required("category", categories, &reader, position, &problems) {
            category = ValueReader.choice(value, path: reader.path("category"), problems: &problems)
        }
        let conditions = required("when", "a condition or a list of conditions", &reader, position, &problems)
            .flatMap { parseConditions($0, path: reader.path("when"), &problems) }
        let weight = required("weight", Self.weightExpected, &reader, position, &problems)
            .flatMap { parseWeight($0, path: reader.path("weight"), &problems) }
        let text = required("text", "the reason in words", &reader, position, &problems)
            .flatMap { parseText($0, path: reader.path("text"), &problems) }
        let playbook = reader.take("playbook")
            .flatMap { identifier($0, reader.path("playbook"), &problems) }
        reader.boolean("enabled", &isEnabled, &problems)
        guard let name, let category, let conditions, let weight, let text else { return nil }
        return RiskRule(
            name: name, category: category, conditions: conditions, weightMicro: weight, text: text, playbook: playbook)
    }

    private func required(
        _ key: String, _ expected: String, _ reader: inout MappingReader, _ position: FilePosition,
        _ problems: inout ProblemList
    ) -> YAMLValue? {
        if let value = reader.take(key) { return value }
        problems.add(
            .missingKey, at: position, reader.path, found: "no key \(Wording.quoted(key))",
            expected: "\(key): \(expected)")
        return nil
    }

    /// A name that can stand in column names, query filters and links.
    private func identifier(_ value: YAMLValue, _ path: String, _ problems: inout ProblemList) -> String? {
        let expected = "a name of lower-case letters, digits and _ that starts with a letter"
        guard let text = ValueReader.text(value, path: path, expected: expected, problems: &problems) else {
            return nil
        }
        let isLetter = { (byte: UInt8) in byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
        let isName =
            text.utf8.first.map(isLetter) == true && text.utf8.count <= 64
            && text.utf8.allSatisfy { isLetter($0) || NumberText.isDigit($0) || $0 == UInt8(ascii: "_") }
        if isName { return text }
        problems.add(.notAccepted, at: value.position, path, found: value.shown, expected: expected)
        return nil
    }

    private static let weightExpected = "a number from 0 to 1 with at most six decimals"

    private func parseWeight(_ value: YAMLValue, path: String, _ problems: inout ProblemList) -> Int? {
        guard let plain = value.plain, NumberText.decimal(plain) != nil else {
            ValueReader.wrongType(value, path, Self.weightExpected, &problems)
            return nil
        }
        if let micro = NumberText.millionths(plain), micro <= 1_000_000 { return micro }
        problems.add(.outOfRange, at: value.position, path, found: plain, expected: Self.weightExpected)
        return nil
    }

    /// What may stand in braces in a reason.
    static let placeholders = ["value", "threshold", "percent"]

    private func parseText(_ value: YAMLValue, path: String, _ problems: inout ProblemList) -> String? {
        guard let text = ValueReader.text(value, path: path, expected: "the reason in words", problems: &problems)
        else {
            return nil
        }
        let expected = Wording.alternatives(Self.placeholders.map { "{\($0)}" })
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            rest = rest[rest.index(after: open)...]
            let close = rest.firstIndex(of: "}")
            let name = String(rest[..<(close ?? rest.endIndex)])
            guard let close, Self.placeholders.contains(name) else {
                problems.add(
                    .notAccepted, at: value.position, path,
                    found: Wording.quoted("{\(name)" + (close == nil ? "" : "}")),
                    expected: expected, advice: NearestName.advice(name, in: Self.placeholders))
                return nil
            }
            rest = rest[rest.index(after: close)...]
        }
        return text
    }

    // MARK: Conditions

    private func parseConditions(
        _ value: YAMLValue, path: String, _ problems: inout ProblemList
    ) -> [RiskRule.Condition]? {
        let expected = "a condition (\(ConditionParser.form)) or a list of conditions"
        var elements = [(path: path, value: value)]
        switch value.content {
        case .list(let list):
            elements = list.enumerated().map { ("\(path)[\($0.offset)]", $0.element) }
            if list.isEmpty {
                problems.add(
                    .notAccepted, at: value.position, path, found: "an empty list", expected: "at least one condition")
                return nil
            }
        case .mapping:
            ValueReader.wrongType(value, path, expected, &problems)
            return nil
        case .scalar: break
        }
        var result: [RiskRule.Condition] = []
        for (path, element) in elements {
            guard let text = element.text else {
                problems.add(
                    .wrongType, at: element.position, path, found: element.typeAndValue,
                    expected: "a condition (\(ConditionParser.form))")
                continue
            }
            do throws(ConditionParser.Failure) {
                result.append(try ConditionParser.parse(text))
            } catch {
                problems.add(
                    error.kind, at: place(error.offset, in: text, element.position), path, found: error.found,
                    expected: error.expected, advice: error.advice)
            }
        }
        return result.count == elements.count ? result : nil
    }

    /// The place of a character of a scalar: exact where the scalar stands on its line as it is, quoted or not,
    /// otherwise
    /// the start of the scalar.
    private func place(_ offset: Int, in text: String, _ start: FilePosition) -> FilePosition {
        guard start.line <= lines.count else { return start }
        let line = lines[start.line - 1]
        let scalars = Array(text.unicodeScalars)
        for column in [start.column, start.column + 1] {
            let end = column - 1 + scalars.count
            if end <= line.count, line[(column - 1)..<end].elementsEqual(scalars) {
                return FilePosition(line: start.line, column: column + offset)
            }
        }
        return start
    }

    // MARK: Health

    private mutating func parseHealth(_ reader: inout MappingReader, _ problems: inout ProblemList) {
        var health = settings.health
        reader.section("health", &problems) { section, problems in
            section.section("weights", &problems) { weights, problems in
                weights.decimal("engagement", 0...100, &health.engagementWeight, &problems)
                weights.decimal("revenue", 0...100, &health.revenueWeight, &problems)
                weights.decimal("support", 0...100, &health.supportWeight, &problems)
                weights.decimal("sentiment", 0...100, &health.sentimentWeight, &problems)
                weights.decimal("contract", 0...100, &health.contractWeight, &problems)
                let sum =
                    health.engagementWeight + health.revenueWeight + health.supportWeight + health.sentimentWeight
                    + health.contractWeight
                if sum <= 0 {
                    problems.add(
                        .conflict, at: weights.members.first?.position, weights.path, found: "weights that add up to 0",
                        expected: "at least one weight above 0")
                }
            }
            section.section("bands", &problems) { bands, problems in
                bands.decimal("healthy", 0...100, &health.healthyFrom, &problems)
                bands.decimal("stable", 0...100, &health.stableFrom, &problems)
                bands.decimal("watch", 0...100, &health.watchFrom, &problems)
                bands.decimal("guard_below", 0...100, &health.guardBelow, &problems)
                let bounds = [
                    ("healthy", health.healthyFrom), ("stable", health.stableFrom), ("watch", health.watchFrom),
                ]
                Self.checkOrder(bounds, isRising: false, bands, &problems)
            }
            section.section("curves", &problems) { curves, problems in
                curves.decimal("points_per_ticket", 0...100, &health.pointsPerTicket, &problems)
                curves.decimal("points_per_old_ticket", 0...100, &health.pointsPerOldTicket, &problems)
                curves.decimal("recency_half_life_days", 1...3650, &health.recencyHalfLifeDays, &problems)
                curves.decimal("sentiment_half_life_days", 1...3650, &health.sentimentHalfLifeDays, &problems)
            }
        }
        settings.health = health
    }
}
