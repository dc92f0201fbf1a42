public import Records
import Revenue

/// How what each client is worth moved, month by month: worked out from his ledger when it is asked for. One of these is a
/// place to work in, so each thread has its own.
public struct RevenueMonths: Sendable {
    private let standings: CompanyStandings
    private let payments: MonthEnds
    private let subscriptions: MonthEnds
    private var reader = WorthReader()
    private var pieces: [WorthPiece] = []

    /// The first month that there is; before it nothing is known.
    public var first: Month { payments.first }

    public init(_ standings: CompanyStandings) {
        self.standings = standings
        let first = standings.firstRevenueMonth
        payments = MonthEnds(first: first, terms: standings.paymentTerms, rates: standings.rates)
        subscriptions = MonthEnds(first: first, terms: standings.subscriptionTerms, rates: standings.rates)
    }

    /// Calls `body` for the months of a client in which he was worth something at the start or at the end, ascending.
    public mutating func forEach(_ client: Int, _ body: (Month, RevenueMovement) -> Void) {
        let slice = standings.pieces(of: client)
        if slice.isEmpty { return }
        pieces.removeAll(keepingCapacity: true)
        pieces.append(contentsOf: slice)
        let first = first
        reader.months(
            pieces, isCarried: standings.isCarried(client),
            ends: standings.hasSubscriptions(client) ? subscriptions : payments
        ) { body(first.advanced(by: Int($0.month)), $0.movement) }
    }
}

/// What one client after the other was worth on a day, as known on the as-of day.
public struct WorthOnDay: Sendable {
    private let standings: CompanyStandings
    private let day: Int32
    private let isKnown: Bool
    private var reader = WorthReader()
    private var pieces: [WorthPiece] = []

    public init(_ standings: CompanyStandings, _ day: Day) {
        self.standings = standings
        self.day = day.rawValue
        isKnown = standings.knowsMRR && standings.isRevenueKnown(on: day)
    }

    /// Micro-units a month; nil where nothing says it.
    public mutating func amount(of client: Int) -> Int64? {
        guard isKnown, standings.mrr[client] != ClientMetrics.unknownAmount else { return nil }
        pieces.removeAll(keepingCapacity: true)
        pieces.append(contentsOf: standings.pieces(of: client))
        if pieces.isEmpty { return 0 }
        return reader.worth(pieces, on: day, terms: standings.terms(of: client), rates: standings.rates)
    }
}

extension CompanyStandings {
    /// The month in which payments begin; that of the as-of day where there are none.
    public var firstRevenueMonth: Month {
        paymentTerms.firstPaymentDay == LedgerPayment.noDay
            ? asOf.month : Day(rawValue: paymentTerms.firstPaymentDay).month
    }

    /// The first day of the data that says what clients are worth; nil where there is none, or where it is what they paid.
    public var firstRevenueDay: Day? {
        method == .cash || paymentTerms.firstPaymentDay == LedgerPayment.noDay
            ? nil : Day(rawValue: paymentTerms.firstPaymentDay)
    }

    func hasSubscriptions(_ client: Int) -> Bool { flags[client].contains(.hasSubscriptions) }
}
