/// The counts of one client that are compared with those of other clients of the same plan: 28-day windows.
public struct EngagementCounts: BitwiseCopyable, Sendable, Equatable {
    public var activeDays: Int32
    public var events: Int32
    public var distinctFeatures: Int32

    public init(activeDays: Int32 = 0, events: Int32 = 0, distinctFeatures: Int32 = 0) {
        self.activeDays = activeDays
        self.events = events
        self.distinctFeatures = distinctFeatures
    }
}

/// How active the clients of every plan were at the end of a day: what the clients of the day after are compared with, so
/// that nobody's health moves because others have been active today.
public struct PlanActivity: Sendable, Equatable {
    public private(set) var activeDays = CountsByPlan()
    public private(set) var events = CountsByPlan()
    public private(set) var distinctFeatures = CountsByPlan()

    public init() {}

    public mutating func insert(_ counts: EngagementCounts, plan: UInt16) {
        activeDays.insert(counts.activeDays, plan: plan)
        events.insert(counts.events, plan: plan)
        distinctFeatures.insert(counts.distinctFeatures, plan: plan)
    }

    /// Takes out a client who was put in with the same counts.
    public mutating func remove(_ counts: EngagementCounts, plan: UInt16) {
        activeDays.remove(counts.activeDays, plan: plan)
        events.remove(counts.events, plan: plan)
        distinctFeatures.remove(counts.distinctFeatures, plan: plan)
    }
}

/// How often every count occurs among the clients of every plan. Equal whenever the clients are, in whatever order they
/// came and went.
public struct CountsByPlan: Sendable, Equatable {
    /// The clients of one plan.
    public struct Plan: Sendable, Equatable {
        public fileprivate(set) var size = 0
        /// How often each value below ``CountsByPlan/ceiling`` occurs, up to the largest that does.
        public fileprivate(set) var occurrences: [Int32] = []
        /// The values from the ceiling on, ascending: few clients have any.
        public fileprivate(set) var large: [Int32] = []
    }

    public static let ceiling: Int32 = 4096

    /// By the code of the plan, up to the last one that has clients.
    public private(set) var plans: [Plan] = []

    public init() {}

    mutating func insert(_ value: Int32, plan: UInt16) {
        let plan = Int(plan)
        if plan >= plans.count { plans.append(contentsOf: repeatElement(Plan(), count: plan - plans.count + 1)) }
        plans[plan].size += 1
        guard value < CountsByPlan.ceiling else {
            plans[plan].large.insert(value, at: place(of: value, plan))
            return
        }
        let value = Int(max(0, value))
        let missing = value + 1 - plans[plan].occurrences.count
        if missing > 0 { plans[plan].occurrences.append(contentsOf: repeatElement(0, count: missing)) }
        plans[plan].occurrences[value] += 1
    }

    mutating func remove(_ value: Int32, plan: UInt16) {
        let plan = Int(plan)
        plans[plan].size -= 1
        if value < CountsByPlan.ceiling {
            plans[plan].occurrences[Int(max(0, value))] -= 1
            while plans[plan].occurrences.last == 0 { plans[plan].occurrences.removeLast() }
        } else {
            plans[plan].large.remove(at: place(of: value, plan))
        }
        while plans.last?.size == 0 { plans.removeLast() }
    }

    /// Where a value stands, or would stand, among the large ones.
    private func place(of value: Int32, _ plan: Int) -> Int {
        let large = plans[plan].large
        var low = 0
        var high = large.count
        while low < high {
            let middle = (low + high) / 2
            if large[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
