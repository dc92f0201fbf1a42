import Glibc

/// Percentiles inside groups.
enum Percentiles {
    /// Mid-rank percentiles 0…100: 100 · (below + half of equal) / n, inside each group.
    ///
    /// Values are counts: they are ranked by counting, up to a ceiling above which they are sorted.
    static func midRank(_ values: [Int32], group: [UInt16]) -> [Double] {
        let groupCount = Int(group.max() ?? 0) + 1
        let ceiling = 4096
        var histogram = [[Int32]](repeating: [], count: groupCount)
        var large = [[Int32]](repeating: [], count: groupCount)
        var sizes = [Int](repeating: 0, count: groupCount)
        for (position, value) in values.enumerated() {
            let group = Int(group[position])
            sizes[group] += 1
            if value < ceiling {
                if histogram[group].isEmpty { histogram[group] = Array(repeating: 0, count: ceiling) }
                histogram[group][Int(max(0, value))] += 1
            } else {
                large[group].append(value)
            }
        }
        // The percentile of every value below the ceiling, by group.
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
        return values.enumerated().map { position, value in
            let group = Int(group[position])
            if value < ceiling { return table[group][Int(max(0, value))] }
            let first = lowerBound(large[group], value)
            var last = first
            while last < large[group].count, large[group][last] == value { last += 1 }
            return 100 * (Double(smallCount[group] + first) + Double(last - first) / 2) / Double(sizes[group])
        }
    }

    private static func lowerBound(_ sorted: [Int32], _ value: Int32) -> Int {
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
