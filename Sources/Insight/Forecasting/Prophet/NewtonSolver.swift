import Glibc

/// The optimum of a model with multiplicative components or logistic growth, which is not linear in its parameters.
///
/// A proximal Newton method: a quadratic model of the smooth part (exact second derivatives where they are positive
/// definite, else the Gauss-Newton part, damped as needed) plus the Laplace terms is minimised exactly by the
/// lasso active-set method, followed by a backtracking line search; the noise follows in closed form.
struct NewtonSolver {
    private let design: ProphetDesign
    private let growth: ProphetSettings.Growth
    private let observations: [Double]
    private let capacities: [Double]
    private let rows: Int
    private let changeCount: Int
    /// Smooth trend parameters: rate and offset, or the offset alone for flat growth.
    private let trendCount: Int
    private let changepointPriorScale: Double

    /// Fitted values and what the derivatives need, at one point.
    private struct State {
        var trend: [Double]
        /// First and second derivative of the trend by its linear predictor.
        var slope: [Double]
        var curvature: [Double]
        /// 1 + multiplicative terms.
        var factor: [Double]
        var residuals: [Double]
        var residualSumOfSquares: Double
    }

    struct Solution {
        var parameters: ProphetParameters
        var residuals: [Double]
        var residualSumOfSquares: Double
        var logDensity: Double
    }

    /// - Parameters:
    ///   - observations: scaled, one per row of the design.
    ///   - capacities: scaled, for logistic growth; empty otherwise.
    init(design: ProphetDesign, observations: [Double], capacities: [Double]) {
        self.design = design
        self.observations = observations
        self.capacities = capacities
        growth = design.settings.growth
        rows = design.rowCount
        changeCount = growth == .flat ? 0 : design.changepointTimes.count
        trendCount = growth == .flat ? 1 : 2
        changepointPriorScale = design.settings.changepointPriorScale
    }

    /// Climbs from `start` to the nearest optimum; nil when nothing finite is found.
    func solve(from start: ProphetParameters) -> Solution? {
        var parameters = start
        guard var state = evaluate(parameters) else { return nil }
        let least = ProphetObjective.smallestNoise * ProphetObjective.smallestNoise
        var variance = max(min(1, start.noise * start.noise), least)
        var damping = 0.0
        var quietRounds = 0
        for _ in 0..<400 {
            let step = newtonStep(parameters, state, variance: variance, damping: &damping)
            var decrease = 0.0
            if let step {
                let before = penalised(parameters, state, variance)
                var length = 1.0
                while length > 1e-10 {
                    let candidate = moved(parameters, step, length)
                    if let candidateState = evaluate(candidate) {
                        let after = penalised(candidate, candidateState, variance)
                        if after < before {
                            parameters = candidate
                            state = candidateState
                            decrease = (before - after) / variance
                            break
                        }
                    }
                    length *= 0.5
                }
                if length < 0.2 { damping = max(4 * damping, 1e-6) } else { damping *= 0.2 }
                if damping < 1e-9 { damping = 0 }
            }
            let next = max(
                least,
                ProphetObjective.bestVariance(rowCount: rows, residualSumOfSquares: state.residualSumOfSquares))
            let moved = abs(log(next / variance))
            variance = next
            if decrease < 1e-11 && moved < 1e-11 {
                quietRounds += 1
                if quietRounds >= 2 { break }
            } else {
                quietRounds = 0
            }
        }
        parameters.noise = sqrt(variance)
        let density = ProphetObjective.logDensity(
            rowCount: rows, residualSumOfSquares: state.residualSumOfSquares, parameters: parameters,
            changepointPriorScale: changepointPriorScale, priorScales: design.priorScales
        )
        guard parameters.areFinite, density.isFinite else { return nil }
        return Solution(
            parameters: parameters, residuals: state.residuals,
            residualSumOfSquares: state.residualSumOfSquares, logDensity: density
        )
    }

    /// `variance` times the negative log density, without the terms of the noise alone.
    private func penalised(_ parameters: ProphetParameters, _ state: State, _ variance: Double) -> Double {
        var prior = 0.5 * (parameters.rate * parameters.rate + parameters.offset * parameters.offset) / 25
        for (coefficient, scale) in zip(parameters.coefficients, design.priorScales) {
            prior += 0.5 * (coefficient / scale) * (coefficient / scale)
        }
        prior += parameters.rateChanges.reduce(0) { $0 + abs($1) } / changepointPriorScale
        return 0.5 * state.residualSumOfSquares + variance * prior
    }

