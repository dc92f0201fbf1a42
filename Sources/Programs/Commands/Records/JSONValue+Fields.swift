internal import Contract

/// Reading an answer: what is missing is null, as unknown is.
extension JSONValue {
    /// The member of that name, null when there is none.
    subscript(at name: String) -> JSONValue { self[name] ?? .null }

    /// The elements of a list, none when it is no list.
    var elements: [JSONValue] { arrayValue ?? [] }

    /// The members of an object, none when it is no object.
    var fields: [JSONObject.Member] { objectValue?.members ?? [] }

    var int: Int? { integerValue.flatMap { Int(exactly: $0) } }

    /// The object with another member in front.
    func adding(_ members: [(String, JSONValue)]) -> JSONValue {
        var object = JSONObject(members: members.map { JSONObject.Member(key: $0.0, value: $0.1) })
        for member in fields { object[member.key] = member.value }
        return .object(object)
    }
}
