import Records

/// How the recurring revenue of one client moved between two days: `start + exchange + change = end`, in micro-units of
/// the base currency.
public struct LedgerMovement: Sendable, Equatable, BitwiseCopyable {
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        case none
        case new
        case reactivation
        case expansion
        case contraction
        case churn
    }

    /// What he was worth on the first day, at the rates of that day.
    public var start: Int64
    /// The same at the rates of the last day.
    public var revalued: Int64
    public var end: Int64
    /// Compared in his own currency as exact fractions: never from rounding, never from a rate.
    public var kind: Kind
    /// He was worth something on the first day, however little.
    public var isAtStart: Bool

    public init(
        start: Int64 = 0, revalued: Int64 = 0, end: Int64 = 0, kind: Kind = .none, isAtStart: Bool = false
    ) {
        self.start = start
        self.revalued = revalued
        self.end = end
        self.kind = kind
        self.isAtStart = isAtStart
    }

    /// What the rates alone did.
    public var exchange: Int64 { revalued.subtractingSaturated(start) }
    public var change: Int64 { end.subtractingSaturated(revalued) }
}

/// Movements of clients added up; in this too start + all movements = end, exactly.
public struct LedgerMovements: Sendable, Equatable, BitwiseCopyable {
    public var starting: Int64 = 0
    public var new: Int64 = 0
    public var reactivation: Int64 = 0
    public var expansion: Int64 = 0
    /// Not above 0.
    public var contraction: Int64 = 0
    /// Not above 0.
    public var churn: Int64 = 0
    public var exchange: Int64 = 0
    public var ending: Int64 = 0
    public var startingCustomers: Int32 = 0
    public var newCustomers: Int32 = 0
    public var reactivationCustomers: Int32 = 0
    public var expansionCustomers: Int32 = 0
    public var contractionCustomers: Int32 = 0
    public var churnCustomers: Int32 = 0
    /// Of the clients at the start: their start and their end at the rates of the end, and the smaller of the two.
    public var base: Int64 = 0
    public var kept: Int64 = 0
    public var keptAtMost: Int64 = 0

    public init() {}

    public static func += (lhs: inout LedgerMovements, rhs: LedgerMovement) {
        lhs.starting = lhs.starting.addingSaturated(rhs.start)
        lhs.exchange = lhs.exchange.addingSaturated(rhs.exchange)
        lhs.ending = lhs.ending.addingSaturated(rhs.end)
        if rhs.isAtStart {
            lhs.startingCustomers += 1
            lhs.base = lhs.base.addingSaturated(rhs.revalued)
            lhs.kept = lhs.kept.addingSaturated(rhs.end)
            lhs.keptAtMost = lhs.keptAtMost.addingSaturated(min(rhs.end, rhs.revalued))
        }
        let change = rhs.change
        switch rhs.kind {
        case .none: break
        case .new:
            lhs.new = lhs.new.addingSaturated(change)
            lhs.newCustomers += 1
        case .reactivation:
            lhs.reactivation = lhs.reactivation.addingSaturated(change)
            lhs.reactivationCustomers += 1
        case .expansion:
            lhs.expansion = lhs.expansion.addingSaturated(change)
            lhs.expansionCustomers += 1
        case .contraction:
            lhs.contraction = lhs.contraction.addingSaturated(change)
            lhs.contractionCustomers += 1
        case .churn:
            lhs.churn = lhs.churn.addingSaturated(change)
            lhs.churnCustomers += 1
        }
    }

    public static func += (lhs: inout LedgerMovements, rhs: LedgerMovements) {
        lhs.starting = lhs.starting.addingSaturated(rhs.starting)
        lhs.new = lhs.new.addingSaturated(rhs.new)
        lhs.reactivation = lhs.reactivation.addingSaturated(rhs.reactivation)
        lhs.expansion = lhs.expansion.addingSaturated(rhs.expansion)
        lhs.contraction = lhs.contraction.addingSaturated(rhs.contraction)
        lhs.churn = lhs.churn.addingSaturated(rhs.churn)
        lhs.exchange = lhs.exchange.addingSaturated(rhs.exchange)
        lhs.ending = lhs.ending.addingSaturated(rhs.ending)
        lhs.startingCustomers += rhs.startingCustomers
        lhs.newCustomers += rhs.newCustomers
        lhs.reactivationCustomers += rhs.reactivationCustomers
        lhs.expansionCustomers += rhs.expansionCustomers
        lhs.contractionCustomers += rhs.contractionCustomers
        lhs.churnCustomers += rhs.churnCustomers
        lhs.base = lhs.base.addingSaturated(rhs.base)
        lhs.kept = lhs.kept.addingSaturated(rhs.kept)
        lhs.keptAtMost = lhs.keptAtMost.addingSaturated(rhs.keptAtMost)
    }

    /// What start and all movements come to.
    public var balance: Int64 {
        [new, reactivation, expansion, contraction, churn, exchange].reduce(starting) { $0.addingSaturated($1) }
    }

    /// Net revenue retention: what the clients of the start are worth at the end over what they were, without what rates
    /// did. Nil when nobody was worth anything.
    public var nrr: Double? { base > 0 ? Double(kept) / Double(base) : nil }

    /// Gross revenue retention: as `nrr` without growth; never above 1.
    public var grr: Double? { base > 0 ? Double(keptAtMost) / Double(base) : nil }
}
