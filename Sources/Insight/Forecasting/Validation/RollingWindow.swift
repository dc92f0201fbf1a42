/// Averages over the rows up to each horizon, a fixed number of rows at a time.
struct RollingWindow {
    /// Ascending, one per row.
    let horizons: [Int64]
    /// Rows per average; nil averages nothing.
    let size: Int?

    init(horizons: [Int64], share: Double) {
        self.horizons = horizons
        let rows = Int(share * Double(horizons.count))
        size = share < 0 ? nil : min(max(rows, 1), horizons.count)
    }

    /// First row of each distinct horizon, ascending.
    private var groupStarts: [Int] {
        horizons.indices.filter { $0 == 0 || horizons[$0] != horizons[$0 - 1] }
    }

    /// The mean over exactly `size` rows ending at each horizon. The group reached last enters with its own mean
    /// for the rows still missing; horizons with fewer rows at or below them are left out.
    func means(_ values: [Double]) -> (horizons: [Int64], values: [Double]) {
        guard let size else { return (horizons, values) }
        let starts = groupStarts
        let ends = starts.dropFirst() + [values.count]
        let sums = zip(starts, ends).map { start, end in values[start..<end].reduce(0, +) }
        let counts = zip(starts, ends).map { start, end in end - start }
        var resultHorizons: [Int64] = []
        var result: [Double] = []
        for group in starts.indices.reversed() {
            var total = 0.0
            var missing = size
            var member = group
            while member >= 0 && missing > 0 {
                if counts[member] <= missing {
                    total += sums[member]
                    missing -= counts[member]
                } else {
                    total += sums[member] / Double(counts[member]) * Double(missing)
                    missing = 0
                }
                member -= 1
            }
            guard missing == 0 else { break }
            resultHorizons.append(horizons[starts[group]])
            result.append(total / Double(size))
        }
        return (resultHorizons.reversed(), result.reversed())
    }

    /// The median over all rows of each horizon, topped up with the rows just before them to `size` rows.
    func medians(_ values: [Double]) -> [Double] {
        guard let size else { return values }
        let starts = groupStarts
        let ends = starts.dropFirst() + [values.count]
        var result: [Double] = []
        for (start, end) in zip(starts, ends).reversed() {
            let first = max(0, min(start, end - size))
            guard end - first >= size else { break }
            result.append(OrderStatistics.median(Array(values[first..<end])))
        }
        return result.reversed()
    }
}

/// The order in which rows of one horizon stand. It decides which of them top up a median window, so it follows
/// what NumPy's introsort (median of three, insertion below 16 rows) does with ties; a stable sort would not give
/// the original's figures.
enum HorizonOrder {
    static func ascending(_ keys: [Int64]) -> [Int] {
        var order = Array(keys.indices)
        var pending: [(low: Int, high: Int, depth: Int)] = [
            (0, keys.count - 1, 2 * (Int.bitWidth - keys.count.leadingZeroBitCount))
        ]
        while let part = pending.popLast() {
            var (low, high, depth) = part
            while high - low > 15 {
                if depth < 0 {
                    order[low...high].sort { keys[$0] == keys[$1] ? $0 < $1 : keys[$0] < keys[$1] }
                    high = low
                    break
                }
                let split = partition(&order, keys, low, high)
                depth -= 1
                if split - low < high - split {
                    pending.append((split + 1, high, depth))
                    high = split - 1
                } else {
                    pending.append((low, split - 1, depth))
                    low = split + 1
                }
            }
            guard high > low else { continue }
            for position in (low + 1)...high {
                let row = order[position]
                var place = position
                while place > low, keys[row] < keys[order[place - 1]] {
                    order[place] = order[place - 1]
                    place -= 1
                }
                order[place] = row
            }
        }
        return order
    }

    private static func partition(_ order: inout [Int], _ keys: [Int64], _ low: Int, _ high: Int) -> Int {
        let middle = low + (high - low) / 2
        if keys[order[middle]] < keys[order[low]] { order.swapAt(middle, low) }
        if keys[order[high]] < keys[order[middle]] { order.swapAt(high, middle) }
        if keys[order[middle]] < keys[order[low]] { order.swapAt(middle, low) }
        let pivot = keys[order[middle]]
        var left = low
        var right = high - 1
        order.swapAt(middle, right)
        while true {
            repeat { left += 1 } while keys[order[left]] < pivot
            repeat { right -= 1 } while pivot < keys[order[right]]
            if left >= right { break }
            order.swapAt(left, right)
        }
        order.swapAt(left, high - 1)
        return left
    }
}
