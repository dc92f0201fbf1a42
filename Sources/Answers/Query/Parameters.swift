public import Contract
public import Records

/// The parameters of a question, held to what the table of methods says of them before anybody works on it: none that is
/// unknown, none missing, each of its type and within its range, and none that names what the asker is not shown.
public struct Parameters {
    private let object: JSONObject
    private let endpoint: Endpoint
    /// The contact data, for those who are shown none of it.
    public let hidden: ContactColumns?

    /// - Parameters:
    ///   - object: as they came.
    ///   - endpoint: the method they are for.
    ///   - hidden: the contact data, where the asker is shown none of it; nil where all of it is.
    /// - Throws: what is wrong with them.
    public init(_ object: JSONObject, of endpoint: Endpoint, hiding hidden: ContactColumns?) throws(Problem) {
        self.object = object
        self.endpoint = endpoint
        self.hidden = hidden
        for member in object.members where endpoint.parameter(member.key) == nil {
            // Who asks and in what words is context, not part of the question.
            if Parameters.ofEveryMethod.contains(member.key) { continue }
            throw Problem(
                .invalidParams, "unknown parameter \"\(member.key.excerpt)\"",
                hint: endpoint.allParameters.isEmpty
                    ? "\(endpoint.name) takes none"
                    : "accepted: \(endpoint.allParameters.map(\.name).sorted().joined(separator: ", "))")
        }
        for parameter in endpoint.allParameters {
            guard let value = object[parameter.name], !value.isNull else {
                guard !parameter.isRequired else { throw Parameters.missing(parameter) }
                continue
            }
            try Parameters.check(value, parameter)
            if parameter.name == Parameter.owner.name, hidden?.contains(parameter.name) == true {
                throw Problem(
                    .forbidden, "parameter \"owner\" is contact data here, which is not shown to your role",
                    hint: "contact_columns: in aurad.yaml says what is contact data, roles: who sees it")
            }
            if case .conditions = parameter.kind {
                for text in Parameters.list(value) { _ = try Condition(text, hiding: hidden) }
            }
        }
    }

    /// What may stand in the parameters of every method, and is no part of the question.
    private static let ofEveryMethod = ["context", "behalf"]

    // MARK: Taking them. What is not given has the default of the table, or is nil.

    public func text(_ name: String) -> String? { value(name)?.stringValue }

    /// A text that is not to be left out.
    public func requiredText(_ name: String) -> String { text(name) ?? "" }

    public func flag(_ name: String) -> Bool {
        if let flag = value(name)?.boolValue { return flag }
        if case .boolean(let standard)? = declared(name)?.kind { return standard }
        return false
    }

    public func integer(_ name: String) -> Int? {
        if let integer = value(name)?.integerValue { return Int(integer) }
        return switch declared(name)?.kind {
        case .integer(_, let standard), .integers(_, let standard): standard
        default: nil
        }
    }

    /// One that has a default or is not to be left out.
    public func requiredInteger(_ name: String) -> Int { integer(name) ?? 0 }

    public func number(_ name: String) -> Double? { value(name)?.doubleValue }

    public func day(_ name: String) -> Day? { value(name)?.stringValue.flatMap { Day($0) } }

    public func texts(_ name: String) -> [String] { value(name).map(Parameters.list) ?? [] }

    public func choice<Word: RawRepresentable>(_ name: String, _ type: Word.Type) -> Word?
    where Word.RawValue == String {
        if let text = text(name) { return Word(rawValue: text) }
        guard case .choice(_, let standard?)? = declared(name)?.kind else { return nil }
        return Word(rawValue: standard)
    }

    /// The conditions on clients, read.
    func conditions(_ name: String) -> [Condition] {
        // Whether they can be read was looked at.
        texts(name).compactMap { text in try? Condition(text, hiding: hidden) }
    }

    private func value(_ name: String) -> JSONValue? {
        guard declared(name) != nil, let value = object[name], !value.isNull else { return nil }
        return value
    }

    private func declared(_ name: String) -> Parameter? {
        let parameter = endpoint.parameter(name)
        assert(parameter != nil, "\(endpoint.name) has no parameter \(name)")
        return parameter
    }

