/// The id of a request: a number, a string or null, given back in the answer as it came.
public enum RequestID: Sendable, Hashable {
    case null
    case integer(Int64)
    /// A number with a fraction, or beyond `Int64`. It is given back as the same number, if spelled otherwise.
    case double(Double)
    case string(String)

    /// The id a JSON value stands for, or nil when it is a Boolean, an array or an object.
    public init?(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .integer(let value): self = .integer(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .bool, .array, .object: return nil
        }
    }

    public func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .integer(let value): writer.integer(value)
        case .double(let value): writer.double(value)
        case .string(let value): writer.string(value)
        }
    }
}
