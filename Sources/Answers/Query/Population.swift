import Contract
import Lifecycle
import Records
import Revenue
import Rollup
import Snapshots
import Standings
import Words

/// The clients a question is about, bound to a generation: sums over groups where dimensions decide, a walk over
/// clients
/// where they do not.
final class Population {
    let snapshot: Snapshot
    let filter: ClientFilter
    /// The groups that pass.
    private let groupFlags: [Bool]
    /// The value of a dimension that narrows the population further.
    private let part: (grouping: Grouping, value: String)?
    /// Where its months stand among those of others, when somebody has added them up together.
    private let column: (monthly: MonthlyRollup, group: Int)?
    /// Flags by position; nil when all pass. Worked out when a walk needs them.
    private(set) lazy var includes: [Bool]? = computeIncludes()
    /// Monthly cells: those of the generation, or of this population alone.
    private(set) lazy var monthly: MonthlyRollup = computeMonthly()

    /// - Parameters:
    ///   - part: takes the clients with one value of a dimension alone.
    ///   - column: its months, where they are known.
    init(
        _ filter: ClientFilter, _ snapshot: Snapshot, part: (grouping: Grouping, value: String)? = nil,
        column: (monthly: MonthlyRollup, group: Int)? = nil
    ) {
        self.column = column
        self.filter = filter
        self.snapshot = snapshot
        self.part = part
        var flags = filter.groups(snapshot)
        if let part {
            let code = part.grouping.dimension(of: snapshot).values.firstIndex(of: part.value).map { UInt16($0) }
            for (index, group) in snapshot.groups.groups.enumerated() where part.grouping.code(of: group) != code {
                flags[index] = false
            }
        }
        groupFlags = flags
    }

    /// The same population in another generation.
    func at(_ other: Snapshot) -> Population {
        other === snapshot ? self : Population(filter, other, part: part)
    }

    /// Whether sums over the groups of the generation answer for it.
    private var isKept: Bool { filter.isDimensional && (!snapshot.groups.isTooMany || takesAllGroups) }

    private var takesAllGroups: Bool { groupFlags.allSatisfy { $0 } }

    var isEmpty: Bool {
        if !groupFlags.contains(true) { return true }
        if filter.isDimensional { return false }
        return !(includes?.contains(true) ?? (snapshot.count > 0))
    }

    private func computeIncludes() -> [Bool]? {
        if filter.isDimensional, takesAllGroups { return nil }
        var flags = [Bool](repeating: false, count: snapshot.count)
        BoundFilter(filter, snapshot, groups: groupFlags).forEachSelection { selection in
            for position in selection { flags[Int(position)] = true }
        }
        return flags
    }

    private func computeMonthly() -> MonthlyRollup {
        if isKept { return snapshot.monthly }
        let group = (0..<snapshot.count).map { includes?[$0] ?? true ? Int32(0) : -1 }
        return MonthlyRollup(
            snapshot.gold, silver: snapshot.silver, group: group, groupCount: 1, standings: snapshot.standings)
    }

    /// The population's cell of a month.
    func cell(_ month: Month) -> MonthlyCell {
        if let column { return column.monthly[month, column.group] }
        if !isKept || snapshot.groups.isTooMany { return monthly[month, 0] }
        var sum = MonthlyCell()
        for (index, passes) in groupFlags.enumerated() where passes { sum += monthly[month, index] }
        return sum
    }

    /// The first month in which anything but a sign-up happened.
    func firstMonthWithData(_ monthly: MonthlyRollup) -> Month {
        for offset in 0..<monthly.monthCount {
            let month = monthly.firstMonth.advanced(by: offset)
            let cell = cell(month)
            if cell.events > 0 || cell.transactions > 0 || cell.revenue != 0 || cell.tickets > 0
                || cell.surveyAnswers > 0
            {
                return month
            }
        }
        return monthly.lastMonth
    }

