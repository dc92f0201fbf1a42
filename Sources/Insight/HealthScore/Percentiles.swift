import Glibc
import Records

/// Mid-rank percentiles 0…100 inside groups: 100 · (below + half of equal) / n.
///
/// Values are counts: they are ranked by counting, up to a ceiling above which they are sorted.
struct PercentileRanks: Sendable {
    private static let ceiling: Int32 = 4096

    /// By group, the percentile of every value below the ceiling.
    private let table: [[Double]]
    private let smallCount: [Int]
    /// By group, the values from the ceiling on, ascending.
    private let large: [[Int32]]
    private let sizes: [Int]

    /// - Parameter value: of a position; positions run through `group`.
    init(group: [UInt16], _ value: (_ position: Int) -> Int32) {
        let groupCount = Int(group.max() ?? 0) + 1
        let ceiling = PercentileRanks.ceiling
        var histogram = [[Int32]](repeating: [], count: groupCount)
        var large = [[Int32]](repeating: [], count: groupCount)
        var sizes = [Int](repeating: 0, count: groupCount)
        for (position, group) in group.enumerated() {
            let value = value(position)
            let group = Int(group)
            sizes[group] += 1
            if value < ceiling {
                if histogram[group].isEmpty { histogram[group] = Array(repeating: 0, count: Int(ceiling)) }
                histogram[group][Int(max(0, value))] += 1
            } else {
                large[group].append(value)
            }
        }
        var table = [[Double]](repeating: [], count: groupCount)
        var smallCount = [Int](repeating: 0, count: groupCount)
        for group in 0..<groupCount where sizes[group] > 0 {
            var below = 0
            let n = Double(sizes[group])
            table[group] = histogram[group].map { equal in
                let percentile = 100 * (Double(below) + Double(equal) / 2) / n
                below += Int(equal)
                return percentile
            }
            smallCount[group] = below
            large[group].sort()
        }
        self.table = table
        self.smallCount = smallCount
        self.large = large
        self.sizes = sizes
    }

    /// The percentile of a value that is among those of its group.
    func rank(_ value: Int32, _ group: UInt16) -> Double {
        let group = Int(group)
        if value < PercentileRanks.ceiling { return table[group][Int(max(0, value))] }
        let first = lowerBound(large[group], value)
        var last = first
        while last < large[group].count, large[group][last] == value { last += 1 }
        return 100 * (Double(smallCount[group] + first) + Double(last - first) / 2) / Double(sizes[group])
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
