/// How long one payment lasts: some days, weeks or calendar months.
public struct BillingInterval: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    public enum Unit: UInt8, Sendable, BitwiseCopyable {
        case days
        case weeks
        case months
    }

    public let unit: Unit
    public let count: Int32

    /// A longer interval is nobody's: what comes from outside is held at a century.
    static let longestDays = 36_525

    public init(_ count: Int, _ unit: Unit) {
        self.unit = unit
        let longest =
            switch unit {
            case .days: BillingInterval.longestDays
            case .weeks: BillingInterval.longestDays / 7
            case .months: 1200
            }
        self.count = Int32(clamping: min(max(1, count), longest))
    }

    public static let week = BillingInterval(1, .weeks)
    public static let month = BillingInterval(1, .months)
    public static let quarter = BillingInterval(3, .months)
    public static let year = BillingInterval(12, .months)

    /// What payments are compared with where nobody says how often they come, shortest first.
    public static let candidates: [BillingInterval] = [
        .week, BillingInterval(4, .weeks), .month, .quarter, BillingInterval(6, .months), .year,
        BillingInterval(24, .months),
    ]

    /// Sixteenths of a day: a month is 30.4375 days.
    @inline(__always)
    var sixteenths: Int {
        switch unit {
        case .days: 16 &* Int(count)
        case .weeks: 112 &* Int(count)
        case .months: 487 &* Int(count)
        }
    }

    /// The length is `divisor / multiplier` months, so that an amount is worth `amount * multiplier / divisor` a month.
    @inline(__always)
    var monthly: (multiplier: Int64, divisor: Int64) {
        switch unit {
        case .days: (487, 16 &* Int64(count))
        case .weeks: (13, 3 &* Int64(count))
        case .months: (1, Int64(count))
        }
    }

    /// Days by which a gap between payments may miss the interval.
    private var tolerance: Int {
        switch unit {
        case .months: count == 1 ? 4 : 11
        case .days, .weeks: min(11, max(1, sixteenths / 128))
        }
    }

    /// Whether a gap is about as long.
    /// - Parameter halfDays: twice the gap, so that the mean of two gaps is whole.
    @inline(__always)
    func isNear(halfDays: Int) -> Bool { abs(8 &* halfDays &- sixteenths) <= 16 &* tolerance }

    /// Whether it is longer than any month.
    var isLongerThanMonth: Bool { sixteenths > 16 &* 34 }

    /// The days that a payment may be late or early: those of the settings, a twelfth at least of long intervals, a third
    /// at most of any.
    func grace(_ setting: Int) -> Int {
        let days = sixteenths / 16
        let least = days >= 180 ? days / 12 : 0
        return min(max(0, setting, least), days / 3)
    }

    /// The interval of a row that says from when to when it counts: its last day or the day after it, as the writer had it.
    /// Nil when the two days say nothing.
    init?(from start: Int32, through end: Int32) {
        guard start != LedgerPayment.noDay, end != LedgerPayment.noDay, end > start else { return nil }
        let days = Int(end) - Int(start)
        guard days <= BillingInterval.longestDays else { return nil }
        let (first, dayOfMonth) = CivilMonth.split(Int(start))
        for last in [Int(end), Int(end) + 1] {
            let months = CivilMonth.split(last).month - first
            if months > 0, CivilMonth.day(first + months, dayOfMonth) == last {
                self.init(months, .months)
                return
            }
        }
        if days % 7 == 0 {
            self.init(days / 7, .weeks)
        } else if (days + 1) % 7 == 0 {
            self.init((days + 1) / 7, .weeks)
        } else if (29...31).contains(days) {
            // From the end of one month to the end of the next.
            self.init(1, .months)
        } else {
            self.init(days, .days)
        }
    }

    public var description: String {
        let word =
            switch unit {
            case .days: "day"
            case .weeks: "week"
            case .months: "month"
            }
        return count == 1 ? word : "\(count) \(word)s"
    }
}
