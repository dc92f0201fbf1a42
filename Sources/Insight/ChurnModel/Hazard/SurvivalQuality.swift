/// How well predicted times to churn agree with observed ones when some clients have not churned yet.
public enum SurvivalQuality {
    /// Harrell's concordance: among pairs whose order is known, the share where the one who churned earlier had the
    /// higher risk, equal risks counting half. Takes n log n steps.
    ///
    /// - Parameters:
    ///   - durations: months observed.
    ///   - churned: whether the observation ended with churn.
    ///   - risks: higher means earlier churn.
    /// - Returns: nil when no pair can be ordered or the lengths differ.
    public static func concordance(durations: [Int], churned: [Bool], risks: [Double]) -> Double? {
        guard durations.count == churned.count, risks.count == churned.count else { return nil }
        let levels = Set(risks).sorted()
        var rankOf: [Double: Int] = [:]
        for (rank, level) in levels.enumerated() { rankOf[level] = rank }
        let ranks = risks.compactMap { rankOf[$0] }
        guard ranks.count == risks.count else { return nil }
        // From the longest duration to the shortest: a churner is compared with all who lasted longer, and with those
        // of the same duration who had not churned.
        let order = durations.indices.sorted { (durations[$1], $0) < (durations[$0], $1) }
        var tree = RankCounts(size: levels.count)
        var pairs = 0.0
        var agreeing = 0.0
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, durations[order[end]] == durations[order[start]] { end += 1 }
            for position in start..<end where !churned[order[position]] { tree.add(ranks[order[position]]) }
            for position in start..<end where churned[order[position]] {
                let rank = ranks[order[position]]
                let below = tree.count(below: rank)
                let equal = tree.count(below: rank + 1) - below
                pairs += Double(tree.total)
                agreeing += Double(below) + Double(equal) / 2
            }
            for position in start..<end where churned[order[position]] { tree.add(ranks[order[position]]) }
            start = end
        }
        return pairs > 0 ? agreeing / pairs : nil
    }

    /// The Brier score at a month with clients weighted by the inverse chance of having been observed that long
    /// (Graf et al. 1999; the chance by Kaplan and Meier).
    ///
    /// - Parameter survival: the predicted chance of every client to be still there after `month` months.
    /// - Returns: nil when nobody was observed that long or the lengths differ.
    public static func brier(month: Int, durations: [Int], churned: [Bool], survival: [Double]) -> Double? {
        guard durations.count == churned.count, survival.count == churned.count, !durations.isEmpty else { return nil }
        let observed = observationChances(durations: durations, churned: churned)
        func chance(atMonth month: Int) -> Double { month < 0 ? 1 : observed[min(month, observed.count - 1)] }
        var sum = 0.0
        for row in durations.indices {
            if durations[row] <= month {
                guard churned[row] else { continue }
                let weight = chance(atMonth: durations[row] - 1)
                guard weight > 0 else { return nil }
                sum += survival[row] * survival[row] / weight
            } else {
                let weight = chance(atMonth: month)
                guard weight > 0 else { return nil }
                sum += (1 - survival[row]) * (1 - survival[row]) / weight
            }
        }
        return sum / Double(durations.count)
    }

    /// The chance of not having been censored by the end of each month, month 0 first.
    private static func observationChances(durations: [Int], churned: [Bool]) -> [Double] {
        let last = max(durations.max() ?? 0, 0)
        var censored = [Double](repeating: 0, count: last + 1)
        var churnedIn = [Double](repeating: 0, count: last + 1)
        for row in durations.indices {
            let month = max(0, durations[row])
            if churned[row] { churnedIn[month] += 1 } else { censored[month] += 1 }
        }
        var atRisk = Double(durations.count)
        var chance = 1.0
        return (0...last).map { month in
            // Churn comes before censoring within a month.
            let exposed = atRisk - churnedIn[month]
            if exposed > 0 { chance *= 1 - censored[month] / exposed }
            atRisk -= churnedIn[month] + censored[month]
            return chance
        }
    }

    /// Counts of ranks with fast prefix sums (Fenwick 1994).
    private struct RankCounts {
        private var sums: [Int]
        private(set) var total = 0

        init(size: Int) {
            sums = [Int](repeating: 0, count: size + 1)
        }

        mutating func add(_ rank: Int) {
            total += 1
            var position = rank + 1
            while position < sums.count {
                sums[position] += 1
                position += position & -position
            }
        }

        func count(below rank: Int) -> Int {
            var position = rank
            var count = 0
            while position > 0 {
                count += sums[position]
                position -= position & -position
            }
            return count
        }
    }
}
