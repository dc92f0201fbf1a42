public import Contract
public import Records

/// Reads the parameters of a question, and holds them to what a question may be; what is left over in the end is unknown
/// and an error.
///
/// It knows what the asker is not shown, and refuses to read the name of such an attribute: whoever takes names of
/// attributes from a question takes them from here, so that no method can forget to look.
public struct Parameters {
    /// The longest text of an ordinary parameter in bytes.
    public static let textBytesMax = 1_024
    /// The most values of one parameter.
    public static let valuesMax = 1_000

    private let object: JSONObject
    private var accepted: Set<String> = []
    /// The contact data, for those who are shown none of it.
    public let hidden: ContactColumns?

    /// - Parameter hidden: the contact data, where the asker is shown none of it; nil where all of it is.
    public init(_ object: JSONObject, hiding hidden: ContactColumns?) {
        self.object = object
        self.hidden = hidden
    }

    /// The name of an attribute of clients that a question is about; any use of contact data would tell what it holds.
    public func attribute(_ name: String, in parameter: String) throws(Problem) -> String {
        guard hidden?.contains(name) != true else {
            throw Problem(
                .forbidden,
                "parameter \"\(parameter)\" names contact data, which is not shown to your role: \"\(name.excerpt)\"",
                hint: "contact_columns: in aurad.yaml says what is contact data, roles: who sees it")
        }
        return name
    }

    /// Call when all parameters have been asked for.
    public func finish() throws(Problem) {
        for member in object.members where !accepted.contains(member.key) {
            // Who asks and in what words is context, not part of the question.
            if member.key == "context" { continue }
            throw Problem(
                .invalidParams, "unknown parameter \"\(member.key.excerpt)\"",
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

    /// What a caller wrote, to name it in a message.
    private static func shown(_ value: JSONValue) -> String {
        value.stringValue.map { "\"\($0.excerpt)\"" } ?? value.typeName
    }

    private static func measured(_ text: String, _ name: String, bytesMax: Int) throws(Problem) -> String {
        guard text.utf8.count <= bytesMax else {
            throw Problem(
                .invalidParams, "parameter \"\(name)\" has a text of \(text.utf8.count) bytes",
                hint: "expected at most \(bytesMax) bytes")
        }
        return text
    }

    /// - Parameter bytesMax: the longest text that is accepted.
    public mutating func text(
        _ name: String, bytesMax: Int = Parameters.textBytesMax
    ) throws(Problem) -> String? {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue else { throw wrongType(name, value, expected: "a string") }
        return try Parameters.measured(text, name, bytesMax: bytesMax)
    }

    /// Content, which only a frame bounds.
    public mutating func content(_ name: String) throws(Problem) -> String? { try text(name, bytesMax: .max) }

    public mutating func requiredText(_ name: String) throws(Problem) -> String {
        guard let text = try text(name), !text.isEmpty else {
            throw Problem(.invalidParams, "parameter \"\(name)\" is missing", hint: "expected a string")
        }
        return text
    }

    /// False when it is not given.
    public mutating func flag(_ name: String) throws(Problem) -> Bool { try optionalFlag(name) ?? false }

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
                .invalidParams, "parameter \"\(name)\" is \(Parameters.shown(value))",
                hint: "expected a day as YYYY-MM-DD")
        }
        return day
    }

    /// A text, or several.
    public mutating func texts(
        _ name: String, valuesMax: Int = Parameters.valuesMax
    ) throws(Problem) -> [String] {
        guard let value = value(name) else { return [] }
        if let text = value.stringValue {
            return [try Parameters.measured(text, name, bytesMax: Parameters.textBytesMax)]
        }
        guard let array = value.arrayValue else {
            throw wrongType(name, value, expected: "a string or an array of strings")
        }
        guard array.count <= valuesMax else {
            throw Problem(
                .invalidParams, "parameter \"\(name)\" has \(array.count) values",
                hint: "expected at most \(valuesMax)")
        }
        var result: [String] = []
        for element in array {
            guard let text = element.stringValue else {
                throw wrongType(name, value, expected: "a string or an array of strings")
            }
            result.append(try Parameters.measured(text, name, bytesMax: Parameters.textBytesMax))
        }
        return result
    }

    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(Problem) -> Choice? where Choice.RawValue == String {
        guard let value = value(name) else { return nil }
        guard let text = value.stringValue, let choice = Choice(rawValue: text) else {
            throw Problem(
                .invalidParams, "parameter \"\(name)\" is \(Parameters.shown(value))",
                hint: "expected one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }
}
