/// Sums of products over blocks of rows: the whole cost of a regression.
enum BlockProducts {
    /// The sum of products, eight lanes at a time. Both pointers must hold `count` numbers.
    @inline(__always)
    static func sum(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int) -> Double {
        var lanes = SIMD8<Double>(repeating: 0)
        var offset = 0
        while offset + 8 <= count {
            let first = UnsafeRawPointer(left + offset).loadUnaligned(as: SIMD8<Double>.self)
            let second = UnsafeRawPointer(right + offset).loadUnaligned(as: SIMD8<Double>.self)
            lanes += first * second
            offset += 8
        }
        var sum = lanes.sum()
        while offset < count {
            sum += left[offset] * right[offset]
            offset += 1
        }
        return sum
    }

    /// Adds the weighted cross products of design columns to the lower half of a matrix whose position 0 is the
    /// constant.
    ///
    /// - Parameters:
    ///   - columns: the first number of every column of the block.
    ///   - weights: one weight per row of the block.
    ///   - scratch: room for a block.
    static func addCrossProducts(
        columns: [UnsafePointer<Double>],
        weights: UnsafePointer<Double>,
        scratch: UnsafeMutablePointer<Double>,
        count: Int,
        dimension: Int,
        into hessian: inout [Double]
    ) {
        var total = 0.0
        for offset in 0..<count { total += weights[offset] }
        hessian[0] += total
        for row in columns.indices {
            var sum = 0.0
            for offset in 0..<count {
                scratch[offset] = weights[offset] * columns[row][offset]
                sum += scratch[offset]
            }
            let base = (row + 1) * dimension
            hessian[base] += sum
            for column in 0...row {
                hessian[base + column + 1] += BlockProducts.sum(columns[column], scratch, count)
            }
        }
    }
}
