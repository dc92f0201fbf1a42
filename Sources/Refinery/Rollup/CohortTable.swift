public import Records
public import Standings

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
    /// Recurring revenue of the members at the end of that month, micro-units.
    private(set) var revenue: [Int64]
    /// The first k whose revenue is known; `.max` where none is.
    private let revenueIsKnownFrom: Int

    public init(month: Month, size: Int, active: [Int], revenue: [Int64], revenueIsKnownFrom: Int = 0) {
        self.month = month
        self.size = size
        self.active = active
        self.revenue = revenue
        self.revenueIsKnownFrom = revenueIsKnownFrom
    }

    /// Recurring revenue of the members at the end of month k, or on the as-of day, micro-units; nil where nothing says it.
    public func revenue(_ k: Int) -> Int64? { k >= revenueIsKnownFrom ? revenue[k] : nil }

    /// Share of the members active in month k.
    public func retention(_ k: Int) -> Double? { size > 0 ? Double(active[k]) / Double(size) : nil }

    /// Revenue of month k over that of month 0; nil when there was none, or nobody knows.
    public func revenueRetention(_ k: Int) -> Double? {
        guard let first = revenue(0), first > 0, let later = revenue(k) else { return nil }
        return Double(later) / Double(first)
    }
}

/// Cohorts by month, ascending. The last cell of every cohort lies in the month of the as-of day, which is incomplete:
/// it is shown, and never averaged.
public struct CohortTable: Sendable, Equatable {
    public var definition: CohortDefinition
    public var lastMonth: Month
    public var cohorts: [Cohort]

    /// - Parameters:
    ///   - standings: what clients are worth, on the same day.
    ///   - includes: which positions belong to the population; nil for all.
    public init(
        _ gold: GoldTables, silver: SilverTables, standings: CompanyStandings, by definition: CohortDefinition,
        includes: [Bool]? = nil
    ) {
        self.definition = definition
        lastMonth = gold.asOf.month
        var byMonth: [Int32: Cohort] = [:]
        var members = Members(gold, silver, standings, definition)
        for position in 0..<gold.count where includes?[position] ?? true {
            members.enter(position, into: &byMonth, sign: 1)
        }
        cohorts = byMonth.values.sorted { $0.month < $1.month }
    }

    /// An earlier state of the same clients as of the same day, of which none but those who have changed stand elsewhere now.
    public struct Predecessor {
        public var table: CohortTable
        public var gold: GoldTables
        public var silver: SilverTables
        public var standings: CompanyStandings

        public init(table: CohortTable, gold: GoldTables, silver: SilverTables, standings: CompanyStandings) {
            self.table = table
            self.gold = gold
            self.silver = silver
            self.standings = standings
        }
    }

    /// The same, from the cohorts of an earlier state.
    /// - Parameter changed: positions whose months may differ.
    /// - Returns: nil where an amount has reached the limits of its type: then nothing can be taken out of it again.
    public init?(
        after previous: Predecessor, _ gold: GoldTables, silver: SilverTables, standings: CompanyStandings,
        changed: [Int]
    ) {
        guard previous.table.lastMonth == gold.asOf.month,
            Members.knownMonth(previous.standings) == Members.knownMonth(standings)
        else { return nil }
        definition = previous.table.definition
        lastMonth = previous.table.lastMonth
        var byMonth = Dictionary(uniqueKeysWithValues: previous.table.cohorts.map { ($0.month.rawValue, $0) })
        if byMonth.values.contains(where: \.isSaturated) { return nil }
        var gone = Members(previous.gold, previous.silver, previous.standings, definition)
        var come = Members(gold, silver, standings, definition)
        for position in changed {
            gone.enter(position, into: &byMonth, sign: -1)
            come.enter(position, into: &byMonth, sign: 1)
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

/// Enters clients into their cohorts.
private struct Members {
    private let gold: GoldTables
    private let creationDay: [Int32]
    private let definition: CohortDefinition
    /// Nil where what clients are worth is what they paid.
    private var worth: RevenueMonths?
    private let known: Int32

    init(
        _ gold: GoldTables, _ silver: SilverTables, _ standings: CompanyStandings, _ definition: CohortDefinition
    ) {
        self.gold = gold
        creationDay = silver.clients.creationDay
        self.definition = definition
        worth = standings.method == .coverage ? RevenueMonths(standings) : nil
        known = Members.knownMonth(standings)
    }

    /// The first month in which anything says what clients were worth; `.max` where there is none.
    static func knownMonth(_ standings: CompanyStandings) -> Int32 {
        if standings.method != .coverage { return .min }
        return standings.knowsMRR ? standings.firstRevenueMonth.rawValue : .max
    }

    /// Adds a member with his months (`sign` 1) or takes him out (-1).
    mutating func enter(_ position: Int, into cohorts: inout [Int32: Cohort], sign: Int) {
        let client = Int(gold.clients[position])
        let months = gold.months[position]
        let first =
            switch definition {
            case .signupMonth: Day(rawValue: creationDay[client]).month.rawValue
            case .firstActivity: months.first { $0.isActive }?.month
            }
        guard let own = first else { return }
        var cohort = cohorts.removeValue(forKey: own) ?? Cohort(own, last: gold.asOf.month.rawValue, known: known)
        cohort.add(months, own: own, countsRevenue: worth == nil, sign: sign)
        worth?.forEach(client) { cohort.add($1.end, in: Int($0.rawValue) - Int(own), sign: sign) }
        cohorts[own] = cohort
    }
}

extension Cohort {
    /// Nobody's, from its month up to the last one.
    fileprivate init(_ own: Int32, last: Int32, known: Int32) {
        let length = Int(last) - Int(own) + 1
        self.init(
            month: Month(rawValue: own), size: 0, active: Array(repeating: 0, count: length),
            revenue: Array(repeating: 0, count: length),
            revenueIsKnownFrom: known == .max ? .max : max(0, Int(known) - Int(own)))
    }

    /// Whether an amount has reached the limits of its type.
    fileprivate var isSaturated: Bool { revenue.contains { $0 == .max || $0 == .min } }

    fileprivate mutating func add(_ months: ArraySlice<ClientMonth>, own: Int32, countsRevenue: Bool, sign: Int) {
        size += sign
        for month in months where month.month >= own {
            let k = Int(month.month - own)
            guard k < active.count else { continue }
            if month.isActive { active[k] += sign }
            if countsRevenue { add(month.recurring, in: k, sign: sign) }
        }
    }

    fileprivate mutating func add(_ amount: Int64, in k: Int, sign: Int) {
        guard revenue.indices.contains(k) else { return }
        revenue[k] = revenue[k].addingSaturated(Int64(sign) &* amount)
    }
}
