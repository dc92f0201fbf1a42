import Glibc

/// The exact optimum of a model that is linear in all its parameters.
struct AdditiveSolver {
    /// A solution in the coordinates of the normal equations.
    struct Solution {
        /// Smooth part in eigen directions.
        var directions: [Double]
        var changes: [Double]
        var variance: Double
        /// Scaled observations minus fitted values.
        var residuals: [Double]
        var residualSumOfSquares: Double
    }

    private let equations: NormalEquations
    private let priorScale: Double
    private let observations: [Double]
    private let directionProducts: [Double]
    private let changeProducts: [Double]
    private let sumOfSquares: Double
    private let smallestVariance: Double
    private var lasso: LassoActiveSet
    private var directions: [Double]

    /// - Parameters:
    ///   - observations: scaled, one per row.
    ///   - changepointPriorScale: scale of the Laplace prior.
    init(equations: NormalEquations, observations: [Double], changepointPriorScale: Double) {
        self.equations = equations
        self.observations = observations
        priorScale = changepointPriorScale
        (directionProducts, changeProducts) = equations.products(observations)
        sumOfSquares = observations.dot(observations)
        lasso = LassoActiveSet(size: equations.changeCount)
        directions = [Double](repeating: 0, count: equations.smoothCount)
        // Below this level the eigenvalues of unobserved directions are rounding errors, not information.
        smallestVariance = max(1e-18, 1e-14 * (equations.eigenvalues.max() ?? 0))
    }

    /// - Parameters:
    ///   - startVariance: where the search for the noise begins; 1 without an earlier fit.
    ///   - startChanges: rate changes of an earlier fit, or nil.
    mutating func solve(startVariance: Double, startChanges: [Double]?) -> Solution {
        if let startChanges, startChanges.count == lasso.size { lasso.point = startChanges }
        var variance = VarianceSearch.fixedPoint(start: startVariance, smallest: smallestVariance) { assumed in
            minimise(variance: assumed)
            return ProphetObjective.bestVariance(
                rowCount: equations.rowCount, residualSumOfSquares: residualSumOfSquares())
        }
        var residuals = currentResiduals()
        for _ in 0..<2 where correct(residuals, variance: variance) { residuals = currentResiduals() }
        let sum = residuals.dot(residuals)
        variance = ProphetObjective.bestVariance(rowCount: equations.rowCount, residualSumOfSquares: sum)
        let least = ProphetObjective.smallestNoise * ProphetObjective.smallestNoise
        return Solution(
            directions: directions, changes: lasso.point, variance: max(variance, least),
            residuals: residuals, residualSumOfSquares: sum
        )
    }

    /// The rate changes' problem after eliminating the smooth part at this variance.
    private func reduced(
        _ variance: Double, _ products: [Double], _ right: [Double]
    ) -> (
        matrix: [Double], linear: [Double]
    ) {
        let size = equations.changeCount
        var matrix = equations.hingeGram
        var linear = right
        matrix.withUnsafeMutableBufferPointer { target in
            equations.coupling.withUnsafeBufferPointer { coupling in
                guard let out = target.baseAddress, let base = coupling.baseAddress else { return }
                for direction in 0..<equations.smoothCount {
                    let weight = 1 / (equations.eigenvalues[direction] + variance)
                    let row = base + direction * size
                    for change in 0..<size {
                        let factor = -weight * row[change]
                        linear[change] += factor * products[direction]
                        if factor != 0 {
                            DenseKernels.addScaled(out + change * size + change, factor, row + change, size - change)
                        }
                    }
                }
                for row in 0..<size {
                    for column in 0..<row { out[row * size + column] = out[column * size + row] }
                }
            }
        }
        return (matrix, linear)
    }

