/// A way in which a row is spoiled on purpose.
public enum MessKind: String, CaseIterable, Hashable, Sendable {
    /// A required value is empty: the row is rejected.
    case missingRequired = "missing_required"
    /// The required day or instant is no such thing: rejected.
    case invalidDate = "invalid_date"
    /// The amount is no decimal number, has too many decimals, or is zero: rejected.
    case invalidAmount = "invalid_amount"
    /// The currency is no code with a known rate: rejected.
    case invalidCurrency = "invalid_currency"
    /// The score is outside of its scale or no integer: rejected.
    case invalidScore = "invalid_score"
    /// The ticket was resolved before it was created: rejected.
    case resolvedBeforeCreated = "resolved_before_created"
    /// An optional value is invalid: accepted with a warning.
    case invalidOptional = "invalid_optional"
    /// The client does not exist: accepted as an orphan.
    case orphan
    /// The row is written a second time, byte for byte: the second one is a duplicate.
    case duplicate
    /// The row is written a second time with other content: a duplicate and a collision.
    case collision

    /// True when a reader must reject the row.
    public var isRejected: Bool {
        switch self {
        case .missingRequired, .invalidDate, .invalidAmount, .invalidCurrency, .invalidScore, .resolvedBeforeCreated:
            true
        case .invalidOptional, .orphan, .duplicate, .collision:
            false
        }
    }

    /// The kinds that a file can suffer from; none for the extra files.
    public static func kinds(of file: SampleFile) -> [MessKind] {
        switch file {
        case .demographics: [.missingRequired, .invalidDate, .invalidOptional, .duplicate, .collision]
        case .transactions:
            [.missingRequired, .invalidDate, .invalidAmount, .invalidCurrency, .orphan, .duplicate, .collision]
        case .engagement: [.missingRequired, .invalidDate, .orphan, .duplicate, .collision]
        case .support:
            [
                .missingRequired, .invalidDate, .invalidScore, .resolvedBeforeCreated, .orphan, .duplicate, .collision,
            ]
        case .surveys: [.missingRequired, .invalidDate, .invalidScore, .orphan, .duplicate, .collision]
        case .truth, .events: []
        }
    }
}
