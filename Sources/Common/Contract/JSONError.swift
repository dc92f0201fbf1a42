/// Why a text is not the JSON that is accepted here, and at which byte.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was found.
    public enum Kind: Sendable, Equatable {
        /// The text ends inside a value.
        case unexpectedEnd
        /// A byte that cannot stand here.
        case unexpectedByte(UInt8)
        /// Bytes after the value.
        case trailingBytes
        /// Not a number of the grammar: a leading zero, a missing digit, a plus sign.
        case invalidNumber
        /// A number beyond the range of a 64-bit float.
        case numberOutOfRange
        /// A backslash sequence the grammar does not have.
        case invalidEscape
        /// Half of a surrogate pair.
        case loneSurrogate
        /// A control character that has to be escaped.
        case controlCharacter(UInt8)
        /// Bytes that are not UTF-8.
        case invalidUTF8
        /// A key that stands twice in one object.
        case duplicateKey(String)
        /// Arrays and objects nested deeper than the limit.
        case tooDeep(limit: Int)
        /// More values than the limit.
        case tooManyValues(limit: Int)
        /// The value is well-formed, but an object was asked for.
        case notAnObject
    }

    public let kind: Kind
    /// The byte where it was found, from 0.
    public let offset: Int

    public init(kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    public var description: String {
        "\(text) at byte \(offset)"
    }

    private var text: String {
        switch kind {
        case .unexpectedEnd: "the JSON text ends inside a value"
        case .unexpectedByte(let byte): "unexpected byte 0x\(Self.hex(byte))"
        case .trailingBytes: "bytes after the end of the JSON value"
        case .invalidNumber: "not a JSON number"
        case .numberOutOfRange: "number beyond the range of a 64-bit float"
        case .invalidEscape: "not a JSON escape sequence"
        case .loneSurrogate: "half of a surrogate pair"
        case .controlCharacter(let byte): "control character 0x\(Self.hex(byte)) in a string; write it as an escape"
        case .invalidUTF8: "not UTF-8"
        case .duplicateKey(let key): "key \"\(key.excerpt)\" stands twice in one object"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .tooManyValues(let limit): "more than \(limit) values"
        case .notAnObject: "the JSON value is not an object"
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }
}
