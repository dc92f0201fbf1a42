public import Records

/// Whether the payments of a company are subscriptions.
public struct RecurrenceSurvey: Sendable, Equatable {
    /// Clients with payments on three days or more.
    public private(set) var clients = 0
    /// Those who pay at their interval at least every second time.
    public private(set) var regular = 0
    /// Clients with an interval of their own, which is not that of their plan.
    public private(set) var ownIntervals = 0

    public init() {}

    /// Looks at a client that was prepared.
    public mutating func add(_ client: inout ClientLedger, by intervals: PlanIntervals) {
        count(&client, by: intervals, step: 1)
    }

    /// Takes a client out who was looked at as he is prepared here, by the same intervals.
    public mutating func remove(_ client: inout ClientLedger, by intervals: PlanIntervals) {
        count(&client, by: intervals, step: -1)
    }

    private mutating func count(_ client: inout ClientLedger, by intervals: PlanIntervals, step: Int) {
        if client.hasSubscriptions { return }
        client.findOwnInterval(intervals)
        if client.ownInterval != nil { ownIntervals += step }
        client.makeGaps()
        guard !client.gaps.isEmpty else { return }
        clients += step
        var near = 0
        for gap in client.gaps {
            let charge = client.charges[Int(gap.charge)]
            let interval =
                BillingInterval(from: charge.periodStart, through: charge.periodEnd)
                ?? client.ownInterval ?? intervals[client.knownPlan(on: charge.day)]
            if interval.isNear(halfDays: 2 * Int(gap.days)) { near += 1 }
        }
        if 2 * near >= client.gaps.count { regular += step }
    }

    public mutating func merge(_ other: RecurrenceSurvey) {
        clients += other.clients
        regular += other.regular
        ownIntervals += other.ownIntervals
    }

    /// Whether they recur. When they do not, they are revenue only and nobody leaves by them.
    public func recurs(_ setting: RevenueSettings.Recurrence = .auto) -> Bool {
        switch setting {
        case .yes: true
        case .no: false
        case .auto: clients < 5 || 2 * regular >= clients
        }
    }
}

extension ClientLedger {
    /// The interval that at least three of four gaps between his payment days are near to, where it is not his plan's.
    mutating func findOwnInterval(_ intervals: PlanIntervals) {
        let plan = intervals[plans[0].plan]
        // Asked for once by the survey and once by the ledger.
        if ownIntervalPlan == plan { return }
        ownIntervalPlan = plan
        ownInterval = nil
        guard plans.count == 1, paymentDays.count > 1 else { return }
        let days = paymentDays
        let count = days.count - 1
        let median = doubledMedian(of: (0..<count).lazy.map { Int32(clamping: Int(days[$0 + 1]) - Int(days[$0])) })
        if plan.isNear(halfDays: median) { return }
        var best = Int.max
        for candidate in BillingInterval.candidates {
            if count < 2, candidate != .year, candidate != BillingInterval(24, .months) { continue }
            var near = 0
            for gap in sortedGaps where candidate.isNear(halfDays: 2 * Int(gap)) { near += 1 }
            if 4 * near < 3 * count { continue }
            // 31 days are near a month and near four weeks: the nearer one it is.
            let distance = abs(8 * median - candidate.sixteenths)
            if distance < best { (best, ownInterval) = (distance, candidate) }
        }
    }
}
