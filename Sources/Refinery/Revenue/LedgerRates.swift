public import Records

/// Exchange rates by the number of the currency.
public struct LedgerRates: Sendable {
    /// In the order of their codes: the order in which payments of one day and amount are read depends on nothing else.
    public let currencies: [String]
    private let steps: [[ExchangeRates.Step]]
    private let indexOfCode: [String: UInt32]

    public init(_ rates: ExchangeRates) {
        currencies = rates.currencies
        steps = currencies.map { rates.steps(of: $0) }
        indexOfCode = Dictionary(uniqueKeysWithValues: currencies.enumerated().map { ($1, UInt32($0)) })
    }

    /// Nil for a currency without any rate.
    public func index(of currency: String) -> UInt32? { indexOfCode[currency] }

    /// The latest rate on or before a day; before the first one, the first.
    public func rate(of currency: UInt32, on day: Int32) -> ExchangeRate {
        guard Int(currency) < steps.count else { return LedgerRates.unknown }
        let list = steps[Int(currency)]
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle].day.rawValue <= day { low = middle + 1 } else { high = middle }
        }
        return list.isEmpty ? LedgerRates.unknown : list[max(0, low - 1)].rate
    }

    /// An amount in a currency that nobody has a rate for is nothing that could be added to others.
    private static let unknown = ExchangeRate(mantissa: 0, scale: 0)
}
