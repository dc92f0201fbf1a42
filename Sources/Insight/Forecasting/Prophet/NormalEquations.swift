import Glibc

/// The sufficient statistics of a model that is linear in all its parameters, split in the smooth part (rate,
/// offset, coefficients; normal priors) and the rate changes (Laplace priors).
///
/// The smooth part, scaled by its priors, is diagonalised once per calendar. For any noise level it can then be
/// eliminated in a few thousand operations, which leaves a small lasso problem in the rate changes.
struct NormalEquations: Sendable {
    let growth: ProphetSettings.Growth
    /// Number of smooth parameters: offset, coefficients and, for linear growth, the rate.
    let smoothCount: Int
    let changeCount: Int
    /// Column-major smooth columns, each multiplied by its prior scale.
    let smoothColumns: [Double]
    /// Prior scale per smooth column: 5 for rate and offset.
    let smoothScales: [Double]
    let rowCount: Int
    let hinges: HingeSums
    /// Eigenvalues of the scaled smooth Gram matrix, >= 0.
    let eigenvalues: [Double]
    /// Row-major eigenvectors, one per row.
    let eigenvectors: [Double]
    /// Row-major `smoothCount` x `changeCount`: inner products of eigen directions and hinge columns.
    let coupling: [Double]
    /// Row-major `changeCount` x `changeCount`.
    let hingeGram: [Double]

    static let trendPriorScale = 5.0

    init(
        growth: ProphetSettings.Growth,
        times: [Double],
        changepoints: [Double],
        features: [Double],
        priorScales: [Double]
    ) throws(ForecastError) {
        self.growth = growth
        rowCount = times.count
        let trendColumns = growth == .linear ? 2 : 1
        smoothCount = trendColumns + priorScales.count
        changeCount = growth == .linear ? changepoints.count : 0
        smoothScales = [Double](repeating: Self.trendPriorScale, count: trendColumns) + priorScales
        var columns: [Double] = []
        columns.reserveCapacity(smoothCount * rowCount)
        if growth == .linear { columns += times.map { $0 * Self.trendPriorScale } }
        columns += [Double](repeating: Self.trendPriorScale, count: rowCount)
        for column in priorScales.indices {
            let scale = priorScales[column]
            for row in 0..<rowCount { columns.append(features[column * rowCount + row] * scale) }
        }
        smoothColumns = columns
        hinges = HingeSums(times: times, changepoints: growth == .linear ? changepoints : [])
        hingeGram = hinges.gram()

        let gram = DenseKernels.gram(columns, rows: rowCount, columns: smoothCount)
        guard let eigensystem = SymmetricEigensystem(gram, order: smoothCount) else { throw .noFiniteOptimum }
        eigenvalues = eigensystem.values.map { max(0, $0) }
        eigenvectors = eigensystem.vectors
        coupling = Self.rotated(
            Self.hingeProducts(columns, rows: times.count, hinges: hinges), by: eigensystem.vectors,
            order: smoothCount, width: changeCount
        )
    }

    /// Row-major inner products of the smooth columns with the hinge columns.
    private static func hingeProducts(_ columns: [Double], rows: Int, hinges: HingeSums) -> [Double] {
        var result: [Double] = []
        columns.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            for start in stride(from: 0, to: source.count, by: rows) { result += hinges.products(base + start) }
        }
        return result
    }

    /// The product of the square, row-major `rotation` with a row-major matrix of `width` columns.
    private static func rotated(_ matrix: [Double], by rotation: [Double], order: Int, width: Int) -> [Double] {
        var result = [Double](repeating: 0, count: order * width)
        result.withUnsafeMutableBufferPointer { target in
            matrix.withUnsafeBufferPointer { source in
                guard let out = target.baseAddress, let base = source.baseAddress, width > 0 else { return }
                for direction in 0..<order {
                    for column in 0..<order {
                        DenseKernels.addScaled(
                            out + direction * width, rotation[direction * order + column], base + column * width, width)
                    }
                }
            }
        }
        return result
    }

    /// Inner products of all columns with a vector of `rowCount` values: in eigen directions and with the hinges.
    func products(_ vector: [Double]) -> (directions: [Double], changes: [Double]) {
        var smooth = [Double](repeating: 0, count: smoothCount)
        var changes: [Double] = []
        vector.withUnsafeBufferPointer { source in
            guard let values = source.baseAddress else { return }
            smoothColumns.withUnsafeBufferPointer { columns in
                smooth.withUnsafeMutableBufferPointer { target in
                    guard let base = columns.baseAddress, let out = target.baseAddress else { return }
                    DenseKernels.transposedProduct(base, rows: rowCount, columns: smoothCount, values, into: out)
                }
            }
            changes = hinges.products(values)
        }
        return (rotated(smooth), changes)
    }

    /// Smooth coordinates to eigen directions.
    private func rotated(_ smooth: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: smoothCount)
        eigenvectors.withUnsafeBufferPointer { rotation in
            smooth.withUnsafeBufferPointer { source in
                guard let base = rotation.baseAddress, let values = source.baseAddress else { return }
                for direction in 0..<smoothCount {
                    result[direction] = DenseKernels.dot(base + direction * smoothCount, values, smoothCount)
                }
            }
        }
        return result
    }

    /// Eigen directions to smooth parameters on their own scale.
    func smoothParameters(_ directions: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: smoothCount)
        eigenvectors.withUnsafeBufferPointer { rotation in
            result.withUnsafeMutableBufferPointer { target in
                guard let base = rotation.baseAddress, let out = target.baseAddress else { return }
                for direction in 0..<smoothCount {
                    DenseKernels.addScaled(out, directions[direction], base + direction * smoothCount, smoothCount)
                }
                for column in 0..<smoothCount { out[column] *= smoothScales[column] }
            }
        }
        return result
    }
}
