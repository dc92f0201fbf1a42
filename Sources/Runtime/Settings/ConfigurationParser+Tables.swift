import Records

/// The tables of aurad.yaml whose keys are names of the operator's own.
extension ConfigurationParser {
    // MARK: Regions and segments

    /// Replaces the built-in table. A country that the product knows counts under all its names and its code, whichever
    /// of
    /// them is written down; a name it does not know counts as it stands.
    mutating func parseRegions(_ reader: inout MappingReader) {
        guard let members = reader.freeMembers("regions", expected: "a mapping of regions to countries", &problems)
        else {
            return
        }
        var named: [String: (region: String, value: YAMLValue, path: String)] = [:]
        for member in members {
            let path = Wording.keyPath("regions", member.key)
            guard checkName(member, path: path, expected: "the name of a region") else { continue }
            let countries = textList(
                member.value, path: path, expected: "a list of countries", element: "a country name or code")
            for country in countries ?? [] {
                let key = country.text.lowercased()
                if let first = named[key], first.region != member.key {
                    problems.add(
                        .conflict, at: country.value.position, country.path, found: country.value.shown,
                        expected: "every country in one region", advice: "it stands in \(first.path) already")
                } else if named[key] == nil {
                    named[key] = (member.key, country.value, country.path)
                }
            }
        }
        var table = named.mapValues(\.region)
        for (_, countries) in CountryTable.regions {
            for country in countries {
                let keys = CountryTable.keys(of: country)
                let regions = Set(keys.compactMap { named[$0]?.region })
                if regions.count == 1, let region = regions.first {
                    for key in keys { table[key] = region }
                } else if let name = named[keys[0]], let code = named[country.code.lowercased()],
                    name.region != code.region
                {
                    problems.add(
                        .conflict, at: max(name.value.position, code.value.position), "regions",
                        found: "\(Wording.quoted(country.names[0])) in \(name.path) and its code "
                            + "\(Wording.quoted(country.code)) in \(code.path)",
                        expected: "every country in one region")
                }
            }
        }
        configuration.regionOfCountry = table
    }

    mutating func parseSegments(_ reader: inout MappingReader) {
        let expected = "a mapping of segments to subscription types"
        guard let members = reader.freeMembers("segments", expected: expected, &problems) else { return }
        var firstPath: [String: String] = [:]
        for member in members {
            let path = Wording.keyPath("segments", member.key)
            guard checkName(member, path: path, expected: "the name of a segment") else { continue }
            let types = textList(
                member.value, path: path, expected: "a list of subscription types", element: "a subscription type")
            for type in types ?? [] {
                let known = configuration.segmentOfSubscriptionType[type.text]
                if let known, known != member.key {
                    problems.add(
                        .conflict, at: type.value.position, type.path, found: type.value.shown,
                        expected: "every subscription type in one segment",
                        advice: firstPath[type.text].map { "it stands in \($0) already" })
                    continue
                }
                configuration.segmentOfSubscriptionType[type.text] = member.key
                if known == nil { firstPath[type.text] = type.path }
            }
        }
    }

    // MARK: Terms

    mutating func parseTerms(_ reader: inout MappingReader) {
        let range = 1...120
        let expected = "a mapping of subscription types to months"
        for member in reader.freeMembers("contract_terms", expected: expected, &problems) ?? [] {
            let path = Wording.keyPath("contract_terms", member.key)
            guard checkName(member, path: path, expected: "a subscription type or default"),
                let months = ValueReader.integer(member.value, range, path: path, problems: &problems)
            else { continue }
            if member.key == "default" {
                configuration.contractMonthsDefault = months
            } else {
                configuration.contractMonths[member.key] = months
            }
        }
        for member in reader.freeMembers("billing_months", expected: expected, &problems) ?? [] {
            let path = Wording.keyPath("billing_months", member.key)
            if member.key == "default" {
                problems.add(
                    .notAccepted, at: member.position, path, found: "the key \"default\"",
                    expected: "subscription types",
                    advice: "a payment of any other type covers 1 month")
                continue
            }
            guard checkName(member, path: path, expected: "a subscription type"),
                let months = ValueReader.integer(member.value, range, path: path, problems: &problems)
            else { continue }
            configuration.billingMonths[member.key] = months
        }
    }

    // MARK: Validation

    mutating func parseValidation(_ reader: inout MappingReader) {
        let expected = "a mapping of categories to columns"
        guard let categories = reader.freeMembers("validation", expected: expected, &problems) else { return }
        let categoryNames = Category.allCases.map(\.rawValue)
        for member in categories {
            let path = Wording.keyPath("validation", member.key)
            guard let category = Category(rawValue: member.key) else {
                problems.add(
                    .unknownKey, at: member.position, path, found: "the unknown category \(Wording.quoted(member.key))",
                    expected: Wording.alternatives(categoryNames),
                    advice: NearestName.advice(member.key, in: categoryNames))
                continue
            }
            let columns = MappingReader(
                member.value, path: path, expected: "a mapping of columns to rules", problems: &problems)
            for column in columns?.members ?? [] { parseColumn(column, category: category, path: path) }
        }
    }

