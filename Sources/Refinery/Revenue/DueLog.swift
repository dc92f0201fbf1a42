/// What each cover lets expect when it ends, in the order of the covers.
public struct LoggedDue: Sendable, Equatable, BitwiseCopyable {
    public enum Outcome: Sendable, BitwiseCopyable {
        case open
        case paid
        case withdrawn
    }

    /// Micro-units of its currency.
    public var amount: Int64
    public var currency: UInt32
    /// The day of the payment of the cover.
    public var knownOn: Int32
    /// The first day after the cover, as known when it was paid.
    public var dueOn: Int32
    public var dayOfMonth: Int32
    public var interval: BillingInterval
    /// The payment of the cover was expected by none before it.
    public var isFirst: Bool
    public var outcome: Outcome = .open
    /// The day of the next payment of the line, or that on which it is no longer waited for.
    public var endedOn = LedgerPayment.noDay
    public var paidAmount: Int64 = 0
    public var paidCurrency: UInt32 = 0
}

extension ClientLedger {
    /// Notes a cover that was just appended to a line, and that it answers what the one before it let expect.
    mutating func logDue(_ line: Line, _ charge: Charge, after previous: Int32, isExpected: Bool) {
        guard logsDues else { return }
        if isExpected, previous >= 0 {
            dues[Int(previous)].outcome = .paid
            dues[Int(previous)].endedOn = charge.day
            dues[Int(previous)].paidAmount = charge.amount
            dues[Int(previous)].paidCurrency = charge.currency
        }
        let dueOn = Int32(clamping: line.end)
        dues.append(
            LoggedDue(
                amount: charge.amount, currency: charge.currency, knownOn: charge.day, dueOn: dueOn,
                dayOfMonth: Int32(clamping: line.dayOfMonth), interval: line.interval,
                isFirst: !isExpected || previous < 0))
    }

    /// What a cover lets expect is not waited for any more.
    mutating func withdrawDue(of cover: Int32, on day: Int32) {
        guard logsDues, cover >= 0, dues[Int(cover)].outcome == .open else { return }
        dues[Int(cover)].outcome = .withdrawn
        dues[Int(cover)].endedOn = day
    }

    /// A refund turned out to be money only.
    mutating func restoreDue(of cover: Int32) {
        guard logsDues, cover >= 0, dues[Int(cover)].outcome == .withdrawn else { return }
        dues[Int(cover)].outcome = .open
        dues[Int(cover)].endedOn = LedgerPayment.noDay
    }
}
