public import Records

/// How clients are put into cohorts.
public enum CohortDefinition: String, Sendable, CaseIterable {
    /// The month of the account's creation.
    case signupMonth = "signup_month"
    /// The first month with activity.
    case firstActivity = "first_activity"
}

/// One cohort followed over the months since its own.
public struct Cohort: Sendable, Equatable {
    public var month: Month
    public var size: Int
    /// Distinct members active in month `month + k`, for k = 0 …, up to the month of the as-of day.
    public var active: [Int]
    /// Recurring revenue of the members in that month, micro-units.
    public var revenue: [Int64]

    public init(month: Month, size: Int, active: [Int], revenue: [Int64]) {
        self.month = month
        self.size = size
        self.active = active
        self.revenue = revenue
    }

    /// Share of the members active in month k.
    public func retention(_ k: Int) -> Double? { size > 0 ? Double(active[k]) / Double(size) : nil }

    /// Revenue of month k over that of month 0; nil when there was none.
    public func revenueRetention(_ k: Int) -> Double? {
        revenue[0] > 0 ? Double(revenue[k]) / Double(revenue[0]) : nil
    }
}

/// Cohorts by month, ascending. The last cell of every cohort lies in the month of the as-of day, which is incomplete:
/// it is shown, and never averaged.
public struct CohortTable: Sendable, Equatable {
    public var definition: CohortDefinition
    public var lastMonth: Month
    public var cohorts: [Cohort]

    /// - Parameter includes: which positions belong to the population; nil for all.
    public init(
        _ gold: GoldTables, silver: SilverTables, by definition: CohortDefinition, includes: [Bool]? = nil
    ) {
        self.definition = definition
        lastMonth = gold.asOf.month
        var byMonth: [Int32: Cohort] = [:]
        let last = lastMonth.rawValue
        for position in 0..<gold.count where includes?[position] ?? true {
            let months = gold.months[position]
            let own: Int32
            switch definition {
            case .signupMonth:
                own = Day(rawValue: silver.clients.creationDay[Int(gold.clients[position])]).month.rawValue
            case .firstActivity:
                guard let first = months.first(where: { $0.isActive }) else { continue }
                own = first.month
            }
            let length = Int(last - own) + 1
            byMonth[
                own,
                default: Cohort(
                    month: Month(rawValue: own), size: 0, active: Array(repeating: 0, count: length),
                    revenue: Array(repeating: 0, count: length))
            ].add(months, own: own)
        }
        cohorts = byMonth.values.sorted { $0.month < $1.month }
    }

    /// Whether the cell of a cohort is over.
    public func isComplete(_ cohort: Cohort, _ k: Int) -> Bool { cohort.month.advanced(by: k) < lastMonth }

    /// Retention at k over all cohorts old enough to have a complete month k: the sum of the cells over the sum of the
    /// sizes.
    public func overall(_ k: Int) -> Double? {
        var active = 0
        var size = 0
        for cohort in cohorts where k < cohort.active.count && isComplete(cohort, k) {
            active += cohort.active[k]
            size += cohort.size
        }
        return size > 0 ? Double(active) / Double(size) : nil
    }
}

extension Cohort {
    fileprivate mutating func add(_ months: ArraySlice<ClientMonth>, own: Int32) {
        size += 1
        for month in months where month.month >= own {
            let k = Int(month.month - own)
            guard k < active.count else { continue }
            if month.isActive { active[k] += 1 }
            revenue[k] = revenue[k].addingSaturated(month.recurring)
        }
    }
}
