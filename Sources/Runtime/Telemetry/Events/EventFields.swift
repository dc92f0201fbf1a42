/// The value of an event's field: an integer or safe text, nothing else.
public enum EventValue: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    case integer(Int64)
    case text(SafeText)

    /// Any integer; the nearest representable one where it does not fit.
    public static func count(_ value: some BinaryInteger) -> EventValue {
        .integer(Int64(clamping: value))
    }

    /// Whole microseconds.
    public static func duration(_ value: Duration) -> EventValue {
        .integer(DurationText.microseconds(value))
    }

    public init(stringLiteral value: StaticString) { self = .text(SafeText(stringLiteral: value)) }

    public var description: String {
        switch self {
        case .integer(let value): String(value)
        case .text(let text): text.description
        }
    }
}

/// The fields of one event in the order in which they are shown. What is not known is left out.
public struct EventFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    public struct Entry: Sendable, Hashable {
        public let field: EventField
        public let value: EventValue
    }

    public private(set) var entries: [Entry]

    public init(dictionaryLiteral elements: (EventField, EventValue?)...) {
        entries = elements.compactMap { field, value in value.map { Entry(field: field, value: $0) } }
    }

    /// The value of a field, `nil` where the event does not carry it.
    public subscript(field: EventField) -> EventValue? {
        entries.first { $0.field == field }?.value
    }
}
