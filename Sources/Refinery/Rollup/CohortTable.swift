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
            guard let own = definition.month(of: position, gold, silver) else { continue }
            byMonth[own, default: Cohort(own, last: last)].add(gold.months[position], own: own)
        }
        cohorts = byMonth.values.sorted { $0.month < $1.month }
    }

    /// The same, from the cohorts of an earlier state of the same clients as of the same day.
    /// - Parameter changed: positions whose months may differ.
    /// - Returns: nil where an amount has reached the limits of its type: then nothing can be taken out of it again.
    public init?(
        after previous: CohortTable, of previousGold: GoldTables, _ gold: GoldTables, silver: SilverTables,
        changed: [Int]
    ) {
        guard previous.lastMonth == gold.asOf.month else { return nil }
        definition = previous.definition
        lastMonth = previous.lastMonth
        let last = lastMonth.rawValue
        var byMonth = Dictionary(uniqueKeysWithValues: previous.cohorts.map { ($0.month.rawValue, $0) })
        for position in changed {
            if let own = definition.month(of: position, previousGold, silver) {
                guard let cohort = byMonth[own], !cohort.isSaturated else { return nil }
                byMonth[own]?.add(previousGold.months[position], own: own, sign: -1)
            }
            if let own = definition.month(of: position, gold, silver) {
                byMonth[own, default: Cohort(own, last: last)].add(gold.months[position], own: own)
            }
        }
        if byMonth.values.contains(where: \.isSaturated) { return nil }
        cohorts = byMonth.values.filter { $0.size > 0 }.sorted { $0.month < $1.month }
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

extension CohortDefinition {
    /// The month of a client's cohort; nil where he is in none.
    fileprivate func month(of position: Int, _ gold: GoldTables, _ silver: SilverTables) -> Int32? {
        switch self {
        case .signupMonth: Day(rawValue: silver.clients.creationDay[Int(gold.clients[position])]).month.rawValue
        case .firstActivity: gold.months[position].first { $0.isActive }?.month
        }
    }
}

extension Cohort {
    /// Nobody's, from its month up to the last one.
    fileprivate init(_ own: Int32, last: Int32) {
        let length = Int(last - own) + 1
        self.init(
            month: Month(rawValue: own), size: 0, active: Array(repeating: 0, count: length),
            revenue: Array(repeating: 0, count: length))
    }

    /// Whether an amount has reached the limits of its type.
    fileprivate var isSaturated: Bool { revenue.contains { $0 == .max || $0 == .min } }

    /// Adds the months of a member (`sign` 1) or takes them out (-1).
    fileprivate mutating func add(_ months: ArraySlice<ClientMonth>, own: Int32, sign: Int = 1) {
        size += sign
        for month in months where month.month >= own {
            let k = Int(month.month - own)
            guard k < active.count else { continue }
            if month.isActive { active[k] += sign }
            revenue[k] = revenue[k].addingSaturated(Int64(sign) &* month.recurring)
        }
    }
}
