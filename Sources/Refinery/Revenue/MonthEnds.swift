public import Records

/// The month ends of a company, with the rates of each: worked out once for all clients.
///
/// While payments are missing from the data, what comes from them stands still on the clock's day; clients with
/// subscriptions go on to the as-of day, and want one of these of their own.
public struct MonthEnds: Sendable {
    public let first: Month
    /// The days on which a client is looked at: the one before the first month, then the last of each month, the last of
    /// all of them the clock's day.
    let days: [Int32]
    /// By day and currency.
    private let rates: [ExchangeRate]
    let ledgerRates: LedgerRates
    private let currencyCount: Int
    /// By day: whether the rate of a currency is another than on the day before.
    private let moves: [Bool]
    let firstPaymentDay: Int32

    /// - Parameter first: the month with the first payment or subscription, or a later one.
    public init(first: Month, terms: LedgerTerms, rates ledgerRates: LedgerRates) {
        self.first = first
        self.ledgerRates = ledgerRates
        firstPaymentDay = terms.firstPaymentDay
        let last = CivilMonth.split(Int(terms.asOf)).month
        var days = [Int32(clamping: CivilMonth.firstDay(of: Int(first.rawValue)) - 1)]
        if Int(first.rawValue) <= last {
            for month in Int(first.rawValue)...last {
                days.append(min(terms.clock, Int32(clamping: CivilMonth.firstDay(of: month + 1) - 1)))
            }
        }
        days[0] = min(days[0], terms.clock)
        self.days = days
        currencyCount = ledgerRates.currencies.count
        var rates: [ExchangeRate] = []
        var moves: [Bool] = []
        for (at, day) in days.enumerated() {
            for currency in 0..<currencyCount {
                let rate = ledgerRates.rate(of: UInt32(currency), on: day)
                moves.append(at > 0 && rate != rates[(at - 1) * currencyCount + currency])
                rates.append(rate)
            }
        }
        self.rates = rates
        self.moves = moves
    }

    public var count: Int { days.count - 1 }

    @inline(__always)
    func rate(of currency: UInt32, at day: Int) -> ExchangeRate {
        Int(currency) < currencyCount
            ? rates[day &* currencyCount &+ Int(currency)] : ExchangeRate(mantissa: 0, scale: 0)
    }

    @inline(__always)
    func isMoved(_ currency: UInt32, at day: Int) -> Bool {
        Int(currency) < currencyCount && moves[day &* currencyCount &+ Int(currency)]
    }

    /// The positions of the days on which a piece holds.
    @inline(__always)
    func positions(of piece: WorthPiece) -> Range<Int> {
        let end = days.count
        var low = position(of: piece.from)
        while low < end, days[low] < piece.from { low += 1 }
        if low == end { return end..<end }
        if piece.through >= days[end - 1] { return low..<end }
        var high = position(of: piece.through)
        while high < end, days[high] <= piece.through { high += 1 }
        return low..<max(low, high)
    }

    /// About where a day lies, never after the first position that is not before it.
    @inline(__always)
    private func position(of day: Int32) -> Int {
        if day <= days[0] { return 0 }
        return min(days.count - 1, max(0, CivilMonth.split(Int(day)).month - Int(first.rawValue)))
    }

    /// The position of the first payment day's month; nil when it lies in none of these months.
    var positionOfFirstPayment: Int? {
        guard firstPaymentDay != LedgerPayment.noDay, firstPaymentDay > days[0] else { return nil }
        return days.firstIndex { $0 >= firstPaymentDay }
    }
}
