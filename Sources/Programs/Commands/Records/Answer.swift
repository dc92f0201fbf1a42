internal import Contract

/// A value of an answer, with what the table of methods says that it looks like. What is missing is null, as unknown
/// is; to ask for a member that no answer has is a mistake of this program's and ends a debug build.
struct Answer {
    let value: JSONValue
    /// Nil for a value that was put together here.
    let shape: Shape?

    init(_ value: JSONValue, _ shape: Shape? = nil) {
        self.value = value
        self.shape = shape
    }

    static let null = Answer(.null)

    /// The member of that name, null when there is none.
    subscript(at name: String) -> Answer {
        guard let shape else { return Answer(value[name] ?? .null) }
        let member = shape.member(name)
        assert(member != nil, "no answer has a member \"\(name)\" here: \(shape.text)")
        return Answer(value[name] ?? .null, member)
    }

    /// The member of that name of something that several answers tell of, of which this one may say less; null when
    /// there is none.
    subscript(ifSaid name: String) -> Answer {
        guard let shape, shape.member(name) == nil else { return self[at: name] }
        return .null
    }

    /// Whether it is an object with such a member.
    func has(_ name: String) -> Bool { value[name] != nil }

    /// The elements of a list, none when it is no list.
    var elements: [Answer] { (value.arrayValue ?? []).map { Answer($0, shape?.element) } }

    /// The members of an object, none when it is no object.
    var fields: [(key: String, value: Answer)] {
        (value.objectValue?.members ?? []).map { ($0.key, Answer($0.value, shape?.member($0.key))) }
    }

    var isNull: Bool { value.isNull }
    var stringValue: String? { value.stringValue }
    var boolValue: Bool? { value.boolValue }
    var integerValue: Int64? { value.integerValue }
    /// Not inlined: where several of these stand in one expression, the compiler of Swift 6.3 breaks off an optimised
    /// build with "found ownership error" if they are.
    @inline(never)
    var doubleValue: Double? { value.doubleValue }
    var int: Int? { value.integerValue.flatMap { Int(exactly: $0) } }

    static func string(_ text: String) -> Answer { Answer(.string(text)) }
    static func integer(_ number: Int64) -> Answer { Answer(.integer(number)) }
    static func bool(_ flag: Bool) -> Answer { Answer(.bool(flag)) }

    /// The object with other members in front.
    func adding(_ members: [(String, Answer)]) -> Answer {
        var object = JSONObject(members: members.map { JSONObject.Member(key: $0.0, value: $0.1.value) })
        for member in value.objectValue?.members ?? [] { object[member.key] = member.value }
        guard let shape, case .object(let fields) = shape.known else { return Answer(.object(object)) }
        let added = members.map { Field($0.0, $0.1.shape ?? .scalar.orNull) }
        return Answer(
            .object(object), .object(added + fields.filter { field in !added.contains { $0.name == field.name } }))
    }

    /// The object with another value of a member.
    func replacing(_ name: String, with value: JSONValue) -> Answer {
        var object = self.value.objectValue ?? JSONObject()
        object[name] = value
        return Answer(.object(object), shape)
    }
}

extension Answer: Equatable {
    static func == (left: Answer, right: Answer) -> Bool { left.value == right.value }
}

/// A record that is put together here, of values of an answer and others.
extension Answer: ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral {
    init(dictionaryLiteral members: (String, Answer)...) {
        self.init(.object(JSONObject(members: members.map { JSONObject.Member(key: $0.0, value: $0.1.value) })))
    }

    init(nilLiteral: ()) { self = .null }
}
