/// Text that cannot hold a client's data: it is made of literals in the code, integers, durations, names of cases of
/// closed enumerations, error codes, paths that the operator has chosen, and other safe text. There is no other way to make
/// one of a `String` that was read from somewhere, so what is typed `SafeText` may be logged, shown as the status of the
/// service, and used as a label.
///
/// ```swift
/// let text: SafeText = "drop \(12) loaded"     // literals and integers
/// let method = SafeText(caseOf: someMethod)    // an enumeration with raw strings
/// ```
public struct SafeText: Sendable, Hashable, CustomStringConvertible {
    /// The text itself.
    public let description: String

    /// The raw value of a case of a closed enumeration. Meant for enumerations alone: for them the raw values are
    /// literals of the code.
    public init<Case: RawRepresentable & CaseIterable>(caseOf value: Case) where Case.RawValue == String {
        description = value.rawValue
    }

    /// A literal of the code.
    public init(literal: StaticString) { description = literal.description }

    /// The hexadecimal digits of a hash, which tell nothing of what was hashed; any other text becomes `unknown`.
    public init(hash digits: String) {
        let isHash = digits.utf8.count == 64 && digits.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
        description = isHash ? digits : "unknown"
    }

    /// The path of a file of the configuration, which the operator has named and no client has. Control characters become
    /// `?`, because a line of a log is one line.
    public init(path: String) {
        var text = ""
        for scalar in path.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            text.unicodeScalars.append(isControl ? "?" : scalar)
        }
        description = text
    }

    /// The name that the daemon gives a version of a model: a word of the code, a day, and eight hexadecimal digits. Nothing
    /// of a client fits in; nil for any other name.
    public init?(version text: String, of model: SafeText) {
        let prefix = model.description + "-"
        guard text.hasPrefix(prefix) else { return nil }
        let rest = Array(text.utf8.dropFirst(prefix.utf8.count))
        let form = Array("0000-00-00-xxxxxxxx".utf8)
        guard rest.count == form.count else { return nil }
        for (byte, place) in zip(rest, form) {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            let isHexadecimal = isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            switch place {
            case UInt8(ascii: "0"): guard isDigit else { return nil }
            case UInt8(ascii: "x"): guard isHexadecimal else { return nil }
            default: guard byte == place else { return nil }
            }
        }
        description = text
    }

    /// What SQLite or the store has found to be wrong with a database: pages, tables and indexes by their names and numbers,
    /// never a value. Signs that do not occur in these become question marks, and a long one is cut off.
    public init(integrityFinding text: String) {
        let signs = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _().,:#/-")
        description = String(text.prefix(100).map { signs.contains($0) ? $0 : "?" })
    }

    private init(unchecked text: String) {
        description = text
    }
}

extension SafeText: ExpressibleByStringInterpolation {
    /// Literals arrive as `StaticString`, which exists for literals only: this is what keeps other strings out.
    public init(stringLiteral value: StaticString) {
        self.init(unchecked: "\(value)")
    }

    public init(stringInterpolation: StringInterpolation) {
        self.init(unchecked: stringInterpolation.text)
    }

    /// What may stand between `\(` and `)`.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text: String

        public init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + 8 * interpolationCount)
        }

        public mutating func appendLiteral(_ literal: StaticString) {
            text += "\(literal)"
        }

        public mutating func appendInterpolation(_ value: some BinaryInteger) {
            text += String(value)
        }

        public mutating func appendInterpolation(_ value: SafeText) {
            text += value.description
        }

        public mutating func appendInterpolation(_ value: ErrorCode) {
            text += value.text.description
        }

        /// As a number and a unit with three significant digits or fewer: `250 us`, `45 ms`, `1.25 s`, `310 s`.
        public mutating func appendInterpolation(_ value: Duration) {
            text += DurationText.short(value)
        }
    }
}
