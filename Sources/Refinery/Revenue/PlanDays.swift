extension PlanStep {
    /// The first day of the plan.
    @inline(__always)
    var firstDay: Int64 { isDated || day == .min ? Int64(day) : Int64(day) + 1 }
}

/// How well payments fit a plan that began with one of them.
struct PlanSplit: Sendable, BitwiseCopyable {
    /// The largest ratio of two neighbouring monthly values among the payments up to here.
    var before: MonthlyRatio
    /// The same from here on, by the new plan.
    var after: MonthlyRatio
}

/// A ratio of two monthly values, at least 1, as a fraction.
struct MonthlyRatio: Sendable, BitwiseCopyable {
    var numerator: UInt128
    var denominator: UInt128

    static let one = MonthlyRatio(numerator: 1, denominator: 1)

    init(numerator: UInt128, denominator: UInt128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// - Parameters: amounts above 0, and what an interval makes of them a month.
    init(_ first: (Int64, BillingInterval), _ second: (Int64, BillingInterval)) {
        func value(_ amount: Int64, _ own: BillingInterval, _ other: BillingInterval) -> UInt128 {
            UInt128(amount.magnitude) * UInt128(own.monthly.multiplier.magnitude)
                * UInt128(other.monthly.divisor.magnitude)
        }
        let (a, b) = (value(first.0, first.1, second.1), value(second.0, second.1, first.1))
        self.init(numerator: max(a, b), denominator: max(1, min(a, b)))
    }

    static func < (lhs: MonthlyRatio, rhs: MonthlyRatio) -> Bool {
        let (a, b) = (
            lhs.numerator.multipliedFullWidth(by: rhs.denominator),
            rhs.numerator.multipliedFullWidth(by: lhs.denominator)
        )
        return a.high != b.high ? a.high < b.high : a.low < b.low
    }

    static func larger(_ lhs: MonthlyRatio, _ rhs: MonthlyRatio) -> MonthlyRatio { lhs < rhs ? rhs : lhs }

    var isAtMostTwo: Bool { numerator <= denominator.multipliedReportingOverflow(by: 2).partialValue }
}

extension ClientLedger {
    /// The plans that are known on a day, in the order of their days; a row that changes nothing is no change.
    mutating func preparePlans(asOf: Int32) {
        plans.removeAll(keepingCapacity: true)
        for step in steps where step.day == .min || step.day <= asOf {
            var step = step
            if plans.isEmpty { step.day = .min }
            plans.append(step)
        }
        if plans.isEmpty { plans.append(PlanStep(plan: PlanNames.none, day: .min, isDated: true)) }
        if plans.count == 1 { return }
        // Of two for one day the one received later counts, so equal ones keep their order.
        let sorted = plans.enumerated().sorted {
            ($0.element.firstDay, $0.offset) < ($1.element.firstDay, $1.offset)
        }
        plans.removeAll(keepingCapacity: true)
        for (_, step) in sorted {
            if let last = plans.last, last.firstDay == step.firstDay, plans.count > 1 { plans.removeLast() }
            if plans.last?.plan != step.plan { plans.append(step) }
        }
    }

    /// The plan as the rows alone have it.
    func knownPlan(on day: Int32) -> UInt32 {
        var plan = plans[0].plan
        for step in plans.dropFirst() where step.firstDay <= Int64(day) { plan = step.plan }
        return plan
    }

    /// Lets the payments say when a plan changed, where no row does and the intervals of the two plans differ.
    mutating func resolvePlans(by intervals: PlanIntervals) {
        guard plans.count > 1 else {
            plans[0].isDated = true
            return
        }
        var begin = Int64.min
        for at in plans.indices {
            var first = plans[at].firstDay
            if at > 0, !plans[at].isDated, !hasSubscriptions {
                let (old, new) = (intervals[plans[at - 1].plan], intervals[plans[at].plan])
                if old != new, let day = witnessedDay(from: begin, before: first, old, new) { first = Int64(day) }
            }
            first = max(first, begin)
            plans[at].day = Int32(clamping: first)
            plans[at].isDated = true
            begin = first
        }
    }

    /// The day of the payment with which a plan began, by the payments from one day up to another.
    private mutating func witnessedDay(
        from begin: Int64, before end: Int64, _ old: BillingInterval, _ new: BillingInterval
    ) -> Int32? {
        let first = charges.firstIndex { Int64($0.day) >= begin && $0.isRecurring } ?? charges.endIndex
        var last = first
        while last < charges.endIndex, Int64(charges[last].day) < end { last += 1 }
        let taken = charges[first..<last].filter(\.isRecurring)
        guard taken.count > 1 else { return nil }
        func value(_ at: Int, _ interval: BillingInterval) -> (Int64, BillingInterval) {
            let charge = taken[at]
            return (
                charge.amount, BillingInterval(from: charge.periodStart, through: charge.periodEnd) ?? interval
            )
        }
        /// Between two currencies nothing can be told.
        func ratio(_ at: Int, _ interval: BillingInterval, _ next: BillingInterval) -> MonthlyRatio {
            if taken[at].currency != taken[at + 1].currency { return .one }
            return MonthlyRatio(value(at, interval), value(at + 1, next))
        }
        planDaysBest.removeAll(keepingCapacity: true)
        planDaysBest.append(contentsOf: repeatElement(PlanSplit(before: .one, after: .one), count: taken.count))
        for at in 1..<taken.count {
            planDaysBest[at].before = .larger(planDaysBest[at - 1].before, ratio(at - 1, old, old))
        }
        for at in (0..<taken.count - 1).reversed() {
            planDaysBest[at].after = .larger(planDaysBest[at + 1].after, ratio(at, new, new))
        }
        // Split before payment `at`; one past the last is no split by payments.
        var best = (split: taken.count, ratio: planDaysBest[taken.count - 1].before)
        for at in (1..<taken.count).reversed() {
            let here = MonthlyRatio.larger(
                .larger(planDaysBest[at - 1].before, planDaysBest[at].after), ratio(at - 1, old, new))
            // Of equally good ones the latest.
            if here < best.ratio { best = (at, here) }
        }
        return best.split < taken.count && best.ratio.isAtMostTwo ? taken[best.split].day : nil
    }

    /// The interval of every charge that makes a cover: its own, the client's, or that of the plan in force.
    func interval(of charge: Charge, plan: BillingInterval) -> BillingInterval {
        if charge.periodStart != LedgerPayment.noDay,
            let stated = BillingInterval(from: charge.periodStart, through: charge.periodEnd)
        {
            return stated
        }
        return ownInterval ?? plan
    }
}