    private mutating func parseColumn(_ member: YAMLValue.Member, category: Category, path: String) {
        let path = Wording.keyPath(path, member.key)
        guard let specification = category.columns.first(where: { $0.name == member.key }) else {
            let names = category.columns.map(\.name)
            let advice = NearestName.advice(member.key, in: names)
            problems.add(
                .unknownKey, at: member.position, path, found: "the unknown column \(Wording.quoted(member.key))",
                expected: advice == nil
                    ? "one of \(names.joined(separator: ", "))" : "a column of \(category.rawValue)",
                advice: advice)
            return
        }
        let expected = "a mapping with required, values, min, max or pattern"
        guard
            var reader = MappingReader(member.value, path: path, expected: expected, problems: &problems)
        else { return }
        var rule = ColumnValidation(required: specification.required)
        reader.boolean("required", &rule.required, &problems)
        if specification.required, !rule.required {
            problems.add(
                .notAccepted, at: reader.position(of: "required"), reader.path("required"), found: "false",
                expected: "true", advice: "the data contract requires this column; a rule can only tighten it")
        }
        if let value = reader.take("values") {
            rule.values = allowedValues(value, specification, path: reader.path("values"))
        }
        parseBounds(&reader, specification, &rule)
        if let value = reader.take("pattern") {
            rule.pattern = ValueReader.dataText(
                value, path: reader.path("pattern"), expected: "a pattern with * for any text and ? for one character",
                problems: &problems)
        }
        reader.finish(&problems)
        configuration.validation[category, default: [:]][member.key] = rule
    }

    private mutating func allowedValues(
        _ value: YAMLValue, _ column: ColumnSpecification, path: String
    ) -> [String]? {
        guard let texts = textList(value, path: path, expected: "a list of values", element: "a value") else {
            return nil
        }
        if texts.isEmpty {
            problems.add(
                .notAccepted, at: value.position, path, found: "an empty list", expected: "at least one value",
                advice: "with no value allowed every row would be refused")
            return nil
        }
        for text in texts {
            switch column.kind {
            case .integer(let range):
                if let number = Int(text.text), range.contains(number) { continue }
                problems.add(
                    .notAccepted, at: text.value.position, text.path, found: text.value.shown,
                    expected: "an integer from \(range.lowerBound) to \(range.upperBound), as the data contract has it")
            case .currency where !CurrencyCode.isKnown(text.text):
                problems.add(
                    .notAccepted, at: text.value.position, text.path, found: text.value.shown,
                    expected: "an ISO 4217 currency code in upper case")
            default: break
            }
        }
        return texts.map(\.text)
    }

    private mutating func parseBounds(
        _ reader: inout MappingReader, _ column: ColumnSpecification, _ rule: inout ColumnValidation
    ) {
        let range = -1e15...1e15
        for key in ["min", "max"] where reader.position(of: key) != nil {
            switch column.kind {
            case .day, .futureDay, .instant, .currency:
                _ = reader.take(key)
                problems.add(
                    .notAccepted, at: reader.position(of: key), reader.path(key),
                    found: "a bound of a column that holds no numbers", expected: "min and max at numbers only",
                    advice: column.kind == .currency ? "use values" : "earliest_day bounds all days")
            case .identifier, .text, .comment, .amount, .integer:
                var bound = Double.nan
                reader.decimal(key, range, &bound, &problems)
                if bound.isNaN { continue }
                if key == "min" { rule.minimum = bound } else { rule.maximum = bound }
            }
        }
        // Known keys even where they are missing, for the messages about unknown ones.
        _ = reader.take("min")
        _ = reader.take("max")
        var lowest = rule.minimum ?? -.infinity
        var highest = rule.maximum ?? .infinity
        var contract = ""
        if case .integer(let range) = column.kind {
            lowest = max(lowest, Double(range.lowerBound))
            highest = min(highest, Double(range.upperBound))
            contract = " and from \(range.lowerBound) to \(range.upperBound), as the data contract has it"
        }
        if lowest > highest {
            let key = rule.maximum == nil ? "min" : "max"
            problems.add(
                .conflict, at: reader.position(of: key), reader.path(key),
                found: "bounds that no value keeps", expected: "min not above max\(contract)")
        }
    }

    // MARK: Lists and names

    /// The texts of a list without doubles; nil where it is none, or where an element is none.
    mutating func textList(
        _ value: YAMLValue, path: String, expected: String, element: String
    ) -> [(text: String, value: YAMLValue, path: String)]? {
        guard let elements = ValueReader.list(value, path: path, expected: expected, problems: &problems) else {
            return nil
        }
        var result: [(text: String, value: YAMLValue, path: String)] = []
        var seen: Set<String> = []
        var isComplete = true
        for (path, value) in elements {
            guard let text = ValueReader.dataText(value, path: path, expected: element, problems: &problems) else {
                isComplete = false
                continue
            }
            if seen.insert(text).inserted { result.append((text, value, path)) }
        }
        return isComplete ? result : nil
    }

    /// Keys that are data of the operator need as much care as values.
    private mutating func checkName(_ member: YAMLValue.Member, path: String, expected: String) -> Bool {
        let value = YAMLValue(content: .scalar(member.key, isPlain: false), position: member.position)
        return ValueReader.dataText(value, path: path, expected: expected, problems: &problems) != nil
    }
}
