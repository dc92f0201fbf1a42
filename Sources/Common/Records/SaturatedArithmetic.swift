/// Arithmetic that is held at the ends of the range instead of overflowing: amounts that come from outside may be as large
/// as they like, and a sum that is cut is better than a daemon that is gone. Whether one may have been cut is said by
/// ``ClientMetrics/cutsAmounts``.
extension Int64 {
    @inlinable
    public func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    @inlinable
    public func subtractingSaturated(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    @inlinable
    public func multipliedSaturated(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// Adds `other` (`sign` 1) or takes it away (-1).
    @inlinable
    public func addingSaturated(_ other: Int64, sign: Int64) -> Int64 {
        sign < 0 ? subtractingSaturated(other) : addingSaturated(other)
    }
}

extension Money {
    /// What the amounts of all transactions together, refunds counted as payments are, stay below, in micro-units: half of
    /// what a sum of them can be, so that no figure made of them overflows.
    public static let turnoverMax = 0x1p62
}

extension ClientMetrics {
    /// Whether the amounts are so large that sums of them may be cut, and with them any figure that is made of them.
    ///
    /// The amounts may themselves be cut: then they are beyond the ceiling already.
    public var cutsAmounts: Bool {
        var turnover = 0.0
        var recurring = 0.0
        for (amount, positive) in zip(totalAmount, positiveAmount) { turnover += 2 * Double(positive) - Double(amount) }
        // A year's worth of it is shown.
        for amount in mrr where amount != ClientMetrics.unknownAmount { recurring += 12 * Double(amount) }
        return max(turnover / 0x1p62, recurring / 0x1p63) >= 1
    }
}
