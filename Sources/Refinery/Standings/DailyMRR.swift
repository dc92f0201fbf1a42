public import Records
import Revenue

/// What clients were worth at the end of each day, as known on the as-of day, micro-units a month.
public struct DailyMRR: Sendable {
    private let standings: CompanyStandings
    private let first: Int32
    /// The last day that is known.
    public let last: Day
    /// By currency and day from the first one on: what a unit of it is worth.
    private let rates: [[Double]]

    /// Nil where nothing says what clients are worth on a day: payments do not recur, or what they paid is what they are
    /// worth.
    public init?(_ standings: CompanyStandings, last: Day) {
        guard standings.knowsMRR, let first = standings.firstRevenueDay else { return nil }
        // While payments are missing from the data what is worth stands where it stood.
        let last = min(last, Day(rawValue: standings.paymentTerms.clock))
        guard first <= last else { return nil }
        self.standings = standings
        self.first = first.rawValue
        self.last = last
        let unit = Int64(1_000_000_000)
        rates = standings.rates.currencies.indices.map { currency in
            (first.rawValue...last.rawValue).map { day in
                Double(standings.rates.rate(of: UInt32(currency), on: day).converted(unit) ?? 0) / Double(unit)
            }
        }
    }

    public var firstDay: Day { Day(rawValue: first) }

    /// Adds what a client was worth to days, which begin with `start`. Whole micro-units: sums do not depend on their
    /// order.
    public func add(_ client: Int, from start: Day, to values: UnsafeMutableBufferPointer<Double>) {
        for piece in standings.pieces(of: client) where Int(piece.currency) < rates.count {
            let monthly = Double(piece.amount) * Double(piece.multiplier) / Double(piece.divisor)
            let rates = rates[Int(piece.currency)]
            let from = max(piece.from, start.rawValue, first)
            let through = min(piece.through, last.rawValue)
            guard from <= through else { continue }
            for day in from...through {
                let at = Int(day - start.rawValue)
                guard at < values.count else { break }
                values[at] += (monthly * rates[Int(day - first)]).rounded()
            }
        }
    }
}
