/// Payments of one thing, one after the other.
struct Line: Sendable {
    /// The day on which the next payment is due.
    var end: Int
    /// The month and the day of the month of `end`: the day of the month stays, in shorter months it is the last.
    var endMonth: Int
    var dayOfMonth: Int
    /// After a late payment: when the next is due by the rhythm that it may have begun.
    var otherEnd: Int?
    /// The day of the month of that rhythm.
    var otherDayOfMonth: Int
    /// The first day after all that is paid.
    var hold: Int
    var interval: BillingInterval
    var amount: Int64
    var currency: UInt32
    var grace: Int32
    var firstCover: Int32
    var lastCover: Int32
    /// What the last cover was before a refund ended it.
    var void: (end: Int32, grace: Int32)?

    @inline(__always)
    var nextEnd: Int { interval.end(after: end, month: endMonth, dayOfMonth: dayOfMonth).day }

    /// Days from the nearer of the days on which it is due.
    @inline(__always)
    func distance(to day: Int) -> Int {
        let distance = abs(day &- end)
        guard let otherEnd else { return distance }
        return min(distance, abs(day &- otherEnd))
    }
}

extension BillingInterval {
    @inline(__always)
    func end(after day: Int, month: Int, dayOfMonth: Int) -> (day: Int, month: Int) {
        switch unit {
        case .months:
            let month = month &+ Int(count)
            return (CivilMonth.day(month, dayOfMonth), month)
        case .weeks: return (day &+ 7 &* Int(count), 0)
        case .days: return (day &+ Int(count), 0)
        }
    }
}

/// Some days that a payment or a subscription covers.
struct Cover: Sendable, BitwiseCopyable {
    var amount: Int64
    var interval: BillingInterval
    var start: Int32
    /// The first day after.
    var end: Int32
    /// Days after the end on which it still counts; -1 after a refund, which knows no grace.
    var grace: Int32
    var currency: UInt32
    /// The cover that follows in its line; -1 for none.
    var next: Int32 = -1
    var previous: Int32
    var line: Int32
    /// After a refund that ended it: the day on which the client has left by it.
    var leftBy = LedgerPayment.noDay

    /// The last day on which it counts if none follows.
    @inline(__always)
    var holds: Int { Int(end) &+ Int(grace) }
}

/// What an add-on makes a running cover worth more from a day on, or a refund of a part of it less.
struct Raise: Sendable, BitwiseCopyable {
    var amount: Int64
    var monthly: (multiplier: Int64, divisor: Int64)
    var cover: Int32
    var from: Int32
    /// The last day.
    var through: Int32
    var currency: UInt32
}
