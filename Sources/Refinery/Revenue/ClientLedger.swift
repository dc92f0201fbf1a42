/// The revenue ledger of one client after the other: from his payments, plans and subscriptions to covers, what they are
/// worth, and when he left. One of these is a place to work in: its memory is used again for the next client, so each
/// thread has its own.
///
/// In this order: ``begin()``, `add` for all he has in any order, ``prepare(asOf:)``; then ``GapSurvey`` and
/// ``RecurrenceSurvey`` may look at it, and ``cover(by:terms:created:)`` gives the ledger.
public struct ClientLedger: Sendable {
    // What was handed in.
    var rows: [LedgerPayment] = []
    var refunds: [LedgerPayment] = []
    var steps: [PlanStep] = []
    var subscriptions: [SubscriptionTerm] = []

    // What the payments come to.
    var charges: [Charge] = []
    /// Days with payments that make covers, each once.
    var paymentDays: [Int32] = []
    /// Gaps between payments, as the question whether they recur takes them, with their first days.
    var gaps: [Gap] = []
    var hasGaps = false
    var equalOrder: [Int32] = []
    var sortedGaps: [Int32] = []

    /// The interval of the plan that his own was looked for beside; nil before.
    var ownIntervalPlan: BillingInterval?

    // The ledger.
    var lines: [Line] = []
    var covers: [Cover] = []
    var raises: [Raise] = []
    var index = RefundIndex()
    var planDaysBest: [PlanSplit] = []
    /// From when to when covers held: the days the other way round.
    var presences: [Absence] = []

    /// Whether ``dues`` are noted.
    public var logsDues = false
    /// What each of his paid covers lets expect, and what came of it, in the order of the covers; empty unless asked for.
    public internal(set) var dues: [LoggedDue] = []

    /// From when on he has which plan; the first from the beginning.
    public internal(set) var plans: [PlanStep] = []
    /// The interval of his own that his payments show, where it is not that of his plan.
    public internal(set) var ownInterval: BillingInterval?
    /// What he is worth over time, lines one after the other.
    public internal(set) var pieces: [WorthPiece] = []
    /// He was there before the payment data begins: his first cover reaches back to its first day, and is no movement.
    public internal(set) var isCarried = false
    /// The first day that no payment or subscription covers, without grace; nil without any. May lie in the future.
    public internal(set) var endOfCover: Int32?
    /// The day on which he has left, by his payments or subscriptions; nil when he has not, or never had any.
    public internal(set) var leftOn: Int32?
    /// The times in which he had left before, ascending.
    public internal(set) var absences: [Absence] = []

    /// A time without cover that is over.
    public struct Absence: Sendable, Equatable, BitwiseCopyable {
        public var leftOn: Int32
        public var returnedOn: Int32
    }

    public init() {}

    public mutating func begin() {
        rows.removeAll(keepingCapacity: true)
        refunds.removeAll(keepingCapacity: true)
        steps.removeAll(keepingCapacity: true)
        subscriptions.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    public mutating func add(_ payment: LedgerPayment) {
        if payment.amount > 0 {
            rows.append(payment)
        } else if payment.amount < 0 {
            refunds.append(payment)
        }
    }

    /// Plans come in the order in which they were received; none is a client without a plan.
    public mutating func add(_ step: PlanStep) { steps.append(step) }

    /// A trial and what costs nothing cover nothing.
    public mutating func add(_ term: SubscriptionTerm) {
        if !term.isTrial, term.amount > 0 { subscriptions.append(term) }
    }

    /// Whether subscriptions say what he is worth; his payments are revenue only, then.
    public var hasSubscriptions: Bool { !subscriptions.isEmpty }

    /// Puts in order what is dated `asOf` or earlier, and forgets the rest.
    public mutating func prepare(asOf: Int32) {
        prepareCharges(asOf: asOf)
        preparePlans(asOf: asOf)
        subscriptions.removeAll { $0.start > asOf }
        subscriptions.sortNearly { $0.isBefore($1) }
        ownInterval = nil
        ownIntervalPlan = nil
    }

    /// Works out the ledger of the client that was prepared.
    /// - Parameters:
    ///   - created: the day his account was created; ``LedgerPayment/noDay`` when unknown.
    public mutating func cover(by intervals: PlanIntervals, terms: LedgerTerms, created: Int32) {
        lines.removeAll(keepingCapacity: true)
        covers.removeAll(keepingCapacity: true)
        raises.removeAll(keepingCapacity: true)
        dues.removeAll(keepingCapacity: true)
        isCarried = false
        if hasSubscriptions {
            ownInterval = nil
            ownIntervalPlan = nil
            resolvePlans(by: intervals)
            coverSubscriptions(terms)
        } else {
            findOwnInterval(intervals)
            resolvePlans(by: intervals)
            coverPayments(by: intervals, terms: terms)
            carryIn(terms: terms, created: created)
        }
        makePieces()
        findAbsences(terms)
    }

    /// Takes away what he is worth from a reported day of leaving on, up to the day he was back.
    public mutating func end(on day: Int32, until back: Int32? = nil) {
        var after: [WorthPiece] = []
        for at in pieces.indices where pieces[at].through >= day {
            if let back, pieces[at].through >= back {
                var rest = pieces[at]
                rest.from = max(rest.from, back)
                after.append(rest)
            }
            pieces[at].through = day &- 1
        }
        pieces.removeAll { $0.through < $0.from }
        pieces.append(contentsOf: after)
    }
}
