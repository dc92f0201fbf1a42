/// Converts packed transactions to the base currency.
public struct BaseAmounts: Sendable {
    /// By kind; nil where the rate changes over time.
    private let constant: [ExchangeRate?]
    private let steps: [[ExchangeRates.Step]]

    public init(_ kinds: TransactionKinds, rates: ExchangeRates) {
        steps = kinds.kinds.map { rates.steps(of: $0.currency) }
        constant = steps.map { $0.count == 1 ? $0[0].rate : nil }
    }

    /// Micro-units of the base currency. A rate that is no longer there counts as the earliest one that is: the row was
    /// accepted with a rate, and must not vanish with it. An amount in a currency without any rate is nothing that can be
    /// added to others; settings that would make such amounts are refused, see ``TransactionTable/unrated(_:)``.
    @inline(__always)
    public func base(_ transaction: PackedTransaction) -> Int64 {
        let kind = Int(transaction.kind)
        if let rate = constant[kind] { return clamped(rate, transaction.amount) }
        if steps[kind].isEmpty { return 0 }
        return clamped(stepped(kind, transaction.day), transaction.amount)
    }

    private func clamped(_ rate: ExchangeRate, _ amount: Int64) -> Int64 {
        rate.converted(amount) ?? (amount < 0 ? .min : .max)
    }

    @inline(never)
    private func stepped(_ kind: Int, _ day: Int32) -> ExchangeRate {
        let list = steps[kind]
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle].day.rawValue <= day { low = middle + 1 } else { high = middle }
        }
        return list[max(0, low - 1)].rate
    }
}
