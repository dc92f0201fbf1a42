/// One transaction of a client, as the ledger reads it.
public struct LedgerPayment: Sendable, Equatable, BitwiseCopyable {
    /// Stands for a day that the row does not have.
    public static let noDay = Int32.min

    /// Micro-units of its currency; negative for a refund.
    public var amount: Int64
    public var day: Int32
    /// Index into ``LedgerRates/currencies``.
    public var currency: UInt32
    public var periodStart: Int32
    public var periodEnd: Int32
    /// False for what is sold once or by use: it never makes a cover.
    public var isRecurring: Bool

    public init(
        day: Int32, amount: Int64, currency: UInt32, isRecurring: Bool = true, periodStart: Int32 = noDay,
        periodEnd: Int32 = noDay
    ) {
        self.amount = amount
        self.day = day
        self.currency = currency
        self.periodStart = periodStart
        self.periodEnd = periodEnd
        self.isRecurring = isRecurring
    }
}

/// From when on a client has a plan.
public struct PlanStep: Sendable, Equatable, BitwiseCopyable {
    /// Index into ``PlanNames``.
    public var plan: UInt32
    /// `Int32.min` for the first plan of a client, which holds from the beginning.
    public var day: Int32
    /// The row says itself from when on it holds, which includes that day. Otherwise the day is that of its arrival, whose
    /// payments still belong to the plan before, and the payments may know it better.
    public var isDated: Bool

    public init(plan: UInt32, day: Int32, isDated: Bool) {
        self.plan = plan
        self.day = day
        self.isDated = isDated
    }
}

/// A stretch of a subscription with one price. A subscription whose price has changed is several of them.
public struct SubscriptionTerm: Sendable, Equatable, BitwiseCopyable {
    /// For one interval, of all that are subscribed to, in micro-units.
    public var amount: Int64
    public var interval: BillingInterval
    /// The first day.
    public var start: Int32
    /// The first day after; ``LedgerPayment/noDay`` while there is none.
    public var end: Int32
    public var currency: UInt32
    public var isTrial: Bool

    public init(
        start: Int32, end: Int32 = LedgerPayment.noDay, amount: Int64, interval: BillingInterval, currency: UInt32,
        isTrial: Bool = false
    ) {
        self.amount = amount
        self.interval = interval
        self.start = start
        self.end = end
        self.currency = currency
        self.isTrial = isTrial
    }

    func isBefore(_ other: SubscriptionTerm) -> Bool {
        if start != other.start { return start < other.start }
        if end != other.end { return end < other.end }
        if amount != other.amount { return amount < other.amount }
        if currency != other.currency { return currency < other.currency }
        return interval.sixteenths < other.interval.sixteenths
    }
}

/// What the ledger of a client depends on beside his own rows.
public struct LedgerTerms: Sendable, Equatable {
    /// Rows of later days are not read.
    public var asOf: Int32
    /// The day on which the money's clock stands: `asOf`, or earlier while payments are missing from the data.
    public var clock: Int32
    /// The first day of the payment data; ``LedgerPayment/noDay`` when there is none.
    public var firstPaymentDay: Int32
    public var graceDays: Int

    public init(asOf: Int32, clock: Int32? = nil, firstPaymentDay: Int32, graceDays: Int = 7) {
        self.asOf = asOf
        self.clock = min(asOf, clock ?? asOf)
        self.firstPaymentDay = firstPaymentDay
        self.graceDays = graceDays
    }
}
