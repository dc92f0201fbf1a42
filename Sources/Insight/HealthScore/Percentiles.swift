import Glibc
import Records

/// Mid-rank percentiles 0…100 inside plans: 100 · (below + half of equal) / n. A value need not be among those it is
/// compared with; in a plan that nobody is in it stands in the middle.
struct PercentileRanks: Sendable {
    /// By plan, the percentile of every value up to the largest below the ceiling.
    private let table: [[Double]]
    private let smallCount: [Int]
    private let counts: CountsByPlan

    init(_ counts: CountsByPlan) {
        self.counts = counts
        var smallCount: [Int] = []
        table = counts.plans.map { plan in
            var below = 0
            let n = Double(plan.size)
            let percentiles = plan.occurrences.map { equal in
                let percentile = 100 * (Double(below) + Double(equal) / 2) / n
                below += Int(equal)
                return percentile
            }
            smallCount.append(below)
            return percentiles
        }
        self.smallCount = smallCount
    }

    func rank(_ value: Int32, _ plan: UInt16) -> Double {
        let plan = Int(plan)
        guard plan < table.count, counts.plans[plan].size > 0 else { return 50 }
        if value < CountsByPlan.ceiling {
            let value = Int(max(0, value))
            if value < table[plan].count { return table[plan][value] }
            return 100 * Double(smallCount[plan]) / Double(counts.plans[plan].size)
        }
        let large = counts.plans[plan].large
        let first = lowerBound(large, value)
        var last = first
        while last < large.count, large[last] == value { last += 1 }
        return 100 * (Double(smallCount[plan] + first) + Double(last - first) / 2) / Double(counts.plans[plan].size)
    }

    private func lowerBound(_ sorted: [Int32], _ value: Int32) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

enum Curves {
    /// `value · 0.5^(days / halfLife)`.
    static func halved(_ value: Double, after days: Double, halfLife: Double) -> Double {
        value * exp2(-days / halfLife)
    }
}
