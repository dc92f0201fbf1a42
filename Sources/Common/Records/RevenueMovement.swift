/// How the recurring revenue of one client moved between two days: `start + exchange + change = end`, in micro-units of
/// the base currency.
public struct RevenueMovement: Sendable, Equatable, BitwiseCopyable {
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

    @inlinable
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
    @inlinable
    public var exchange: Int64 { revalued.subtractingSaturated(start) }
    @inlinable
    public var change: Int64 { end.subtractingSaturated(revalued) }
}

/// Movements of clients added up; in this too start + all movements = end, exactly.
public struct RevenueMovements: Sendable, Equatable, BitwiseCopyable {
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

    @inlinable
    public init() {}

    public static func += (lhs: inout RevenueMovements, rhs: RevenueMovement) { lhs.add(rhs) }

    /// Enters a client's movement, or takes it out again.
    /// - Parameter sign: 1 or -1.
    @inlinable
    public mutating func add(_ movement: RevenueMovement, sign: Int64 = 1) {
        let one = Int32(truncatingIfNeeded: sign)
        starting = starting.addingSaturated(movement.start, sign: sign)
        exchange = exchange.addingSaturated(movement.exchange, sign: sign)
        ending = ending.addingSaturated(movement.end, sign: sign)
        if movement.isAtStart {
            startingCustomers += one
            base = base.addingSaturated(movement.revalued, sign: sign)
            kept = kept.addingSaturated(movement.end, sign: sign)
            keptAtMost = keptAtMost.addingSaturated(min(movement.end, movement.revalued), sign: sign)
        }
        let change = movement.change
        switch movement.kind {
        case .none: break
        case .new:
            new = new.addingSaturated(change, sign: sign)
            newCustomers += one
        case .reactivation:
            reactivation = reactivation.addingSaturated(change, sign: sign)
            reactivationCustomers += one
        case .expansion:
            expansion = expansion.addingSaturated(change, sign: sign)
            expansionCustomers += one
        case .contraction:
            contraction = contraction.addingSaturated(change, sign: sign)
            contractionCustomers += one
        case .churn:
            churn = churn.addingSaturated(change, sign: sign)
            churnCustomers += one
        }
    }

    public static func += (lhs: inout RevenueMovements, rhs: RevenueMovements) {
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

    /// The share of the clients at the start who are worth nothing at the end.
    public var logoChurn: Double? {
        startingCustomers > 0 ? Double(churnCustomers) / Double(startingCustomers) : nil
    }

    /// Whether an amount has reached the limits of its type: then a movement cannot be taken out again.
    public var isSaturated: Bool {
        [starting, new, reactivation, expansion, contraction, churn, exchange, ending, base, kept, keptAtMost]
            .contains { $0 == .max || $0 == .min }
    }
}
