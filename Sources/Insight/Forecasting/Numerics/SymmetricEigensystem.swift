import Glibc

/// Eigenvalues and orthonormal eigenvectors of a symmetric matrix, by Householder reduction to tridiagonal form
/// and the implicit QL iteration (Golub and Van Loan, Matrix Computations, section 8.3; EISPACK tred2/tql2).
struct SymmetricEigensystem {
    let order: Int
    /// Not sorted.
    let values: [Double]
    /// Row-major; row `i` is the eigenvector of `values[i]`.
    let vectors: [Double]

    /// Returns nil when the iteration does not settle, which only happens for input that is not finite.
    init?(_ matrix: [Double], order: Int) {
        precondition(matrix.count == order * order)
        self.order = order
        var transformation = matrix
        var diagonal = [Double](repeating: 0, count: order)
        var offDiagonal = [Double](repeating: 0, count: order)
        // Raw pointers: these loops are cubic in the order and dominate the set-up of a calendar.
        let settled = transformation.withUnsafeMutableBufferPointer { z -> Bool in
            diagonal.withUnsafeMutableBufferPointer { d -> Bool in
                offDiagonal.withUnsafeMutableBufferPointer { e -> Bool in
                    guard let z = z.baseAddress, let d = d.baseAddress, let e = e.baseAddress else { return true }
                    Self.tridiagonalise(z, d, e, order)
                    Self.accumulate(z, d, order)
                    // The QL rotations act on pairs of columns; transposed, on contiguous rows.
                    Self.transpose(z, order)
                    return Self.iterate(z, d, e, order)
                }
            }
        }
        guard settled, diagonal.allSatisfy(\.isFinite) else { return nil }
        values = diagonal
        vectors = transformation
    }

    private static func transpose(_ z: UnsafeMutablePointer<Double>, _ n: Int) {
        for row in 0..<n {
            for column in 0..<row {
                let upper = z[column * n + row]
                z[column * n + row] = z[row * n + column]
                z[row * n + column] = upper
            }
        }
    }

    private static func tridiagonalise(
        _ z: UnsafeMutablePointer<Double>,
        _ d: UnsafeMutablePointer<Double>,
        _ e: UnsafeMutablePointer<Double>,
        _ n: Int
    ) {
        for i in stride(from: n - 1, to: 0, by: -1) {
            let row = z + i * n
            var scale = 0.0
            for k in 0..<i { scale += abs(row[k]) }
            if i == 1 || scale == 0 {
                e[i] = row[i - 1]
                d[i] = 0
                continue
            }
            var h = 0.0
            for k in 0..<i {
                row[k] /= scale
                h += row[k] * row[k]
            }
            let f = row[i - 1]
            let g = f >= 0 ? -sqrt(h) : sqrt(h)
            e[i] = scale * g
            h -= f * g
            row[i - 1] = f - g
            reduce(z, e, row: i, h: h, n)
            d[i] = h
        }
        d[0] = 0
        e[0] = 0
    }

    private static func reduce(
        _ z: UnsafeMutablePointer<Double>,
        _ e: UnsafeMutablePointer<Double>,
        row i: Int,
        h: Double,
        _ n: Int
    ) {
        let row = z + i * n
        for j in 0..<i { e[j] = 0 }
        // The product of the leading symmetric block (lower triangle) with the row, one pass over each stored row.
        for j in 0..<i {
            let inner = z + j * n
            e[j] += DenseKernels.dot(inner, row, j + 1)
            DenseKernels.addScaled(e, row[j], inner, j)
        }
        var f = 0.0
        for j in 0..<i {
            z[j * n + i] = row[j] / h
            e[j] /= h
            f += e[j] * row[j]
        }
        let hh = f / (h + h)
        for j in 0..<i { e[j] -= hh * row[j] }
        for j in 0..<i {
            let inner = z + j * n
            DenseKernels.addScaled(inner, -row[j], e, j + 1)
            DenseKernels.addScaled(inner, -e[j], row, j + 1)
        }
    }

    private static func accumulate(_ z: UnsafeMutablePointer<Double>, _ d: UnsafeMutablePointer<Double>, _ n: Int) {
        var product = [Double](repeating: 0, count: n)
        product.withUnsafeMutableBufferPointer { buffer in
            guard let p = buffer.baseAddress else { return }
            for i in 0..<n {
                let row = z + i * n
                if d[i] != 0 {
                    for j in 0..<i { p[j] = 0 }
                    for k in 0..<i { DenseKernels.addScaled(p, row[k], z + k * n, i) }
                    for k in 0..<i { DenseKernels.addScaled(z + k * n, -z[k * n + i], p, i) }
                }
                d[i] = row[i]
                row[i] = 1
                for j in 0..<i {
                    z[j * n + i] = 0
                    row[j] = 0
                }
            }
        }
    }

    private static func iterate(
        _ z: UnsafeMutablePointer<Double>,
        _ d: UnsafeMutablePointer<Double>,
        _ e: UnsafeMutablePointer<Double>,
        _ n: Int
    ) -> Bool {
        for i in 1..<max(1, n) { e[i - 1] = e[i] }
        e[n - 1] = 0
        for l in 0..<n {
            var rounds = 0
            while true {
                var m = l
                while m < n - 1, abs(e[m]) > .ulpOfOne * (abs(d[m]) + abs(d[m + 1])) { m += 1 }
                if m == l { break }
                rounds += 1
                if rounds > 60 { return false }
                sweep(z, d, e, from: l, to: m, n)
            }
        }
        return true
    }

    /// One implicit QL sweep over the unreduced block `l...m`.
    private static func sweep(
        _ z: UnsafeMutablePointer<Double>,
        _ d: UnsafeMutablePointer<Double>,
        _ e: UnsafeMutablePointer<Double>,
        from l: Int,
        to m: Int,
        _ n: Int
    ) {
        var g = (d[l + 1] - d[l]) / (2 * e[l])
        var r = hypot(g, 1)
        g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r))
        var s = 1.0
        var c = 1.0
        var p = 0.0
        var i = m - 1
        while i >= l {
            let f = s * e[i]
            let b = c * e[i]
            r = hypot(f, g)
            e[i + 1] = r
            if r == 0 {
                d[i + 1] -= p
                e[m] = 0
                return
            }
            s = f / r
            c = g / r
            g = d[i + 1] - p
            r = (d[i] - g) * s + 2 * c * b
            p = s * r
            d[i + 1] = g + p
            g = c * r - b
            let upper = z + i * n
            let lower = upper + n
            for k in 0..<n {
                let value = lower[k]
                lower[k] = s * upper[k] + c * value
                upper[k] = c * upper[k] - s * value
            }
            i -= 1
        }
        d[l] -= p
        e[l] = g
        e[m] = 0
    }
}
