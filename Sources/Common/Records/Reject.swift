/// A row that was not accepted: where it stands, why, and its text, so that nothing is ever lost.
public struct Reject: Sendable, Hashable {
    /// The physical line the row starts on, counted from 1 (the header is line 1 of a CSV file).
    public var line: Int
    /// The column whose value was refused, or nil when the row as a whole could not be read.
    public var column: String?
    /// What is wrong and what was expected; never longer than a line.
    public var reason: Reason
    /// The text of the row as it stood in the file, cut after `rawLimit` bytes; the original keeps the rest.
    public var raw: [UInt8]

    /// Enough to recognise a row by; lists of rejected rows are not to become larger than the files they are of.
    public static let rawLimit = 4 * 1024

    public init(line: Int, column: String?, reason: Reason, raw: [UInt8]) {
        self.line = line
        self.column = column
        self.reason = reason
        self.raw = raw
    }

    /// Why a row was rejected: a closed set, so that rejects can be counted by reason.
    public enum Reason: Sendable, Hashable {
        case missing
        case tooLong(limit: Int)
        case notADate
        case notAnInstant
        case beforeEarliestDay
        case afterLatestDay
        case notAnAmount
        case amountIsZero
        case amountTooLarge
        case tooManyDecimals
        case unknownCurrency
        case notAnInteger(ClosedRange<Int>)
        case resolvedBeforeCreated
        case notAllowed(String)
        case belowMinimum(String)
        case aboveMaximum(String)
        case patternMismatch(String)
        case fieldCount(expected: Int, found: Int)
        case unclosedQuote
        case textAfterQuote
        case containsNUL
        case notUTF8
        case rowTooLong(limit: Int)
        case notAJSONObject(String)

        /// A short stable name, for counting.
        public var code: String {
            switch self {
            case .missing: "missing"
            case .tooLong: "too_long"
            case .notADate: "not_a_date"
            case .notAnInstant: "not_an_instant"
            case .beforeEarliestDay: "before_earliest_day"
            case .afterLatestDay: "after_latest_day"
            case .notAnAmount: "not_an_amount"
            case .amountIsZero: "amount_is_zero"
            case .amountTooLarge: "amount_too_large"
            case .tooManyDecimals: "too_many_decimals"
            case .unknownCurrency: "unknown_currency"
            case .notAnInteger: "not_an_integer"
            case .resolvedBeforeCreated: "resolved_before_created"
            case .notAllowed: "not_allowed"
            case .belowMinimum: "below_minimum"
            case .aboveMaximum: "above_maximum"
            case .patternMismatch: "pattern_mismatch"
            case .fieldCount: "field_count"
            case .unclosedQuote: "unclosed_quote"
            case .textAfterQuote: "text_after_quote"
            case .containsNUL: "contains_nul"
            case .notUTF8: "not_utf8"
            case .rowTooLong: "row_too_long"
            case .notAJSONObject: "not_a_json_object"
            }
        }

        /// The reason in words, with what was expected.
        public var text: String {
            switch self {
            case .missing: "a value is required here"
            case .tooLong(let limit): "the value is longer than \(limit) bytes, which is the most for this column"
            case .notADate: "not a calendar date; expected YYYY-MM-DD"
            case .notAnInstant: "not an instant; expected YYYY-MM-DDTHH:MM:SSZ (RFC 3339) or YYYY-MM-DD"
            case .beforeEarliestDay: "before the earliest day that is accepted (earliest_day in aurad.yaml)"
            case .afterLatestDay: "lies more than one day in the future"
            case .notAnAmount: "not an amount; expected a decimal number with a point as its mark"
            case .amountIsZero: "an amount must not be 0"
            case .amountTooLarge: "the amount is larger than a million million units"
            case .tooManyDecimals: "more than six decimals"
            case .unknownCurrency:
                "not a currency with a known rate on that day; expected an ISO 4217 code in upper case"
            case .notAnInteger(let range): "not an integer from \(range.lowerBound) to \(range.upperBound)"
            case .resolvedBeforeCreated: "resolved before it was created"
            case .notAllowed(let allowed): "not one of the allowed values: \(allowed)"
            case .belowMinimum(let minimum): "below the configured minimum \(minimum)"
            case .aboveMaximum(let maximum): "above the configured maximum \(maximum)"
            case .patternMismatch(let pattern): "does not match the configured pattern \(pattern)"
            case .fieldCount(let expected, let found): "the row has \(found) fields, the header \(expected)"
            case .unclosedQuote: "a quoted value is never closed"
            case .textAfterQuote: "text follows the closing quote of a value"
            case .containsNUL: "the row contains a NUL byte"
            case .notUTF8: "not valid UTF-8; a file in another encoding needs a mapping that names it"
            case .rowTooLong(let limit): "the row is longer than \(limit) bytes"
            case .notAJSONObject(let detail): "not a JSON object: \(detail)"
            }
        }
    }
}
