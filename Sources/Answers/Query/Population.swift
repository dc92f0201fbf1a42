import Contract
import Records
import Rollup
import Snapshots

/// The clients a question is about, bound to a generation: sums over groups where dimensions decide, a walk over
/// clients
/// where they do not.
final class Population {
    let snapshot: Snapshot
    let filter: ClientFilter
    /// The groups that pass.
    private let groupFlags: [Bool]
    /// The value of a dimension that narrows the population further.
    private let part: (grouping: KPIsAnswer.Grouping, value: String)?
    /// Flags by position; nil when all pass. Worked out when a walk needs them.
    private(set) lazy var includes: [Bool]? = computeIncludes()
    /// Monthly cells: those of the generation, or of this population alone.
    private(set) lazy var monthly: MonthlyRollup = computeMonthly()

    /// - Parameter part: takes the clients with one value of a dimension alone.
    init(
        _ filter: ClientFilter, _ snapshot: Snapshot, part: (grouping: KPIsAnswer.Grouping, value: String)? = nil
    ) {
        self.filter = filter
        self.snapshot = snapshot
        self.part = part
        var flags = filter.groups(snapshot)
        if let part {
            let dimension = part.grouping.dimension(of: snapshot)
            for (index, group) in snapshot.groups.groups.enumerated() {
                let own = dimension.values[Int(part.grouping.code(of: group))]
                flags[index] = flags[index] && own == part.value
            }
        }
        groupFlags = flags
    }

    /// The same population in another generation.
    func at(_ other: Snapshot) -> Population {
        other === snapshot ? self : Population(filter, other, part: part)
    }

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
        if filter.isDimensional { return snapshot.monthly }
        let group = (0..<snapshot.count).map { includes?[$0] ?? true ? Int32(0) : -1 }
        return MonthlyRollup(snapshot.gold, silver: snapshot.silver, group: group, groupCount: 1)
    }

    /// The population's cell of a month.
    func cell(_ month: Month) -> MonthlyCell {
        if !filter.isDimensional { return monthly[month, 0] }
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
            for position in selection {
                sum.customers += 1
                if snapshot.assessments.risk.level[Int(position)] >= .high { sum.atRisk += 1 }
                sum.engagement += snapshot.gold.metrics.engagementScore[Int(position)]
                let health = snapshot.assessments.health.score[Int(position)]
                if !health.isNaN {
                    sum.health += health
                    sum.healthCount += 1
                }
            }
        }
        return sum
    }
}

extension KPIsAnswer.Grouping {
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
