/// Takes the keys of one mapping one by one. What is wrong becomes a problem and leaves the target as it was, so that
/// one
/// pass finds everything. ``finish(_:)`` reports the keys that nobody asked for.
struct MappingReader {
    let path: String
    /// Where the mapping begins.
    let start: FilePosition
    let members: [YAMLValue.Member]
    private var known: [String] = []

    /// - Parameter value: anything but a mapping is a problem.
    /// - Parameter expected: what the mapping maps.
    init?(
        _ value: YAMLValue, path: String, expected: String = "a mapping of keys to values", problems: inout ProblemList
    ) {
        guard case .mapping(let members) = value.content else {
            problems.add(
                .wrongType, at: value.position, path, found: value.typeAndValue, expected: expected,
                advice: value.isNull ? Self.nullAdvice : nil)
            return nil
        }
        self.path = path
        start = value.position
        self.members = members
    }

    static let nullAdvice = "remove the key to keep its default"

    /// The value of a key; asking makes the key a known one.
    mutating func take(_ key: String) -> YAMLValue? { takeMember(key)?.value }

    mutating func takeMember(_ key: String) -> YAMLValue.Member? {
        known.append(key)
        return members.first { $0.key == key }
    }

    func path(_ key: String) -> String { Wording.keyPath(path, key) }

    func position(of key: String) -> FilePosition? { members.first { $0.key == key }?.value.position }

    /// Reports every key that was never asked for.
    func finish(_ problems: inout ProblemList) {
        for member in members where !known.contains(member.key) {
            let advice = NearestName.advice(member.key, in: known)
            let expected =
                advice == nil ? "one of \(known.sorted().joined(separator: ", "))" : "a known key"
            problems.add(
                .unknownKey, at: member.position, path(member.key),
                found: "the unknown key \(Wording.quoted(member.key))", expected: expected, advice: advice)
        }
    }

    // MARK: Values

    mutating func integer(
        _ key: String, _ range: ClosedRange<Int>, _ target: inout Int, _ problems: inout ProblemList
    ) {
        guard let value = take(key) else { return }
        if let number = ValueReader.integer(value, range, path: path(key), problems: &problems) { target = number }
    }

    /// `auto`, which is nil, or an integer.
    mutating func integerOrAuto(
        _ key: String, _ range: ClosedRange<Int>, _ target: inout Int?, _ problems: inout ProblemList
    ) {
        guard let value = take(key) else { return }
        if value.scalar == "auto" {
            target = nil
        } else if value.text != nil {
            problems.add(
                .notAccepted, at: value.position, path(key), found: value.shown,
                expected: "auto, or an integer from \(range.lowerBound) to \(range.upperBound)")
        } else if let days = ValueReader.integer(value, range, path: path(key), problems: &problems) {
            target = days
        }
    }

    mutating func bytes(
        _ key: String, _ range: ClosedRange<Int>, _ target: inout Int, _ problems: inout ProblemList
    ) {
        guard let value = take(key) else { return }
        let expected =
            "bytes from \(NumberText.byteText(range.lowerBound)) to \(NumberText.byteText(range.upperBound)) "
            + "(an integer, or an integer with KiB, MiB or GiB)"
        // A number with a unit is text to YAML anyway, so that quotes make no difference.
        guard let text = value.scalar, let number = NumberText.bytes(text) else {
            ValueReader.wrongType(value, path(key), expected, &problems)
            return
        }
        guard range.contains(number) else {
            problems.add(.outOfRange, at: value.position, path(key), found: text, expected: expected)
            return
        }
        target = number
    }

    mutating func decimal(
        _ key: String, _ range: ClosedRange<Double>, _ target: inout Double, _ problems: inout ProblemList
    ) {
        guard let value = take(key) else { return }
        let expected = "a number from \(NumberText.text(range.lowerBound)) to \(NumberText.text(range.upperBound))"
        guard let plain = value.plain, let number = NumberText.decimal(plain) else {
            ValueReader.wrongType(value, path(key), expected, &problems)
            return
        }
        guard range.contains(number) else {
            problems.add(.outOfRange, at: value.position, path(key), found: plain, expected: expected)
            return
        }
        target = number
    }

    mutating func boolean(_ key: String, _ target: inout Bool, _ problems: inout ProblemList) {
        guard let value = take(key) else { return }
        guard let flag = value.boolean else {
            ValueReader.wrongType(value, path(key), "true or false", &problems)
            return
        }
        target = flag
    }

    /// One of a closed set of names.
    mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ key: String, _ target: inout Choice, _ problems: inout ProblemList
    ) {
        guard let value = take(key) else { return }
        if let choice: Choice = ValueReader.choice(value, path: path(key), problems: &problems) { target = choice }
    }

    /// A mapping with keys of its own.
    mutating func section(
        _ key: String, _ problems: inout ProblemList, _ body: (inout MappingReader, inout ProblemList) -> Void
    ) {
        guard let value = take(key), var reader = MappingReader(value, path: path(key), problems: &problems) else {
            return
        }
        body(&reader, &problems)
        reader.finish(&problems)
    }

    /// A mapping whose keys are names of the operator's own.
    mutating func freeMembers(
        _ key: String, expected: String, _ problems: inout ProblemList
    ) -> [YAMLValue.Member]? {
        guard let value = take(key) else { return nil }
        return MappingReader(value, path: path(key), expected: expected, problems: &problems)?.members
    }
}
