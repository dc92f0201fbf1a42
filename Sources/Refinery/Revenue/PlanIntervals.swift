/// How often each plan is paid.
public struct PlanIntervals: Sendable, Equatable {
    /// How an interval came to be known.
    public enum Basis: Sendable, Equatable {
        case table
        /// From the gaps between the payments of so many clients.
        case payments(clients: Int)
        case name
        /// Nothing is known: a month.
        case assumed
    }

    /// By plan.
    public let intervals: [BillingInterval]
    public let basis: [Basis]

    /// - Parameter table: months by the name of a plan; a plan that it does not name is found out.
    public init(_ plans: PlanNames, table: [String: Int] = [:], survey: GapSurvey) {
        var named: [String: Int] = [:]
        // Two names of a table that are one plan: the later in the order of names counts, wherever it stood.
        for (name, months) in table.sorted(by: { $0.key < $1.key }) { named[PlanNames.folded(name)] = months }
        let found = survey.intervals()
        var intervals: [BillingInterval] = []
        var basis: [Basis] = []
        for (plan, name) in plans.folded.enumerated() {
            if let months = named[name] {
                intervals.append(BillingInterval(months, .months))
                basis.append(.table)
            } else if let (interval, clients) = found[UInt32(plan)] {
                intervals.append(interval)
                basis.append(.payments(clients: clients))
            } else if let interval = PlanNames.interval(inFolded: name) {
                intervals.append(interval)
                basis.append(.name)
            } else {
                intervals.append(.month)
                basis.append(.assumed)
            }
        }
        self.intervals = intervals
        self.basis = basis
    }

    /// A plan that is unknown is paid monthly.
    @inline(__always)
    subscript(plan: UInt32) -> BillingInterval { Int(plan) < intervals.count ? intervals[Int(plan)] : .month }
}

/// The usual gaps between the payments of clients, by plan. Parts of a company can be surveyed apart and merged in any
/// order, and a client can be taken out again.
public struct GapSurvey: Sendable {
    /// Clients of a plan that it takes to go by them.
    static let fewestClients = 5

    /// How many clients have a median gap, by plan and twice the median.
    private var medians: [UInt64: Int] = [:]

    public init() {}

    /// Looks at a client that was prepared.
    public mutating func add(_ client: inout ClientLedger) { count(&client, by: 1) }

    /// Takes a client out who was looked at as he is prepared here.
    public mutating func remove(_ client: inout ClientLedger) { count(&client, by: -1) }

    private mutating func count(_ client: inout ClientLedger, by step: Int) {
        // With subscriptions his payments say nothing.
        if client.hasSubscriptions || client.paymentDays.count < 3 { return }
        client.makeGaps()
        if client.plans.count == 1 {
            count(client.plans[0].plan, client.doubledMedian(of: client.gaps.lazy.map(\.days)), by: step)
            return
        }
        // The gaps of a client who changed are those of the plan in which they began.
        for at in client.plans.indices {
            let end = at + 1 < client.plans.count ? client.plans[at + 1].firstDay : Int64.max
            let days = client.plans[at].firstDay..<max(client.plans[at].firstDay, end)
            let charges = client.charges
            let gaps = client.gaps.filter { days.contains(Int64(charges[Int($0.charge)].day)) }
            if gaps.count < 2 { continue }
            count(client.plans[at].plan, client.doubledMedian(of: gaps.map(\.days)), by: step)
        }
    }

    private mutating func count(_ plan: UInt32, _ doubled: Int, by step: Int) {
        medians[UInt64(plan) << 32 | UInt64(UInt32(clamping: doubled)), default: 0] += step
    }

    public mutating func merge(_ other: GapSurvey) {
        for (median, clients) in other.medians { medians[median, default: 0] += clients }
    }

    /// By plan, for plans with enough clients.
    func intervals() -> [UInt32: (BillingInterval, clients: Int)] {
        let sorted = medians.sorted { $0.key < $1.key }.flatMap { repeatElement($0.key, count: max(0, $0.value)) }
        var result: [UInt32: (BillingInterval, clients: Int)] = [:]
        var start = 0
        while start < sorted.count {
            let plan = UInt32(truncatingIfNeeded: sorted[start] >> 32)
            var end = start
            while end < sorted.count, sorted[end] >> 32 == UInt64(plan) { end += 1 }
            if end - start >= GapSurvey.fewestClients {
                result[plan] = (GapSurvey.nearest(sorted[start..<end]), end - start)
            }
            start = end
        }
        return result
    }

    /// The candidate that the medians are nearest to, by the median of their distances; of two the shorter.
    private static func nearest(_ medians: ArraySlice<UInt64>) -> BillingInterval {
        var best = (distance: Int.max, interval: BillingInterval.month)
        for candidate in BillingInterval.candidates {
            let distance = doubledMedianDistance(medians, candidate)
            if distance < best.distance { best = (distance, candidate) }
        }
        return best.interval
    }

    /// Twice the median distance, in sixteenths of a day. The medians ascend: so their distances fall up to the interval
    /// and rise from there on, and the smallest lie side by side.
    private static func doubledMedianDistance(_ medians: ArraySlice<UInt64>, _ interval: BillingInterval) -> Int {
        func distance(_ at: Int) -> Int {
            abs(8 * Int(UInt32(truncatingIfNeeded: medians[at])) - interval.sixteenths)
        }
        let target = medians.count / 2
        // The first median that is not below the interval.
        var low = medians.startIndex
        var high = medians.endIndex
        while low < high {
            let middle = (low + high) / 2
            if 8 * Int(UInt32(truncatingIfNeeded: medians[middle])) < interval.sixteenths {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var (below, above) = (low - 1, low)
        var (previous, current) = (0, 0)
        for _ in 0...target {
            previous = current
            let takesBelow =
                above >= medians.endIndex || (below >= medians.startIndex && distance(below) <= distance(above))
            current = distance(takesBelow ? below : above)
            if takesBelow { below -= 1 } else { above += 1 }
        }
        return medians.count % 2 == 0 ? previous + current : 2 * current
    }
}
