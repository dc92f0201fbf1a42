/// Reads single values; nil after a problem was reported.
enum ValueReader {
    static func wrongType(_ value: YAMLValue, _ path: String, _ expected: String, _ problems: inout ProblemList) {
        problems.add(
            .wrongType, at: value.position, path, found: value.typeAndValue, expected: expected,
            advice: value.isNull ? MappingReader.nullAdvice : nil)
    }

    static func integer(
        _ value: YAMLValue, _ range: ClosedRange<Int>, path: String, problems: inout ProblemList
    ) -> Int? {
        let expected = "an integer from \(range.lowerBound) to \(range.upperBound)"
        guard let plain = value.plain, NumberText.isInteger(plain) else {
            wrongType(value, path, expected, &problems)
            return nil
        }
        guard let number = NumberText.integer(plain), range.contains(number) else {
            problems.add(.outOfRange, at: value.position, path, found: plain, expected: expected)
            return nil
        }
        return number
    }

    static func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ value: YAMLValue, path: String, problems: inout ProblemList
    ) -> Choice? {
        let names = Choice.allCases.map(\.rawValue)
        let expected = Wording.alternatives(names)
        guard let scalar = value.scalar, value.text != nil else {
            wrongType(value, path, expected, &problems)
            return nil
        }
        if let choice = Choice(rawValue: scalar) { return choice }
        problems.add(
            .notAccepted, at: value.position, path, found: value.shown, expected: expected,
            advice: NearestName.advice(scalar, in: names))
        return nil
    }

    /// Text that is not empty and has no control characters.
    static func text(
        _ value: YAMLValue, path: String, expected: String, problems: inout ProblemList
    ) -> String? {
        guard let text = value.text else {
            let needsQuotes = value.scalar != nil
            problems.add(
                .wrongType, at: value.position, path, found: value.typeAndValue, expected: expected,
                advice: needsQuotes ? "put it in quotes if it is meant as text" : nil)
            return nil
        }
        return checked(text, value, path: path, expected: expected, problems: &problems)
    }

    /// A name or value that comes from the operator's data: everything but nothing, a list or a mapping.
    static func dataText(
        _ value: YAMLValue, path: String, expected: String, problems: inout ProblemList
    ) -> String? {
        guard let text = value.scalar else {
            problems.add(.wrongType, at: value.position, path, found: value.typeAndValue, expected: expected)
            return nil
        }
        return checked(text, value, path: path, expected: expected, problems: &problems)
    }

    private static func checked(
        _ text: String, _ value: YAMLValue, path: String, expected: String, problems: inout ProblemList
    ) -> String? {
        if text.allSatisfy(\.isWhitespace) {
            problems.add(.notAccepted, at: value.position, path, found: "empty text", expected: expected)
            return nil
        }
        if text.unicodeScalars.contains(where: Wording.isControl) {
            problems.add(
                .notAccepted, at: value.position, path, found: value.shown,
                expected: "\(expected) without control characters")
            return nil
        }
        return text
    }

    /// The elements of a list with their paths.
    static func list(
        _ value: YAMLValue, path: String, expected: String, problems: inout ProblemList
    ) -> [(path: String, value: YAMLValue)]? {
        guard case .list(let elements) = value.content else {
            wrongType(value, path, expected, &problems)
            return nil
        }
        return elements.enumerated().map { ("\(path)[\($0.offset)]", $0.element) }
    }
}
