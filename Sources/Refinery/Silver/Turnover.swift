import Records

/// The amounts of transactions added up as if refunds were payments, in micro-units of the base currency: how large sums of
/// them can become. Of a currency's rates the largest counts, so it is not too small.
struct Turnover {
    private let rates: ExchangeRates
    /// By segment; segments never change.
    private var ofSegment: [Int64: Double] = [:]

    init(_ rates: ExchangeRates) { self.rates = rates }

    /// Of all segments of a table. Those that have been added up before are not looked at again.
    mutating func sum(_ table: TransactionTable, rates now: ExchangeRates) -> Double {
        if now != rates { self = Turnover(now) }
        var ofKind: [Double] = []
        var kept: [Int64: Double] = [:]
        for segment in table.segments {
            if let known = ofSegment[segment.id] {
                kept[segment.id] = known
                continue
            }
            if ofKind.isEmpty { ofKind = table.kinds.kinds.map { Turnover.largestRate(of: $0.currency, rates) } }
            var sum = 0.0
            for value in segment.values { sum += Double(value.amount.magnitude) * ofKind[Int(value.kind)] }
            kept[segment.id] = sum
        }
        ofSegment = kept
        return kept.values.reduce(0, +)
    }

    /// As ``BaseAmounts`` has it, a currency that has no rate any more counts as the base currency.
    static func largestRate(of currency: String, _ rates: ExchangeRates) -> Double {
        rates.steps(of: currency).map { $0.rate.approximate }.max() ?? 1
    }
}

extension ExchangeRate {
    fileprivate var approximate: Double {
        (0..<scale).reduce(Double(mantissa)) { value, _ in value / 10 }
    }
}