    private func evaluate(_ parameters: ProphetParameters) -> State? {
        let trend = ProphetTrend.values(
            growth: growth, times: design.times, capacities: capacities,
            changepoints: design.changepointTimes, parameters: parameters
        )
        var factor = design.combination(parameters.coefficients, flags: design.multiplicative)
        for row in factor.indices { factor[row] += 1 }
        let added = design.combination(parameters.coefficients, flags: design.additive)
        var slope = [Double](repeating: 1, count: rows)
        var curvature = [Double](repeating: 0, count: rows)
        var residuals = observations
        for row in 0..<rows {
            residuals[row] -= trend[row] * factor[row] + added[row]
            if growth == .logistic {
                let share = trend[row] / capacities[row]
                slope[row] = trend[row] * (1 - share)
                curvature[row] = slope[row] * (1 - 2 * share)
            }
        }
        let sum = residuals.dot(residuals)
        guard sum.isFinite else { return nil }
        return State(
            trend: trend, slope: slope, curvature: curvature, factor: factor, residuals: residuals,
            residualSumOfSquares: sum
        )
    }

    private func moved(_ parameters: ProphetParameters, _ step: [Double], _ length: Double) -> ProphetParameters {
        var result = parameters
        if growth == .flat {
            result.offset += length * step[0]
        } else {
            result.rate += length * step[0]
            result.offset += length * step[1]
        }
        let smooth = trendCount + design.columnCount
        for column in 0..<design.columnCount { result.coefficients[column] += length * step[trendCount + column] }
        for change in 0..<changeCount { result.rateChanges[change] += length * step[smooth + change] }
        return result
    }

    /// Columns: trend parameters, coefficients, rate changes; each the derivative of the fitted values.
    private func derivatives(_ parameters: ProphetParameters, _ state: State) -> (columns: [Double], trend: [Double]) {
        let features = design.features
        let count = design.columnCount
        var trend = [Double](repeating: 0, count: rows * (trendCount + changeCount))
        var columns = [Double](repeating: 0, count: rows * (trendCount + count + changeCount))
        let logistic = growth == .logistic
        for row in 0..<rows {
            let time = design.times[row]
            if growth == .flat {
                trend[row] = 1
            } else {
                trend[row] = logistic ? time - parameters.offset : time
                trend[rows + row] = logistic ? -parameters.rate : 1
            }
        }
        for change in 0..<changeCount {
            let origin = design.changepointTimes[change]
            let base = (trendCount + change) * rows
            for row in 0..<rows where design.times[row] > origin { trend[base + row] = design.times[row] - origin }
        }
        for column in 0..<(trendCount + changeCount) {
            let target = column < trendCount ? column : column + count
            for row in 0..<rows {
                columns[target * rows + row] = trend[column * rows + row] * state.slope[row] * state.factor[row]
            }
        }
        for column in 0..<count {
            let multiplicative = design.multiplicative[column] != 0
            let additive = design.additive[column] != 0
            guard multiplicative || additive else { continue }
            let base = (trendCount + column) * rows
            for row in 0..<rows {
                columns[base + row] = features[column * rows + row] * (multiplicative ? state.trend[row] : 1)
            }
        }
        return (columns, trend)
    }

    /// The second-derivative part of the Hessian that the Gauss-Newton product leaves out.
    private func addSecondDerivatives(_ hessian: inout [Double], _ trend: [Double], _ state: State) {
        let size = trendCount + design.columnCount + changeCount
        let trendColumns = trendCount + changeCount
        func place(_ column: Int) -> Int { column < trendCount ? column : column + design.columnCount }
        var weighted = [Double](repeating: 0, count: rows)
        if growth == .logistic {
            for column in 0..<trendColumns {
                for row in 0..<rows {
                    weighted[row] =
                        -state.residuals[row] * state.factor[row] * state.curvature[row]
                        * trend[column * rows + row]
                }
                for other in column..<trendColumns {
                    let value = inner(weighted, trend, other * rows)
                    hessian[place(column) * size + place(other)] += value
                    if other != column { hessian[place(other) * size + place(column)] += value }
                }
            }
            var cross = 0.0
            for row in 0..<rows { cross += state.residuals[row] * state.factor[row] * state.slope[row] }
            hessian[1] += cross
            hessian[size] += cross
        }
        for column in 0..<design.columnCount where design.multiplicative[column] != 0 {
            for row in 0..<rows {
                weighted[row] = -state.residuals[row] * state.slope[row] * design.features[column * rows + row]
            }
            let first = trendCount + column
            for other in 0..<trendColumns {
                let value = inner(weighted, trend, other * rows)
                hessian[first * size + place(other)] += value
                hessian[place(other) * size + first] += value
            }
        }
    }

