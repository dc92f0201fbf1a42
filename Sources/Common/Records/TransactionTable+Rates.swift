/// Stored payments of a currency that the exchange rates do not know (any more).
public struct UnratedCurrency: Sendable, Equatable {
    public var currency: String
    public var payments: Int
}

extension TransactionTable {
    /// The currencies of stored payments that have no rate at all, in the order of their names. Nothing can be made of
    /// their amounts: they are no figures of the base currency.
    public func unrated(_ rates: ExchangeRates) -> [UnratedCurrency] {
        let isUnrated = kinds.kinds.map { rates.steps(of: $0.currency).isEmpty }
        guard isUnrated.contains(true) else { return [] }
        var counts = [Int](repeating: 0, count: isUnrated.count)
        for segment in segments {
            for value in segment.values where isUnrated[Int(value.kind)] { counts[Int(value.kind)] += 1 }
        }
        var payments: [String: Int] = [:]
        for (kind, count) in counts.enumerated() where count > 0 {
            payments[kinds.kinds[kind].currency, default: 0] += count
        }
        return payments.sorted { $0.key < $1.key }.map { UnratedCurrency(currency: $0.key, payments: $0.value) }
    }
}
