public import Contract
public import Records

/// Reads the parameters of a question; what is left over in the end is unknown and an error.
public struct Parameters {
    private let object: JSONObject
    private var accepted: Set<String> = []

    public init(_ object: JSONObject) { self.object = object }

    /// Call when all parameters have been asked for.
    public func finish() throws(Problem) {
        for member in object.members where !accepted.contains(member.key) {
            // Who asks and in what words is context, not part of the question.
            if member.key == "context" { continue }
            throw Problem(
                .invalidParams, "unknown parameter \"\(member.key)\"",
                hint: "accepted: \(accepted.sorted().joined(separator: ", "))")
        }
    }

    private mutating func value(_ name: String) -> JSONValue? {
        accepted.insert(name)
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    private func wrongType(_ name: String, _ value: JSONValue, expected: String) -> Problem {
        Problem(.invalidParams, "parameter \"\(name)\" is \(value.typeName)", hint: "expected \(expected)")
    }

    public mutating func text(_ name: String) throws(Problem) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue else { throw wrongType(name, value, expected: "a string") }
        return text
    }

    public mutating func requiredText(_ name: String) throws(Problem) -> String {
        guard let text = try text(name), !text.isEmpty else {
            throw Problem(.invalidParams, "parameter \"\(name)\" is missing", hint: "expected a string")
        }
        return text
    }

    public mutating func flag(_ name: String) throws(Problem) -> Bool {
        guard let value = value(name) else { return false }
        guard let flag = value.boolValue else { throw wrongType(name, value, expected: "true or false") }
        return flag
    }

    /// Nil when it is not given.
    public mutating func optionalFlag(_ name: String) throws(Problem) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let flag = value.boolValue else { throw wrongType(name, value, expected: "true or false") }
        return flag
    }

    public mutating func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let value = value(name) else { return nil }
        guard let integer = value.integerValue, range.contains(Int(integer)) else {
            let found = value.doubleValue.map(NumberText.shortest) ?? value.typeName
            throw Problem(
                .invalidParams, "parameter \"\(name)\" is \(found)",
                hint: "expected an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(integer)
    }

    /// A finite number above 0.
    public mutating func positive(_ name: String) throws(Problem) -> Double? {
        guard let value = value(name) else { return nil }
        guard let number = value.doubleValue, number.isFinite, number > 0 else {
            let found = value.doubleValue.map(NumberText.shortest) ?? value.typeName
            throw Problem(
                .invalidParams, "parameter \"\(name)\" is \(found)", hint: "expected a number above 0")
        }
        return number
    }

    public mutating func day(_ name: String) throws(Problem) -> Day? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue, let day = Day(text) else {
            throw Problem(
                .invalidParams, "parameter \"\(name)\" is \(value.stringValue.map { "\"\($0)\"" } ?? value.typeName)",
                hint: "expected a day as YYYY-MM-DD")
        }
        return day
    }

    /// A text, or several.
    public mutating func texts(_ name: String) throws(Problem) -> [String] {
        guard let value = value(name) else { return [] }
        if let text = value.stringValue { return [text] }
        guard let array = value.arrayValue else {
            throw wrongType(name, value, expected: "a string or an array of strings")
        }
        var result: [String] = []
        for element in array {
            guard let text = element.stringValue else {
                throw wrongType(name, value, expected: "a string or an array of strings")
            }
            result.append(text)
        }
        return result
    }

    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(Problem) -> Choice? where Choice.RawValue == String {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue, let choice = Choice(rawValue: text) else {
            throw Problem(
                .invalidParams, "parameter \"\(name)\" is \(value.stringValue.map { "\"\($0)\"" } ?? value.typeName)",
                hint: "expected one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }
}