    /// How many of its clients have each value of a dimension, by the value's code.
    func customers(by grouping: Grouping) -> [Int] {
        var counts = [Int](repeating: 0, count: grouping.dimension(of: snapshot).values.count)
        if filter.isDimensional {
            for (index, group) in snapshot.groups.groups.enumerated() where groupFlags[index] {
                counts[Int(grouping.code(of: group))] += snapshot.buckets.standing(ofGroup: index).clients
            }
        } else {
            let codes = grouping.dimension(of: snapshot).codes
            for (position, code) in codes.enumerated()
            where (includes?[position] ?? true) && snapshot.gold.status[position] != .left { counts[Int(code)] += 1 }
        }
        return counts
    }

    /// The months of its clients by some values of a dimension, added up together.
    func monthly(by grouping: Grouping, values: [Int]) -> MonthlyRollup {
        let dimension = grouping.dimension(of: snapshot)
        var column = [Int32](repeating: -1, count: dimension.values.count)
        for (index, value) in values.enumerated() { column[value] = Int32(index) }
        let group = dimension.codes.enumerated().map { position, code in
            includes?[position] ?? true ? column[Int(code)] : -1
        }
        return MonthlyRollup(
            snapshot.gold, silver: snapshot.silver, group: group, groupCount: values.count,
            standings: snapshot.standings)
    }

    /// Whether anything says what clients were worth on a day: payments are those of subscriptions, and their data had
    /// begun.
    func knowsMRR(at day: Day) -> Bool {
        switch snapshot.settings.revenue.method {
        case .cash: true
        case .coverage: snapshot.standings.knowsMRR && snapshot.standings.isRevenueKnown(on: day)
        }
    }

    /// Customers and churn of a period, as known on the generation's day.
    func churn(_ period: Period) -> LifecycleCounts.Cell {
        var group = [Int32](repeating: -1, count: snapshot.silver.clients.count)
        for (position, client) in snapshot.gold.clients.enumerated() where includes?[position] ?? true {
            group[Int(client)] = 0
        }
        return LifecycleCounts(snapshot.standings.lifecycle, periods: [period], group: group)[0]
    }

    /// How recurring revenue moved from the start of a period to its end; nil where nothing says what clients were worth.
    func movements(_ period: Period) -> RevenueMovements? {
        guard knowsMRR(at: period.last) else { return nil }
        if snapshot.settings.revenue.method == .cash { return cell(period.last.month).movements }
        var sum = RevenueMovements()
        var reader = WorthReader()
        for (position, client) in snapshot.gold.clients.enumerated() where includes?[position] ?? true {
            sum += snapshot.standings.movement(
                of: Int(client), from: period.first.advanced(by: -1), to: period.last, by: &reader)
        }
        return sum
    }

    /// What adds up over the population as of the generation's day.
    func standing() -> ClientBuckets.Standing {
        var sum = ClientBuckets.Standing()
        if filter.isDimensional {
            for (group, passes) in groupFlags.enumerated() where passes {
                sum += snapshot.buckets.standing(ofGroup: group)
            }
            return sum
        }
        BoundFilter(filter, snapshot, groups: groupFlags).forEachSelection { selection in
            sum += ClientBuckets.standing(
                of: selection.lazy.map { Int($0) }, snapshot.gold, snapshot.assessments)
        }
        return sum
    }
}

extension Grouping {
    func dimension(of snapshot: Snapshot) -> ClientDimensions.Dimension {
        switch self {
        case .segment: snapshot.gold.dimensions.segment
        case .region: snapshot.gold.dimensions.region
        case .tier: snapshot.gold.dimensions.tier
        case .product: snapshot.gold.dimensions.product
        }
    }

    func code(of group: ClientGroups.Group) -> UInt16 {
        switch self {
        case .segment: group.segment
        case .region: group.region
        case .tier: group.tier
        case .product: group.product
        }
    }
}
