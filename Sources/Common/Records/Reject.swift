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
        /// What stands there instead.
        case notAnID(String)
        case notADate
        case notAnInstant
        case beforeEarliestDay
        case afterLatestDay
        case notAnAmount
        case ambiguousAmount
        case otherCurrencySign
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

        /// What the encoding of rows that are not UTF-8 mostly is, and what to do.
        public static let notUTF8Advice =
            "it is perhaps Latin-1 or Windows-1252: save the file as UTF-8, or convert it with iconv -f WINDOWS-1252 -t UTF-8"

        /// A short stable name, for counting.
        public var code: String {
            switch self {
            case .missing: "missing"
            case .tooLong: "too_long"
            case .notAnID: "not_an_id"
            case .notADate: "not_a_date"
            case .notAnInstant: "not_an_instant"
            case .beforeEarliestDay: "before_earliest_day"
            case .afterLatestDay: "after_latest_day"
            case .notAnAmount: "not_an_amount"
            case .ambiguousAmount: "ambiguous_amount"
            case .otherCurrencySign: "other_currency_sign"
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
            case .notAnID(let what): "not an id but \(what); expected a text or a whole number"
            case .notADate: "not a calendar date; expected YYYY-MM-DD"
            case .notAnInstant: "not an instant; expected YYYY-MM-DDTHH:MM:SSZ (RFC 3339) or YYYY-MM-DD"
            case .beforeEarliestDay: "before the earliest day that is accepted (earliest_day in aurad.yaml)"
            case .afterLatestDay: "lies more than one day in the future"
            case .notAnAmount: "not an amount; expected a decimal number such as 1234.50"
            case .ambiguousAmount:
                "one, or a thousand times as much: no other amount of the file tells what its mark means; write it with two "
                    + "decimals, or without marks between thousands"
            case .otherCurrencySign: "the sign beside the amount is of another currency than the row"
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
            case .notUTF8: "not UTF-8 text; \(Reason.notUTF8Advice)"
            case .rowTooLong(let limit): "the row is longer than \(limit) bytes"
            case .notAJSONObject(let detail): "not a JSON object: \(detail)"
            }
        }
    }
}
