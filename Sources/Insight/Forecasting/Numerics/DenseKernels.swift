/// Vector kernels of the fitting loops.
///
/// They work on raw pointers with eight lanes per step: the compiler may not reorder a floating-point reduction by
/// itself, and bounds checks keep it from using vector loads (measured: 4 to 6 times slower). The lane order is
/// fixed, so results do not depend on the machine's vector width.
enum DenseKernels {
    @inline(__always)
    static func load(_ pointer: UnsafePointer<Double>, _ offset: Int) -> SIMD8<Double> {
        UnsafeRawPointer(pointer + offset).loadUnaligned(as: SIMD8<Double>.self)
    }

    /// Inner product of two vectors of `count` values.
    static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
        var accumulator = SIMD8<Double>()
        var index = 0
        while index + 8 <= count {
            accumulator += load(a, index) * load(b, index)
            index += 8
        }
        var sum = accumulator.sum()
        while index < count {
            sum += a[index] * b[index]
            index += 1
        }
        return sum
    }

    /// `y += scale * x` over `count` values.
    static func addScaled(
        _ y: UnsafeMutablePointer<Double>,
        _ scale: Double,
        _ x: UnsafePointer<Double>,
        _ count: Int
    ) {
        let factor = SIMD8<Double>(repeating: scale)
        var index = 0
        while index + 8 <= count {
            let value = load(y, index) + factor * load(x, index)
            UnsafeMutableRawPointer(y + index).storeBytes(of: value, as: SIMD8<Double>.self)
            index += 8
        }
        while index < count {
            y[index] += scale * x[index]
            index += 1
        }
    }

    /// Four inner products of `a` with columns that lie `stride` apart.
    @inline(__always)
    static func dotFour(
        _ a: UnsafePointer<Double>,
        _ b: UnsafePointer<Double>,
        _ stride: Int,
        _ count: Int
    ) -> SIMD4<Double> {
        var first = SIMD4<Double>()
        var second = SIMD4<Double>()
        var third = SIMD4<Double>()
        var fourth = SIMD4<Double>()
        var index = 0
        let raw = UnsafeRawPointer(a)
        let rawB = UnsafeRawPointer(b)
        let size = MemoryLayout<Double>.size
        while index + 4 <= count {
            let left = raw.loadUnaligned(fromByteOffset: index * size, as: SIMD4<Double>.self)
            first += left * rawB.loadUnaligned(fromByteOffset: index * size, as: SIMD4<Double>.self)
            second += left * rawB.loadUnaligned(fromByteOffset: (index + stride) * size, as: SIMD4<Double>.self)
            third += left * rawB.loadUnaligned(fromByteOffset: (index + 2 * stride) * size, as: SIMD4<Double>.self)
            fourth += left * rawB.loadUnaligned(fromByteOffset: (index + 3 * stride) * size, as: SIMD4<Double>.self)
            index += 4
        }
        var result = SIMD4(first.sum(), second.sum(), third.sum(), fourth.sum())
        while index < count {
            let left = a[index]
            result += left * SIMD4(b[index], b[index + stride], b[index + 2 * stride], b[index + 3 * stride])
            index += 1
        }
        return result
    }

    /// Inner products of `vector` (`rows` values) with every column of the column-major `matrix`.
    static func transposedProduct(
        _ matrix: UnsafePointer<Double>,
        rows: Int,
        columns: Int,
        _ vector: UnsafePointer<Double>,
        into result: UnsafeMutablePointer<Double>
    ) {
        var column = 0
        while column + 4 <= columns {
            let four = dotFour(vector, matrix + column * rows, rows, rows)
            result[column] = four.x
            result[column + 1] = four.y
            result[column + 2] = four.z
            result[column + 3] = four.w
            column += 4
        }
        while column < columns {
            result[column] = dot(vector, matrix + column * rows, rows)
            column += 1
        }
    }

    /// The Gram matrix of a column-major matrix, both triangles, row-major `columns` x `columns`.
    static func gram(_ matrix: [Double], rows: Int, columns: Int) -> [Double] {
        var result = [Double](repeating: 0, count: columns * columns)
        matrix.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            result.withUnsafeMutableBufferPointer { target in
                guard let out = target.baseAddress else { return }
                for row in 0..<columns {
                    transposedProduct(
                        base + row * rows,
                        rows: rows,
                        columns: columns - row,
                        base + row * rows,
                        into: out + row * columns + row
                    )
                }
            }
        }
        for row in 0..<columns {
            for column in 0..<row {
                result[row * columns + column] = result[column * columns + row]
            }
        }
        return result
    }
}

extension Array where Element == Double {
    /// Inner product with a vector of the same length.
    func dot(_ other: [Double]) -> Double {
        precondition(count == other.count)
        return withUnsafeBufferPointer { a in
            other.withUnsafeBufferPointer { b in
                guard let left = a.baseAddress, let right = b.baseAddress else { return 0 }
                return DenseKernels.dot(left, right, a.count)
            }
        }
    }
}
