public import Freshness
public import Lifecycle
public import Records
public import Revenue
import Words

/// Where a company and each of its clients stand on a day: how fresh its data is, what its clients are worth a month and
/// since when, and who of them is there, has left or has come back. Clients go by their dense index.
public struct CompanyStandings: Sendable {
    public let asOf: Day
    /// How fresh each category of rows with days is; a category without rows has none.
    public let feeds: [Category: FeedFreshness]
    /// Where the clocks stand that rest on them.
    public let clocks: FeedClocks
    public let method: RevenueSettings.Method
    public let plans: PlanNames
    /// How often each plan is paid, and how that is known.
    public let intervals: PlanIntervals
    public let recurrence: RecurrenceSurvey
    /// Whether payments are those of subscriptions; where they are not they are revenue only, and nobody leaves by them.
    public let paymentsRecur: Bool
    public let rates: LedgerRates
    /// For clients whose payments say what they are worth.
    public let paymentTerms: LedgerTerms
    /// For clients whose subscriptions do.
    public let subscriptionTerms: LedgerTerms
    public let survey: LifecycleSurvey
    public let lifecycleTerms: LifecycleTerms

    public internal(set) var lifecycle: LifecycleTable
    /// What each client is worth on the as-of day, micro-units a month; ``ClientMetrics/unknownAmount`` where nothing says
    /// what he is.
    public internal(set) var mrr: [Int64]
    /// The most that he was worth in the days that a decline looks back on, at the rates of the as-of day.
    public internal(set) var highestMRR: [Int64]
    var pieces: ClientLists<WorthPiece>
    var flags: [ClientFlags]
    let gaps: GapSurvey
    /// Clients whose subscriptions say what they are worth.
    public internal(set) var subscribers = 0

    /// What there is to know of a client's ledger beside its pieces.
    struct ClientFlags: OptionSet, BitwiseCopyable, Sendable {
        let rawValue: UInt8
        /// He was there before the payment data begins.
        static let isCarried = ClientFlags(rawValue: 1)
        /// His subscriptions say what he is worth.
        static let hasSubscriptions = ClientFlags(rawValue: 2)
    }

    public var count: Int { flags.count }

    /// Whether anything says what clients are worth a month.
    public var knowsMRR: Bool { paymentsRecur || subscribers > 0 }

    /// Whether a day lies in the data that says what clients are worth; before it nothing is known.
    public func isRevenueKnown(on day: Day) -> Bool {
        paymentTerms.firstPaymentDay != LedgerPayment.noDay && day.rawValue >= paymentTerms.firstPaymentDay
            || subscriptionTerms.firstPaymentDay == LedgerPayment.noDay
    }

    /// What a client was worth over time.
    public func pieces(of client: Int) -> ArraySlice<WorthPiece> { pieces[client] }

    public func isCarried(_ client: Int) -> Bool { flags[client].contains(.isCarried) }

    public func terms(of client: Int) -> LedgerTerms {
        flags[client].contains(.hasSubscriptions) ? subscriptionTerms : paymentTerms
    }

    /// What a client was worth on a day, as known on the as-of day; a later payment has closed its hole.
    public func mrr(of client: Int, on day: Day) -> Int64 {
        var reader = WorthReader()
        return reader.worth(Array(pieces[client]), on: day.rawValue, terms: terms(of: client), rates: rates)
    }

    /// How what a client is worth moved between two days.
    public func movement(of client: Int, from start: Day, to end: Day, by reader: inout WorthReader) -> RevenueMovement
    {
        reader.movement(
            Array(pieces[client]), isCarried: isCarried(client), from: start.rawValue, to: end.rawValue,
            terms: terms(of: client), rates: rates)
    }

    /// 64 bits over what holds for all clients and is published of none: how revenue is measured, whether anything says it,
    /// and where the clocks stand.
    public var termsHash: UInt64 {
        var state: UInt64 = method == .coverage ? 1 : 2
        func mix(_ value: Int32) { state = (state ^ UInt64(UInt32(bitPattern: value))) &* 0x9FB2_1C65_1E98_DF25 }
        mix(knowsMRR ? 1 : 0)
        mix(firstRevenueMonth.rawValue)
        for clock in [clocks.payments, clocks.engagement, clocks.support, clocks.surveys, clocks.silence, clocks.start]
        {
            mix(clock.rawValue)
        }
        return state ^ state >> 32
    }

    /// 64 bits over where a client stands and what he was ever worth.
    public func hash(of client: Int) -> UInt64 {
        var state: UInt64 = UInt64(flags[client].rawValue)
        func mix(_ value: UInt64) {
            state = (state ^ value) &* 0x9FB2_1C65_1E98_DF25
            state ^= state >> 32
        }
        func mix(_ first: Int32, _ second: Int32) {
            mix(UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second)))
        }
        let standing = lifecycle.standings[client]
        mix(standing.since, standing.customerFrom)
        mix(UInt64(standing.status.place) << 8 | UInt64(standing.basis?.place ?? .max))
        for absence in lifecycle.absences(of: client) { mix(absence.leftOn, absence.returnedOn) }
        for piece in pieces[client] {
            mix(piece.from, piece.through)
            mix(UInt64(bitPattern: piece.amount))
            mix(UInt64(bitPattern: piece.multiplier) << 32 ^ UInt64(bitPattern: piece.divisor))
            mix(UInt64(piece.currency))
        }
        return state
    }

    /// What a client who has left was worth at last: the day before, or where his cover had run out by then, on its last
    /// day.
    public func mrrLost(_ client: Int) -> Int64? {
        guard let leftOn = lifecycle.standings[client].leftOn, knowsMRR else { return nil }
        let pieces = Array(pieces[client])
        guard let last = pieces.lazy.map(\.through).filter({ $0 < leftOn }).max() else { return 0 }
        var reader = WorthReader()
        return reader.worth(pieces, on: last, atRatesOf: last, rates)
    }
}
