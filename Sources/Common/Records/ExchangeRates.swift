/// Exchange rates to the base currency: per currency the days from which a rate applies.
public struct ExchangeRates: Sendable, Equatable {
    public struct Step: Sendable, Equatable {
        public var day: Day
        public var rate: ExchangeRate

        public init(day: Day, rate: ExchangeRate) {
            self.day = day
            self.rate = rate
        }
    }

    public let baseCurrency: String
    private var steps: [String: [Step]]

    /// - Parameter steps: in any order; of two rates for one day the later one in the list counts.
    public init(baseCurrency: String, steps: [(currency: String, step: Step)]) {
        self.baseCurrency = baseCurrency
        var table: [String: [Step]] = [:]
        for (currency, step) in steps { table[currency, default: []].append(step) }
        // The base currency needs no table.
        if table[baseCurrency] == nil {
            table[baseCurrency] = [Step(day: Day(rawValue: .min), rate: .one)]
        }
        for (currency, list) in table {
            let sorted = list.enumerated().sorted { ($0.element.day, $0.offset) < ($1.element.day, $1.offset) }
            var unique: [Step] = []
            for (_, step) in sorted {
                if unique.last?.day == step.day { unique.removeLast() }
                unique.append(step)
            }
            table[currency] = unique
        }
        self.steps = table
    }

    public var currencies: [String] { steps.keys.sorted() }

    /// The steps of one currency in the order of their days; empty when it is unknown.
    public func steps(of currency: String) -> [Step] { steps[currency] ?? [] }

    /// The latest rate on or before `day`.
    public func rate(of currency: String, on day: Day) -> ExchangeRate? {
        guard let list = steps[currency] else { return nil }
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle].day <= day { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : list[low - 1].rate
    }
}