    // MARK: Looking at them

    private static func list(_ value: JSONValue) -> [String] {
        value.stringValue.map { [$0] } ?? (value.arrayValue ?? []).compactMap(\.stringValue)
    }

    private static func missing(_ parameter: Parameter) -> Problem {
        let expected =
            switch parameter.kind {
            case .choice(let words, _): "one of \(words.joined(separator: ", "))"
            case .integer: "an integer"
            case .day: "a day as YYYY-MM-DD"
            default: "a string"
            }
        return Problem(.invalidParams, "parameter \"\(parameter.name)\" is missing", hint: "expected \(expected)")
    }

    /// What a caller wrote, to name it in a message.
    private static func shown(_ value: JSONValue) -> String {
        value.stringValue.map { "\"\($0.excerpt)\"" } ?? value.doubleValue.map(NumberText.shortest) ?? value.typeName
    }

    private static func check(_ value: JSONValue, _ parameter: Parameter) throws(Problem) {
        func wrong(_ expected: String, _ found: String = shown(value)) -> Problem {
            Problem(.invalidParams, "parameter \"\(parameter.name)\" is \(found)", hint: "expected \(expected)")
        }
        switch parameter.kind {
        case .text, .customer, .cursor, .content:
            guard let text = value.stringValue else { throw wrong("a string", value.typeName) }
            if case .content = parameter.kind {} else { try measure(text, parameter) }
            if parameter.isRequired, text.isEmpty { throw missing(parameter) }
        case .boolean:
            guard value.boolValue != nil else { throw wrong("true or false", value.typeName) }
        case .integer(let range, _):
            guard let integer = value.integerValue, range.contains(Int(integer)) else {
                throw wrong("an integer from \(range.lowerBound) to \(range.upperBound)", numberOrType(value))
            }
        case .integers(let numbers, _):
            guard let integer = value.integerValue, numbers.contains(Int(integer)) else {
                throw wrong("one of \(numbers.map(String.init).joined(separator: ", "))", numberOrType(value))
            }
        case .positive:
            guard let number = value.doubleValue, number.isFinite, number > 0 else {
                throw wrong("a number above 0", numberOrType(value))
            }
        case .day:
            guard value.stringValue.flatMap({ Day($0) }) != nil else { throw wrong("a day as YYYY-MM-DD") }
        case .choice(let words, _):
            guard let text = value.stringValue, words.contains(text) else {
                throw wrong("one of \(words.joined(separator: ", "))")
            }
        case .texts(let valuesMax), .conditions(let valuesMax): try checkList(value, parameter, valuesMax)
        case .choices(let words):
            try checkList(value, parameter, Parameter.valuesMax)
            for text in list(value) where !words.contains(text) {
                throw wrong("one of \(words.joined(separator: ", "))", "\"\(text.excerpt)\"")
            }
        }
    }

    private static func numberOrType(_ value: JSONValue) -> String {
        value.doubleValue.map(NumberText.shortest) ?? value.typeName
    }

    private static func checkList(_ value: JSONValue, _ parameter: Parameter, _ valuesMax: Int) throws(Problem) {
        if let text = value.stringValue { return try measure(text, parameter) }
        func wrongType() -> Problem {
            Problem(
                .invalidParams, "parameter \"\(parameter.name)\" is \(value.typeName)",
                hint: "expected a string or an array of strings")
        }
        guard let array = value.arrayValue else { throw wrongType() }
        guard array.count <= valuesMax else {
            throw Problem(
                .invalidParams, "parameter \"\(parameter.name)\" has \(array.count) values",
                hint: "expected at most \(valuesMax)")
        }
        for element in array {
            guard let text = element.stringValue else { throw wrongType() }
            try measure(text, parameter)
        }
    }

    private static func measure(_ text: String, _ parameter: Parameter) throws(Problem) {
        guard text.utf8.count <= parameter.textBytesMax else {
            throw Problem(
                .invalidParams, "parameter \"\(parameter.name)\" has a text of \(text.utf8.count) bytes",
                hint: "expected at most \(parameter.textBytesMax) bytes")
        }
    }
}
