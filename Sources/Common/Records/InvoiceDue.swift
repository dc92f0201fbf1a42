/// A payment that the one before it lets expect, and what came of it: made from the lines of a client's ledger.
///
/// Amounts are in units of the base currency, in single precision: they are added up to estimates.
public struct InvoiceDue: Sendable, Equatable, BitwiseCopyable {
    public enum Outcome: UInt8, Sendable, BitwiseCopyable {
        /// Not paid as far as is known.
        case open
        /// Paid on ``endedOn``.
        case paid
        /// On ``endedOn`` the client began a dearer term, gave the last payment back or is said to have left: it is not
        /// waited for any more.
        case withdrawn
    }

    /// Stands for a day that there is not.
    public static let noDay = Int32.min

    /// What was paid the last time.
    public var amount: Float
    /// What was paid on ``endedOn``.
    public var paid: Float
    /// The day of the payment that it follows.
    public var knownOn: Int32
    public var dueOn: Int32
    /// ``noDay`` while it is open.
    public var endedOn: Int32
    /// Months from one due day to the next, or days as a negative number.
    public var interval: Int16
    /// The day of the month that it is due on; in shorter months it is the last one.
    public var dayOfMonth: UInt8
    public var outcome: Outcome
    /// Nothing let expect the payment that it follows.
    public var isFirst: Bool
    /// The payment that it follows was the first in the data of a client who had been there before the data begins.
    public var isCarried: Bool

    public init(
        amount: Float, paid: Float = 0, knownOn: Int32, dueOn: Int32, endedOn: Int32 = noDay, interval: Int16,
        dayOfMonth: UInt8, outcome: Outcome = .open, isFirst: Bool = false, isCarried: Bool = false
    ) {
        self.amount = amount
        self.paid = paid
        self.knownOn = knownOn
        self.dueOn = dueOn
        self.endedOn = endedOn
        self.interval = interval
        self.dayOfMonth = dayOfMonth
        self.outcome = outcome
        self.isFirst = isFirst
        self.isCarried = isCarried
    }

    /// Days from one due day to the next; a month is 30.4375 days.
    public var intervalDays: Double { interval > 0 ? 30.4375 * Double(interval) : max(1, -Double(interval)) }

    /// The due day after one of this line.
    public func next(after day: Int32) -> Int32 {
        if interval <= 0 { return day &- min(-1, Int32(interval)) }
        let month = Day(rawValue: day).month.advanced(by: Int(interval))
        return min(month.firstDay.rawValue &+ Int32(max(1, dayOfMonth)) &- 1, month.lastDay.rawValue)
    }
}
