import Records

/// What the configuration takes from elsewhere: the files it names, and the environment.
extension ConfigurationParser {
    // MARK: Files

    mutating func parseFiles(_ reader: inout MappingReader) {
        configuration.playbooksDirectory = folder("playbooks", &reader)
        configuration.mappingsDirectory = folder("mappings", &reader)
        if let (path, bytes) = file("rules", "rules.yaml", bytesMax: Self.yamlBytesMax, &reader) {
            configuration.rulesFile = path
            var list = ProblemList(.rules, file: path)
            if let text = UTF8Text.decode(bytes, problems: &list) {
                configuration.risk = RulesFileParser.parse(text, problems: &list)
            }
            otherProblems += list.sorted
        }
        var steps: [(currency: String, step: ExchangeRates.Step)] = []
        if let (path, bytes) = file("fx", "fx.csv", bytesMax: Self.ratesBytesMax, &reader) {
            configuration.ratesFile = path
            var list = ProblemList(.exchangeRates, file: path)
            steps = ExchangeRateFile.parse(
                bytes, baseCurrency: baseCurrencyIsWrong ? nil : configuration.baseCurrency, problems: &list)
            otherProblems += list.sorted
        }
        if let (path, bytes) = file("holidays", "holidays.csv", bytesMax: Self.holidaysBytesMax, &reader) {
            configuration.holidaysFile = path
            var list = ProblemList(.holidays, file: path)
            configuration.holidays = HolidayFile.parse(bytes, problems: &list)
            otherProblems += list.sorted
        }
        configuration.rates = ExchangeRates(baseCurrency: configuration.baseCurrency, steps: steps)
    }

    /// The file of a key, or the one beside the configuration where the key is missing; nil where that does not exist.
    private mutating func file(
        _ key: String, _ defaultName: String, bytesMax: Int, _ reader: inout MappingReader
    ) -> (path: String, bytes: [UInt8])? {
        let value = reader.take(key)
        let expected = "the path of a readable file"
        var name = FilePath.resolve(defaultName, in: directory)
        if let value {
            guard let path = path(value, key, expected) else { return nil }
            name = path
        }
        switch files.read(name, bytesMax) {
        case .bytes(let bytes): return (name, bytes)
        case .missing:
            if let value {
                problems.add(
                    .missingFile, at: value.position, key, found: "no file \(Wording.quoted(name))", expected: expected,
                    advice: "a relative path starts at the folder of this file")
            }
            return nil
        case .refused(let reason):
            problems.add(
                .unreadableFile, at: value?.position, key,
                found: "\(Wording.quoted(name)), which cannot be read: \(reason)",
                expected: expected)
            return nil
        }
    }

    private mutating func folder(_ key: String, _ reader: inout MappingReader) -> String? {
        guard let value = reader.take(key) else {
            let name = FilePath.resolve(key, in: directory)
            return files.isDirectory(name) ? name : nil
        }
        let expected = "the path of a folder"
        guard let name = path(value, key, expected) else { return nil }
        if files.isDirectory(name) { return name }
        problems.add(
            .missingFile, at: value.position, key, found: "no folder \(Wording.quoted(name))", expected: expected,
            advice: "a relative path starts at the folder of this file")
        return nil
    }

    // MARK: Environment

    mutating func applyEnvironment() {
        var list = ProblemList(.environment, file: ConfigurationProblem.environment)
        variable("DATA_REFRESH_MINUTES", 1...10_080, &configuration.schedule.refreshMinutes, &list)
        variable("CHATBOT_TIMEOUT_SECONDS", 1...600, &configuration.chatbotTimeoutSeconds, &list)
        for name in ["STATE_DIRECTORY", "RUNTIME_DIRECTORY"] {
            guard let first = firstPath(name), !first.hasPrefix("/") else { continue }
            list.add(.notAccepted, at: nil, name, found: Wording.quoted(first), expected: "an absolute path")
        }
        otherProblems += list.sorted
    }

    private func variable(
        _ name: String, _ range: ClosedRange<Int>, _ target: inout Int, _ list: inout ProblemList
    ) {
        guard let text = environment[name], !text.isEmpty else { return }
        let expected = "an integer from \(range.lowerBound) to \(range.upperBound)"
        guard NumberText.isInteger(text) else {
            list.add(.wrongType, at: nil, name, found: "text \(Wording.quoted(text))", expected: expected)
            return
        }
        guard let number = NumberText.integer(text), range.contains(number) else {
            list.add(.outOfRange, at: nil, name, found: text, expected: expected)
            return
        }
        target = number
    }

    /// The first of the colon-separated paths systemd sets.
    private func firstPath(_ name: String) -> String? {
        environment[name]?.split(separator: ":").first.map(String.init)
    }

    func directoryVariable(_ name: String) -> String? {
        firstPath(name).flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
}
