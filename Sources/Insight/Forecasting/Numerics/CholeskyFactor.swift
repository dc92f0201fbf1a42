import Glibc

/// The lower Cholesky factor of a symmetric positive (semi-)definite matrix.
struct CholeskyFactor {
    let order: Int
    /// Row-major lower triangle in a full square.
    private var factor: [Double]
    /// Rows whose pivot vanished: linearly dependent on the rows before them. Their solution entries are 0.
    let dependentRows: [Int]

    /// Factors `matrix` (row-major, symmetric).
    ///
    /// A pivot below `relativeTolerance` times its diagonal entry marks its row as dependent. Returns nil when a
    /// pivot is clearly negative or not a number, i.e. the matrix is not positive semi-definite.
    init?(_ matrix: [Double], order: Int, relativeTolerance: Double = 1e-13) {
        precondition(matrix.count == order * order)
        var factor = matrix
        var dependent: [Int] = []
        let succeeded = factor.withUnsafeMutableBufferPointer { buffer -> Bool in
            guard let a = buffer.baseAddress else { return true }
            for row in 0..<order {
                let rowStart = a + row * order
                for column in 0..<row {
                    let columnStart = a + column * order
                    let pivot = columnStart[column]
                    if pivot == 0 {
                        rowStart[column] = 0
                    } else {
                        let value = rowStart[column] - DenseKernels.dot(rowStart, columnStart, column)
                        rowStart[column] = value / pivot
                    }
                }
                let diagonal = rowStart[row]
                let pivot = diagonal - DenseKernels.dot(rowStart, rowStart, row)
                let tolerance = relativeTolerance * abs(diagonal)
                if pivot > tolerance {
                    rowStart[row] = sqrt(pivot)
                } else if pivot >= -1e3 * max(tolerance, .leastNormalMagnitude) {
                    rowStart[row] = 0
                    dependent.append(row)
                } else {
                    return false
                }
            }
            return true
        }
        guard succeeded else { return nil }
        self.order = order
        self.factor = factor
        dependentRows = dependent
    }

    /// The solution of the factored system; entries of dependent rows are 0.
    func solve(_ rightHandSide: [Double]) -> [Double] {
        precondition(rightHandSide.count == order)
        var x = rightHandSide
        factor.withUnsafeBufferPointer { buffer in
            x.withUnsafeMutableBufferPointer { solution in
                guard let a = buffer.baseAddress, let x = solution.baseAddress else { return }
                for row in 0..<order {
                    let pivot = a[row * order + row]
                    if pivot == 0 {
                        x[row] = 0
                    } else {
                        x[row] = (x[row] - DenseKernels.dot(a + row * order, x, row)) / pivot
                    }
                }
                var row = order - 1
                while row >= 0 {
                    let pivot = a[row * order + row]
                    if pivot == 0 {
                        x[row] = 0
                    } else {
                        x[row] /= pivot
                        DenseKernels.addScaled(x, -x[row], a + row * order, row)
                    }
                    row -= 1
                }
            }
        }
        return x
    }
}