    private func inner(_ a: [Double], _ b: [Double], _ offset: Int) -> Double {
        a.withUnsafeBufferPointer { left in
            b.withUnsafeBufferPointer { right in
                guard let x = left.baseAddress, let y = right.baseAddress else { return 0 }
                return DenseKernels.dot(x, y + offset, a.count)
            }
        }
    }

    private func newtonStep(
        _ parameters: ProphetParameters,
        _ state: State,
        variance: Double,
        damping: inout Double
    ) -> [Double]? {
        let count = design.columnCount
        let smooth = trendCount + count
        let size = smooth + changeCount
        let (columns, trend) = derivatives(parameters, state)
        let gaussNewton = DenseKernels.gram(columns, rows: rows, columns: size)
        var gradient = (0..<size).map { -inner(state.residuals, columns, $0 * rows) }
        var precision = [Double](repeating: 0, count: size)
        for index in 0..<trendCount { precision[index] = 1.0 / 25 }
        for column in 0..<count {
            precision[trendCount + column] = 1 / (design.priorScales[column] * design.priorScales[column])
        }
        if growth == .flat {
            gradient[0] += variance * parameters.offset / 25
        } else {
            gradient[0] += variance * parameters.rate / 25
            gradient[1] += variance * parameters.offset / 25
        }
        for column in 0..<count {
            gradient[trendCount + column] += variance * parameters.coefficients[column] * precision[trendCount + column]
        }
        var exact = gaussNewton
        addSecondDerivatives(&exact, trend, state)
        for attempt in 0..<14 {
            var hessian = attempt == 0 ? exact : gaussNewton
            for index in 0..<size {
                hessian[index * size + index] +=
                    variance * precision[index]
                    + damping * gaussNewton[index * size + index]
            }
            if let step = quadraticStep(
                hessian, gradient, smooth: smooth, changes: parameters.rateChanges,
                penalty: variance / changepointPriorScale, strict: attempt == 0)
            {
                return step
            }
            if attempt > 0 { damping = max(10 * damping, 1e-10) }
        }
        return nil
    }

    /// The minimiser of the quadratic model plus the Laplace terms; nil when the model is not convex.
    private func quadraticStep(
        _ hessian: [Double],
        _ gradient: [Double],
        smooth: Int,
        changes: [Double],
        penalty: Double,
        strict: Bool
    ) -> [Double]? {
        let size = smooth + changeCount
        var block = [Double](repeating: 0, count: smooth * smooth)
        for row in 0..<smooth {
            for column in 0..<smooth { block[row * smooth + column] = hessian[row * size + column] }
        }
        guard let factor = CholeskyFactor(block, order: smooth) else { return nil }
        if strict && !factor.dependentRows.isEmpty { return nil }
        let eliminated = factor.solve((0..<smooth).map { -gradient[$0] })
        guard changeCount > 0 else { return eliminated }
        var solved: [[Double]] = []
        for change in 0..<changeCount {
            solved.append(factor.solve((0..<smooth).map { hessian[$0 * size + smooth + change] }))
        }
        // In terms of the new rate changes d: 1/2 (d - d0)'S(d - d0) + g'(d - d0) + penalty |d|.
        var matrix = [Double](repeating: 0, count: changeCount * changeCount)
        var linear = [Double](repeating: 0, count: changeCount)
        for row in 0..<changeCount {
            var pull = -gradient[smooth + row]
            for index in 0..<smooth { pull -= hessian[(smooth + row) * size + index] * eliminated[index] }
            linear[row] = pull
            for column in row..<changeCount {
                var value = hessian[(smooth + row) * size + smooth + column]
                for index in 0..<smooth { value -= hessian[(smooth + row) * size + index] * solved[column][index] }
                matrix[row * changeCount + column] = value
                matrix[column * changeCount + row] = value
            }
        }
        if strict {
            guard CholeskyFactor(matrix, order: changeCount, relativeTolerance: 1e-14) != nil else { return nil }
        }
        for row in 0..<changeCount {
            for column in 0..<changeCount { linear[row] += matrix[row * changeCount + column] * changes[column] }
        }
        var lasso = LassoActiveSet(size: changeCount)
        lasso.point = changes
        lasso.minimise(matrix: matrix, linear: linear, penalty: penalty)
        var step = eliminated + [Double](repeating: 0, count: changeCount)
        for change in 0..<changeCount {
            let move = lasso.point[change] - changes[change]
            step[smooth + change] = move
            if move != 0 { for index in 0..<smooth { step[index] -= solved[change][index] * move } }
        }
        return step.allSatisfy(\.isFinite) ? step : nil
    }
}
