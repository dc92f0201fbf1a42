/// What the row of a payment says of what is paid for. Days are counted from that of the payment, so that many payments
/// share their terms.
public struct PaymentTerms: Hashable, Sendable, BitwiseCopyable {
    /// Days that the two ends of a period may lie apart, and its beginning from the payment: a century.
    public static let daysMax: Int32 = 36_525

    /// False for what is sold once or by use: it never makes a cover.
    public var isRecurring: Bool
    /// The first day of the period.
    public private(set) var periodStart: Int32 = 0
    /// Days from the first to the last one that the row names, whether that is the last of the period or the first after
    /// it; 0 when no period is known.
    public private(set) var periodDays: Int32 = 0

    /// Those of a row that says nothing.
    public init(isRecurring: Bool = true) { self.isRecurring = isRecurring }

    /// - Parameters: the days that the row names, and the day of the payment.
    /// - Returns: nil for a period that ends before it has begun, or that lies further away than anybody can mean.
    public init?(isRecurring: Bool = true, periodStart: Int32, periodEnd: Int32, paidOn day: Int32) {
        let (start, length) = (Int64(periodStart) - Int64(day), Int64(periodEnd) - Int64(periodStart))
        self.init(isRecurring: isRecurring, start: start, days: length)
    }

    /// As it is kept.
    public init?(isRecurring: Bool, start: Int64, days: Int64) {
        let most = Int64(PaymentTerms.daysMax)
        guard (1...most).contains(days), (-most...most).contains(start) else { return nil }
        self.isRecurring = isRecurring
        self.periodStart = Int32(start)
        periodDays = Int32(days)
    }

    public var hasPeriod: Bool { periodDays > 0 }

    /// Tells terms apart beside other keys; zero for a row that says nothing.
    public var key: RecordKey {
        let period = UInt64(UInt32(bitPattern: periodStart)) << 32 | UInt64(UInt32(bitPattern: periodDays))
        return RecordKey(low: period, high: (hasPeriod ? 1 : 0) | (isRecurring ? 0 : 2))
    }

    /// Whether what a row calls its kind is paid again and again: everything is but for what says that it is not. Case,
    /// blanks, `-` and `_` make no difference.
    public static func recurs(kind: some StringProtocol) -> Bool {
        let folded = kind.lowercased().filter { !$0.isWhitespace && $0 != "-" && $0 != "_" }
        return !["oneoff", "usage", "setup", "service"].contains(folded)
    }
}
