import Words

/// What a method may be asked with, said once: the daemon reads and checks it by this, the client offers it as an
/// option, and
/// the page of the protocol shows it.
public struct Parameter: Sendable {
    public enum Kind: Sendable, Equatable {
        case text
        /// Only a frame bounds it.
        case content
        case boolean(default: Bool)
        case integer(ClosedRange<Int>, default: Int?)
        /// One of a few integers.
        case integers([Int], default: Int?)
        /// A finite number above 0.
        case positive
        case day
        case choice([String], default: String?)
        /// A text, or several.
        case texts(valuesMax: Int)
        /// The same, each of them one of some words.
        case choices([String])
        /// The same, each of them a condition on a metric or an attribute of clients.
        case conditions(valuesMax: Int)
        /// A client.
        case customer
        /// `next_cursor` of the page before.
        case cursor
    }

    public let name: String
    public let kind: Kind
    public let isRequired: Bool
    public let unit: String?
    /// What holds when it is not given, in words; nil where the kind says it, or nothing is to be said.
    public let fallback: String?
    /// What it does, in a sentence without a full stop.
    public let meaning: String
    /// The longest text in bytes.
    public let textBytesMax: Int

    /// The most values of one parameter.
    public static let valuesMax = 1_000
    /// The longest text of an ordinary parameter in bytes.
    public static let ordinaryTextBytesMax = 1_024

    public init(
        _ name: String, _ kind: Kind, isRequired: Bool = false, unit: String? = nil, fallback: String? = nil,
        textBytesMax: Int = Parameter.ordinaryTextBytesMax, _ meaning: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.unit = unit
        self.fallback = fallback
        self.meaning = meaning
        self.textBytesMax = textBytesMax
    }
}

extension Parameter.Kind {
    public static func choice<Word: CaseIterable & RawRepresentable>(
        of words: Word.Type, default word: Word? = nil
    ) -> Self
    where Word.RawValue == String { .choice(words.allCases.map(\.rawValue), default: word?.rawValue) }

    public static func choices<Word: CaseIterable & RawRepresentable>(of words: Word.Type) -> Self
    where Word.RawValue == String { .choices(words.allCases.map(\.rawValue)) }

    /// For people: `integer, 1…10,000`.
    public var text: String {
        switch self {
        case .text, .content, .choice, .customer, .cursor: "string"
        case .boolean: "boolean"
        case .integer(let range, _):
            range.upperBound == .max
                ? "integer, from \(range.lowerBound)"
                : "integer, \(grouped(range.lowerBound))…\(grouped(range.upperBound))"
        case .integers: "integer"
        case .positive: "number above 0"
        case .day: "day"
        case .texts, .choices, .conditions: "string or array of strings"
        }
    }

    /// What holds when it is not given, for people; nil where nothing does.
    public var defaultText: String? {
        switch self {
        case .boolean(let value): "\(value)"
        case .integer(_, let value), .integers(_, let value): value.map { grouped($0) }
        case .choice(_, let word): word.map { "`\($0)`" }
        default: nil
        }
    }

    /// The words that are accepted; nil where there is no list of them.
    public var words: [String]? {
        switch self {
        case .choice(let words, _), .choices(let words): words
        case .integers(let numbers, _): numbers.map(String.init)
        default: nil
        }
    }
}

extension Parameter {
    /// The day that an answer is as of.
    public static let asOf = Parameter(
        "as_of", .day, fallback: "the daemon's own as-of day",
        "the answer is what the data says on the end of that day: nothing later is used")

    public static let cursor = Parameter("cursor", .cursor, "`next_cursor` of the page before")

    public static func limit(_ range: ClosedRange<Int>, default value: Int, _ meaning: String) -> Parameter {
        Parameter("limit", .integer(range, default: value), meaning)
    }

    /// Whose clients.
    public static let owner = Parameter(
        "owner", .texts(valuesMax: valuesMax),
        "only clients of this owner; several widen; `\(mine)` stands for the names under which whoever asks owns clients "
            + "(for an owner who is called so, use `where`: `owner==\(mine)`)")

    /// The owner that is whoever asks.
    public static let mine = "me"

    /// Which clients a question is about. Values of one widen the choice, different ones narrow it, except where it is
    /// said.
    public static let filters: [Parameter] = [
        Parameter("segment", .texts(valuesMax: valuesMax), "only clients of this segment; several widen"),
        Parameter("region", .texts(valuesMax: valuesMax), "only clients of this region; several widen"),
        Parameter("tier", .texts(valuesMax: valuesMax), "only clients of this tier; several widen"),
        owner,
        Parameter("product", .texts(valuesMax: valuesMax), "only clients with this product; several widen"),
        Parameter("risk", .choices(of: RiskLevel.self), "only clients of this risk level; several widen"),
        Parameter(
            "status", .choices(of: ClientStatus.self),
            "only clients who stand so; several widen. Lists hold everybody but those who have left unless it is given"),
        Parameter(
            "search", .texts(valuesMax: 16),
            "only clients whose id or name contains this text, in any case; several narrow"),
        Parameter(
            "where", .conditions(valuesMax: 64),
            "only clients for whom this holds, such as `engagement_score<0.5`, `owner==Anna Weber`, `region!=EMEA` or "
                + "`contract_end_date<=2026-03-31`; several narrow, but values with `==` of one attribute widen; unknown "
                + "values fulfil nothing"
        ),
    ]
}

/// A number with commas between thousands.
private func grouped(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
        groups.insert(String(digits.suffix(3)), at: 0)
        digits.removeLast(3)
    }
    return (number < 0 ? "−" : "") + ([digits] + groups).joined(separator: ",")
}
