public import Records

/// What decides whether a row is accepted.
public struct SilverSettings: Sendable {
    /// The earliest day that is a plausible date.
    public var earliestDay: Day
    /// The latest one: the day after the wall clock's day when the drop arrived.
    public var latestDay: Day
    public var rates: ExchangeRates
    /// Additional rules by category and column.
    public var rules: [Category: [String: ColumnRule]]
    /// How the drop at hand writes numbers, once it has been read as a whole.
    var amountEvidence: AmountEvidence?
    /// What the tables may hold at most.
    public var limits = SilverLimits()

    public init(earliestDay: Day, latestDay: Day, rates: ExchangeRates, rules: [Category: [String: ColumnRule]] = [:]) {
        self.earliestDay = earliestDay
        self.latestDay = latestDay
        self.rates = rates
        self.rules = rules
    }
}

/// A rule from `validation:` that tightens one column.
public struct ColumnRule: Sendable, Equatable {
    public var required: Bool
    /// Nil allows every value.
    public var allowedValues: [String]?
    public var minimum: Double?
    public var maximum: Double?
    /// `*` stands for any text, `?` for any character.
    public var pattern: String?

    public init(
        required: Bool = false, allowedValues: [String]? = nil, minimum: Double? = nil, maximum: Double? = nil,
        pattern: String? = nil
    ) {
        self.required = required
        self.allowedValues = allowedValues
        self.minimum = minimum
        self.maximum = maximum
        self.pattern = pattern
    }

    /// Why a present value breaks the rule; nil when it keeps it.
    /// - Parameter number: what the value was read as, where that is not what a program would read.
    func violation(_ value: String, number: Double? = nil) -> Reject.Reason? {
        if let allowedValues, !allowedValues.contains(value) {
            return .notAllowed(allowedValues.prefix(12).joined(separator: ", "))
        }
        if minimum != nil || maximum != nil {
            guard let number = number ?? Double(value) else { return .notAnAmount }
            if let minimum, number < minimum { return .belowMinimum(String(describing: minimum)) }
            if let maximum, number > maximum { return .aboveMaximum(String(describing: maximum)) }
        }
        if let pattern, !Wildcard.matches(Array(pattern.unicodeScalars), Array(value.unicodeScalars)) {
            return .patternMismatch(pattern)
        }
        return nil
    }
}

/// Shell-like patterns with `*` and `?`.
enum Wildcard {
    static func matches(_ pattern: [Unicode.Scalar], _ text: [Unicode.Scalar]) -> Bool {
        var p = 0
        var t = 0
        var star = -1
        var mark = 0
        while t < text.count {
            if p < pattern.count, pattern[p] == "?" || (pattern[p] == text[t] && pattern[p] != "*") {
                p += 1
                t += 1
            } else if p < pattern.count, pattern[p] == "*" {
                star = p
                mark = t
                p += 1
            } else if star >= 0 {
                p = star + 1
                mark += 1
                t = mark
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == "*" { p += 1 }
        return p == pattern.count
    }
}
