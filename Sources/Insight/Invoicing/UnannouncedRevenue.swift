import Records

/// What history adds to the invoices: revenue that no payment before it let expect. New business, terms begun anew, what
/// is sold once, refunds.
struct UnannouncedRevenue {
    private let first: Int32
    /// By day.
    private var all: [Double]
    /// By rhythm and day: payments that begin a line; empty for rhythms without any.
    private var starts: [[Double]]
    /// By rhythm and day: the first payments of clients who had been there before the data begins. There are none of them
    /// any more once each has paid.
    private var carried: [[Double]]
    private let dataStart: Int32
    private let countsNewBusiness: Bool

    /// Days whose mean is expected to go on.
    static let windowDays = 182
    /// With fewer days all days of the week are alike.
    private static let weekdayDaysMin = 56
    /// Days after the first interval of the data until which a payment of a client who had been there may come.
    private static let carriedGrace = 4

    /// - Parameters:
    ///   - revenue: of the clients that `dues` are of.
    ///   - dataStart: the first day of the payment data.
    ///   - countsNewBusiness: whether lines are expected to begin; a single client has begun his.
    init(_ revenue: DailySeries, dataStart: Day, countsNewBusiness: Bool) {
        self.countsNewBusiness = countsNewBusiness
        first = revenue.first.rawValue
        all = revenue.values
        self.dataStart = dataStart.rawValue
        starts = BillingRhythm.allCases.map { _ in [] }
        carried = starts
    }

    /// Parts that cancel out leave nothing behind but the rounding of single precision.
    private mutating func take(_ amount: Float, at index: Int) {
        let size = abs(all[index]) + abs(Double(amount))
        all[index] -= Double(amount)
        if abs(all[index]) < 1e-6 * size { all[index] = 0 }
    }

    /// Takes what a payment let expect, and what came of it, out of what nobody announced.
    mutating func add(_ due: InvoiceDue) {
        if due.outcome == .paid {
            let at = Int(due.endedOn) - Int(first)
            if all.indices.contains(at) { take(due.paid, at: at) }
        }
        guard due.isFirst else { return }
        let at = Int(due.knownOn) - Int(first)
        guard all.indices.contains(at) else { return }
        let rhythm = BillingRhythm(days: due.intervalDays).rawValue
        if due.isCarried || !countsNewBusiness { take(due.amount, at: at) }
        if !countsNewBusiness { return }
        if due.isCarried {
            UnannouncedRevenue.add(due.amount, at: at, of: all.count, to: &carried[rhythm])
        } else {
            UnannouncedRevenue.add(due.amount, at: at, of: all.count, to: &starts[rhythm])
        }
    }

    private static func add(_ amount: Float, at index: Int, of count: Int, to days: inout [Double]) {
        if days.isEmpty { days = Array(repeating: 0, count: count) }
        days[index] += Double(amount)
    }

    /// What is expected of the days after one, and the variance of one of them. All groups of clients go by the same days,
    /// so that what is expected of them adds up.
    func days(after origin: Day, count: Int, habits: [RenewalHabits]) -> (values: [Double], variance: Double) {
        let end = Int(origin.rawValue) + 1
        let window = max(Int(dataStart), end - UnannouncedRevenue.windowDays)..<end
        guard Int(dataStart) < end else { return (Array(repeating: 0, count: count), 0) }
        let byWeekday = weekdays(window)
        func weekday(_ day: Int) -> Double { byWeekday[UnannouncedRevenue.weekday(day)] }
        var values = (0..<count).map { weekday(end + $0) }
        for rhythm in BillingRhythm.allCases {
            let habit = habits[rhythm.rawValue]
            let days = UnannouncedRevenue.days(of: rhythm)
            let rate = mean(starts[rhythm.rawValue], window)
            let carriedThrough =
                Int(dataStart) + Int(days.rounded()) + UnannouncedRevenue.carriedGrace - Int(origin.rawValue)
            let carriedRate = carriedThrough > 0 ? mean(carried[rhythm.rawValue], window) : 0
            if rate == 0, carriedRate == 0 { continue }
            for day in 0..<count {
                if day < carriedThrough { values[day] += carriedRate }
                // What begins in the days to come goes on in them.
                var factor = habit.renewal * habit.growth
                var begun = Double(day) - days
                while begun >= 0, factor > 1e-3 {
                    values[day] += factor * (rate + (Int(begun) < carriedThrough ? carriedRate : 0))
                    factor *= habit.renewal * habit.growth
                    begun -= days
                }
            }
        }
        var squares = 0.0
        for day in window {
            let rest = value(all, on: day) - weekday(day)
            squares += rest * rest
        }
        return (values, squares / Double(max(1, window.count - 1)))
    }

    private static func days(of rhythm: BillingRhythm) -> Double {
        switch rhythm {
        case .weekly: 7
        case .monthly: 30.4375
        case .quarterly: 91.3125
        case .halfYearly: 182.625
        case .yearly: 365.25
        }
    }

    /// 0 outside of the series.
    private func value(_ values: [Double], on day: Int) -> Double {
        let at = day - Int(first)
        return values.indices.contains(at) ? values[at] : 0
    }

    private func mean(_ values: [Double], _ window: Range<Int>) -> Double {
        if values.isEmpty { return 0 }
        return window.reduce(0) { $0 + value(values, on: $1) } / Double(window.count)
    }

    private static func weekday(_ day: Int) -> Int { Day(rawValue: Int32(clamping: day)).weekday - 1 }

    /// Mondays first.
    private func weekdays(_ window: Range<Int>) -> [Double] {
        guard window.count >= UnannouncedRevenue.weekdayDaysMin else {
            return Array(repeating: mean(all, window), count: 7)
        }
        var sums = [Double](repeating: 0, count: 7)
        var counts = sums
        for day in window {
            let weekday = UnannouncedRevenue.weekday(day)
            sums[weekday] += value(all, on: day)
            counts[weekday] += 1
        }
        return zip(sums, counts).map { $0 / $1 }
    }
}
