/// What a value of an answer or a parameter looks like. The one description that the daemon's answers, the client's
/// screens and the page of the protocol are held to.
public indirect enum Shape: Sendable, Equatable {
    case string
    case integer
    case number
    case boolean
    /// `YYYY-MM-DD`
    case day
    /// `YYYY-MM`
    case month
    /// RFC 3339 in UTC, with milliseconds where they are known.
    case instant
    /// A number in the base currency.
    case money
    /// 0…1 where nothing else is said.
    case fraction
    /// One of some words.
    case choice([String])
    /// A number or a text, as the thing that is told of has it.
    case scalar
    case array(Shape)
    case object([Field])
    /// Members of one shape, whose names come from the data or are said in words.
    case map(Shape)
    case nullable(Shape)

    /// Unknown is possible, and is null.
    public var orNull: Shape { .nullable(self) }

    /// One of the cases of a vocabulary.
    public static func choice<Word: CaseIterable & RawRepresentable>(of words: Word.Type) -> Shape
    where Word.RawValue == String { .choice(words.allCases.map(\.rawValue)) }

    public static func objects(_ fields: [Field]) -> Shape { .array(.object(fields)) }

    /// Without whether it may be null.
    public var known: Shape { if case .nullable(let shape) = self { shape.known } else { self } }

    /// A member of an object, or of the objects of a list.
    public func member(_ name: String) -> Shape? {
        switch known {
        case .object(let fields): fields.first { $0.name == name }?.shape
        case .map(let shape): shape
        default: nil
        }
    }

    public var element: Shape? { if case .array(let shape) = known { shape } else { nil } }

    /// For people: `integer`, `array of days or null`.
    public var text: String {
        switch self {
        case .string, .choice: "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .day: "day"
        case .month: "month"
        case .instant: "instant"
        case .money: "money"
        case .fraction: "fraction"
        case .scalar: "number or string"
        case .array(.object): "array"
        case .array(let element): "array of \(element.text)"
        case .object, .map: "object"
        case .nullable(let shape): "\(shape.text) or null"
        }
    }
}

/// A member of an object.
public struct Field: Sendable, Equatable {
    public let name: String
    public let shape: Shape
    /// What it says, in a sentence without a full stop; may be empty where the name says it.
    public let meaning: String
    /// Such as `days`, `bytes`, `0…100`; nil where the shape says it.
    public let unit: String?
    /// When it is there; nil for always.
    public let presence: String?

    public init(
        _ name: String, _ shape: Shape, unit: String? = nil, when presence: String? = nil, _ meaning: String = ""
    ) {
        self.name = name
        self.shape = shape
        self.meaning = meaning
        self.unit = unit
        self.presence = presence
    }
}

extension Shape {
    /// Where a value is not of this shape, by path: a member that nobody has described, one that is missing, one of
    /// another type. Empty where it is.
    public func differences(from value: JSONValue, at path: String = "") -> [String] {
        let place = path.isEmpty ? "the answer" : path
        func wrong(_ expected: String) -> [String] { ["\(place) is \(value.typeName), not \(expected)"] }
        switch self {
        case .nullable(let shape): return value.isNull ? [] : shape.differences(from: value, at: path)
        case .string: return value.stringValue == nil ? wrong(text) : []
        case .integer: return value.integerValue == nil ? wrong(text) : []
        case .number, .money, .fraction: return value.doubleValue == nil ? wrong(text) : []
        case .boolean: return value.boolValue == nil ? wrong(text) : []
        case .day: return Shape.isPatterned(value, "0000-00-00") ? [] : wrong(text)
        case .month: return Shape.isPatterned(value, "0000-00") ? [] : wrong(text)
        case .instant:
            let isOne =
                Shape.isPatterned(value, "0000-00-00T00:00:00.000Z") || Shape.isPatterned(value, "0000-00-00T00:00:00Z")
            return isOne ? [] : wrong(text)
        case .scalar: return value.stringValue == nil && value.doubleValue == nil ? wrong(text) : []
        case .choice(let words):
            guard let word = value.stringValue else { return wrong(text) }
            return words.contains(word) ? [] : ["\(place) is \"\(word)\", none of \(words.joined(separator: ", "))"]
        case .array(let element):
            guard let elements = value.arrayValue else { return wrong("array") }
            return elements.enumerated().flatMap { element.differences(from: $1, at: "\(path)[\($0)]") }
        case .map(let shape):
            guard let object = value.objectValue else { return wrong("object") }
            return object.members.flatMap { shape.differences(from: $0.value, at: Shape.path(path, $0.key)) }
        case .object(let fields):
            guard let object = value.objectValue else { return wrong("object") }
            let byName = Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            var found: [String] = []
            for member in object.members {
                let path = Shape.path(path, member.key)
                guard let field = byName[member.key] else {
                    found.append("\(path) is not described")
                    continue
                }
                found += field.shape.differences(from: member.value, at: path)
            }
            for field in fields where field.presence == nil && object[field.name] == nil {
                found.append("\(Shape.path(path, field.name)) is missing")
            }
            return found
        }
    }

    private static func path(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Whether a value is a text like another, with digits where that has zeros.
    private static func isPatterned(_ value: JSONValue, _ pattern: String) -> Bool {
        guard let text = value.stringValue, text.utf8.count == pattern.utf8.count else { return false }
        return zip(text.utf8, pattern.utf8).allSatisfy { byte, wanted in
            wanted == UInt8(ascii: "0") ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : byte == wanted
        }
    }
}
