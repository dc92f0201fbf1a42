public import Words

/// One metric of all clients: the columns it is kept in or worked out from. Shares their memory; for questions that look
/// at many clients, or at one without touching the other columns.
public enum MetricValues: Sendable {
    /// ``ClientMetrics/unknown`` stands for an unknown value.
    case numbers([Int32])
    /// The same, but none above a limit; all are unknown where the limit is.
    case limited([Int32], to: Int32)
    /// NaN stands for an unknown value.
    case fractions([Double])
    /// Micro-units; the values are units. ``ClientMetrics/unknownAmount`` stands for an unknown value.
    case amounts([Int64])
    /// (previous − last) / previous; unknown when the previous amount is not above 0.
    case decline(previous: [Int64], last: [Int64])
    /// Units per piece of micro-units; unknown when there are none.
    case mean(sums: [Int64], counts: [Int32])
    /// A share of an amount of micro-units; unknown where one of them is.
    case product([Double], [Int64])

    public var count: Int {
        switch self {
        case .numbers(let values), .limited(let values, _): values.count
        case .fractions(let values): values.count
        case .amounts(let values): values.count
        case .decline(let previous, _): previous.count
        case .mean(let sums, _): sums.count
        case .product(let shares, _): shares.count
        }
    }

    /// The value at a position; NaN when unknown.
    public subscript(position: Int) -> Double {
        switch self {
        case .numbers(let values): Self.number(values[position])
        case .limited(let values, let limit): Self.number(min(values[position], limit))
        case .fractions(let values): values[position]
        case .amounts(let values): Self.amount(values[position])
        case .decline(let previous, let last): Self.decline(previous[position], last[position])
        case .mean(let sums, let counts): Self.mean(sums[position], counts[position])
        case .product(let shares, let amounts): shares[position] * Self.amount(amounts[position])
        }
    }

    /// Keeps those positions of a selection whose value lies in the range, in their order.
    /// - Returns: how many they are; they stand at the front of the selection.
    public func keep(_ selection: UnsafeMutableBufferPointer<UInt32>, within range: MetricRange) -> Int {
        switch self {
        case .numbers(let values):
            values.withUnsafeBufferPointer { values in
                Self.keep(selection, range) { Self.number(values[$0]) }
            }
        case .limited(let values, let limit):
            values.withUnsafeBufferPointer { values in
                Self.keep(selection, range) { Self.number(min(values[$0], limit)) }
            }
        case .fractions(let values):
            values.withUnsafeBufferPointer { values in Self.keep(selection, range) { values[$0] } }
        case .amounts(let values):
            values.withUnsafeBufferPointer { values in
                Self.keep(selection, range) { Self.amount(values[$0]) }
            }
        case .decline(let previous, let last):
            previous.withUnsafeBufferPointer { previous in
                last.withUnsafeBufferPointer { last in
                    Self.keep(selection, range) { Self.decline(previous[$0], last[$0]) }
                }
            }
        case .product(let shares, let amounts):
            shares.withUnsafeBufferPointer { shares in
                amounts.withUnsafeBufferPointer { amounts in
                    Self.keep(selection, range) { shares[$0] * Self.amount(amounts[$0]) }
                }
            }
        case .mean(let sums, let counts):
            sums.withUnsafeBufferPointer { sums in
                counts.withUnsafeBufferPointer { counts in
                    Self.keep(selection, range) { Self.mean(sums[$0], counts[$0]) }
                }
            }
        }
    }

    @inline(__always)
    private static func keep(
        _ selection: UnsafeMutableBufferPointer<UInt32>, _ range: MetricRange, _ value: (Int) -> Double
    ) -> Int {
        var kept = 0
        for index in 0..<selection.count {
            let position = selection[index]
            // Stored in any case and counted when it passes: no branch that is hard to predict.
            selection[kept] = position
            kept &+= range.contains(value(Int(position))) ? 1 : 0
        }
        return kept
    }

    @inline(__always)
    private static func number(_ value: Int32) -> Double { value == ClientMetrics.unknown ? .nan : Double(value) }

    @inline(__always)
    private static func amount(_ value: Int64) -> Double {
        value == ClientMetrics.unknownAmount ? .nan : Money(rawValue: value).units
    }

    @inline(__always)
    private static func decline(_ previous: Int64, _ last: Int64) -> Double {
        previous > 0 ? Double(previous.subtractingSaturated(last)) / Double(previous) : .nan
    }

    @inline(__always)
    private static func mean(_ sum: Int64, _ count: Int32) -> Double {
        count > 0 ? Double(sum) / Double(count) / 1_000_000 : .nan
    }
}

/// The values a condition lets pass: those from `low` to `high`, or all others. An unknown value never passes.
public struct MetricRange: Sendable, Hashable {
    public var low: Double
    public var high: Double
    public var isComplement: Bool

    public init(low: Double = -.infinity, high: Double = .infinity, isComplement: Bool = false) {
        self.low = low
        self.high = high
        self.isComplement = isComplement
    }

    /// What compares so with a number.
    public init(_ comparison: RiskRule.Comparison, _ number: Double) {
        self.init()
        switch comparison {
        case .greater: low = number.nextUp
        case .greaterOrEqual: low = number
        case .less: high = number.nextDown
        case .lessOrEqual: high = number
        case .equal: (low, high) = (number, number)
        case .notEqual: (low, high, isComplement) = (number, number, true)
        }
    }

    @inline(__always)
    public func contains(_ value: Double) -> Bool {
        // All comparisons with NaN are false.
        isComplement ? value < low || value > high : value >= low && value <= high
    }
}

extension ClientMetrics {
    /// A metric of all clients.
    public func values(_ metric: ClientMetric) -> MetricValues {
        switch metric {
        case .averageTransactionValue:
            .mean(sums: self[money: .positiveAmount], counts: self[whole: .transactionsTotal])
        case .revenueDecline90Days:
            .decline(previous: self[money: .revenuePrevious90Days], last: self[money: .revenue90Days])
        default:
            switch metric.form {
            case .whole: .numbers(self[whole: metric])
            case .real: .fractions(self[real: metric])
            case .money: .amounts(self[money: metric])
            }
        }
    }

    /// The value of a metric at a position; NaN when unknown. Amounts are in units of the base currency.
    public func value(_ metric: ClientMetric, _ position: Int) -> Double { values(metric)[position] }
}