    private mutating func minimise(variance: Double) {
        if equations.changeCount > 0 {
            let problem = reduced(variance, directionProducts, changeProducts)
            lasso.minimise(matrix: problem.matrix, linear: problem.linear, penalty: variance / priorScale)
        }
        for direction in 0..<equations.smoothCount {
            let coupled = couplingRow(direction, lasso.point)
            directions[direction] =
                (directionProducts[direction] - coupled) / (equations.eigenvalues[direction] + variance)
        }
    }

    private func couplingRow(_ direction: Int, _ changes: [Double]) -> Double {
        let size = equations.changeCount
        var sum = 0.0
        for change in 0..<size { sum += equations.coupling[direction * size + change] * changes[change] }
        return sum
    }

    /// From the sufficient statistics, or from the residuals where those would cancel.
    private func residualSumOfSquares() -> Double {
        var explained = 0.0
        for direction in 0..<equations.smoothCount {
            let value = directions[direction]
            let coupled = couplingRow(direction, lasso.point)
            explained +=
                value
                * (2 * directionProducts[direction] - equations.eigenvalues[direction] * value - 2 * coupled)
        }
        let size = equations.changeCount
        for change in 0..<size where lasso.point[change] != 0 {
            var product = 0.0
            for other in 0..<size { product += equations.hingeGram[change * size + other] * lasso.point[other] }
            explained += lasso.point[change] * (2 * changeProducts[change] - product)
        }
        let sum = sumOfSquares - explained
        if sum > 1e-7 * sumOfSquares { return sum }
        let residuals = currentResiduals()
        return residuals.dot(residuals)
    }

    private func currentResiduals() -> [Double] {
        let smooth = equations.smoothParameters(directions)
        var residuals = observations
        let rows = equations.rowCount
        residuals.withUnsafeMutableBufferPointer { target in
            equations.smoothColumns.withUnsafeBufferPointer { columns in
                guard let out = target.baseAddress, let base = columns.baseAddress else { return }
                for column in 0..<equations.smoothCount where smooth[column] != 0 {
                    DenseKernels.addScaled(
                        out, -smooth[column] / equations.smoothScales[column], base + column * rows, rows)
                }
            }
        }
        equations.hinges.subtract(lasso.point, from: &residuals)
        return residuals
    }

    /// One step of iterative refinement against the true residuals, the signs of the rate changes kept.
    /// Returns whether the point moved.
    private mutating func correct(_ residuals: [Double], variance: Double) -> Bool {
        let assumed = max(variance, smallestVariance)
        let products = equations.products(residuals)
        let penalty = assumed / priorScale
        var gradient = products.directions
        var largest = 0.0
        for direction in gradient.indices {
            gradient[direction] -= assumed * directions[direction]
            largest = max(largest, abs(gradient[direction]))
        }
        let active = lasso.point.indices.filter { lasso.point[$0] != 0 }
        var changeGradient = [Double](repeating: 0, count: equations.changeCount)
        for change in active {
            changeGradient[change] = products.changes[change] - (lasso.point[change] > 0 ? penalty : -penalty)
            largest = max(largest, abs(changeGradient[change]))
        }
        guard largest > 1e-12 * max(1, sumOfSquares) else { return false }
        let problem = reduced(assumed, gradient, changeGradient)
        let size = equations.changeCount
        var step = [Double](repeating: 0, count: size)
        if !active.isEmpty {
            var block: [Double] = []
            for row in active { for column in active { block.append(problem.matrix[row * size + column]) } }
            guard let factor = CholeskyFactor(block, order: active.count, relativeTolerance: 1e-12) else {
                return false
            }
            let solution = factor.solve(active.map { problem.linear[$0] })
            for (row, change) in active.enumerated() {
                guard (lasso.point[change] + solution[row]) * lasso.point[change] > 0 else { return false }
                step[change] = solution[row]
            }
        }
        for direction in directions.indices {
            directions[direction] +=
                (gradient[direction] - couplingRow(direction, step)) / (equations.eigenvalues[direction] + assumed)
        }
        for change in active { lasso.point[change] += step[change] }
        return true
    }
}
