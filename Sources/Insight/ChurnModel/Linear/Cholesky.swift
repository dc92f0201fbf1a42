/// Solves symmetric positive definite systems.
enum Cholesky {
    /// The solution of matrix · x = right, or nil when the matrix is not positive definite even with a small ridge.
    static func solve(_ matrix: [Double], _ right: [Double], dimension: Int) -> [Double]? {
        var ridge = 0.0
        let largest = (0..<dimension).map { matrix[$0 * dimension + $0] }.max() ?? 0
        for _ in 0..<8 {
            if let factor = factor(matrix, ridge: ridge, dimension: dimension) {
                return substitute(factor, right, dimension: dimension)
            }
            ridge = ridge == 0 ? max(largest, 1e-12) * 1e-12 : ridge * 100
        }
        return nil
    }

    private static func factor(_ matrix: [Double], ridge: Double, dimension: Int) -> [Double]? {
        var factor = [Double](repeating: 0, count: dimension * dimension)
        for row in 0..<dimension {
            for column in 0...row {
                var sum = matrix[row * dimension + column]
                if row == column { sum += ridge }
                for index in 0..<column {
                    sum -= factor[row * dimension + index] * factor[column * dimension + index]
                }
                if row == column {
                    guard sum > 0, sum.isFinite else { return nil }
                    factor[row * dimension + row] = sum.squareRoot()
                } else {
                    factor[row * dimension + column] = sum / factor[column * dimension + column]
                }
            }
        }
        return factor
    }

    private static func substitute(_ factor: [Double], _ right: [Double], dimension: Int) -> [Double] {
        var solution = right
        for row in 0..<dimension {
            for index in 0..<row { solution[row] -= factor[row * dimension + index] * solution[index] }
            solution[row] /= factor[row * dimension + row]
        }
        for row in stride(from: dimension - 1, through: 0, by: -1) {
            for index in (row + 1)..<max(dimension, row + 1) {
                solution[row] -= factor[index * dimension + row] * solution[index]
            }
            solution[row] /= factor[row * dimension + row]
        }
        return solution
    }
}
