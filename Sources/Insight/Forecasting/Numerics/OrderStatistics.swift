/// Quantiles without a full sort.
enum OrderStatistics {
    /// The quantile with linear interpolation between order statistics at position `(n - 1) * probability`.
    /// Reorders `values`, which must not be empty or hold NaN.
    static func quantile(_ values: inout [Double], probability: Double) -> Double {
        let position = Double(values.count - 1) * min(1, max(0, probability))
        let lower = Int(position)
        let fraction = position - Double(lower)
        return values.withUnsafeMutableBufferPointer { buffer -> Double in
            select(&buffer, lower)
            let low = buffer[lower]
            guard fraction > 0, low < .infinity else { return low }
            var high = Double.infinity
            for index in (lower + 1)..<buffer.count { high = min(high, buffer[index]) }
            return low + fraction * (high - low)
        }
    }

    /// The same quantile of ascending values, which must not be empty.
    static func quantile(sorted values: [Double], probability: Double) -> Double {
        let position = Double(values.count - 1) * min(1, max(0, probability))
        let lower = Int(position)
        let fraction = position - Double(lower)
        guard fraction > 0 else { return values[lower] }
        return values[lower] + fraction * (values[lower + 1] - values[lower])
    }

    /// The median; 0 for no values.
    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        var copy = values
        return quantile(&copy, probability: 0.5)
    }

    /// Partitions so that `buffer[rank]` is in its sorted place (Hoare's selection, median of three).
    private static func select(_ buffer: inout UnsafeMutableBufferPointer<Double>, _ rank: Int) {
        var low = 0
        var high = buffer.count - 1
        while low < high {
            let middle = low + (high - low) / 2
            let a = buffer[low]
            let b = buffer[middle]
            let c = buffer[high]
            let pivot = max(min(a, b), min(max(a, b), c))
            var i = low
            var j = high
            while i <= j {
                while buffer[i] < pivot { i += 1 }
                while buffer[j] > pivot { j -= 1 }
                if i <= j {
                    buffer.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if rank <= j {
                high = j
            } else if rank >= i {
                low = i
            } else {
                return
            }
        }
    }
}
