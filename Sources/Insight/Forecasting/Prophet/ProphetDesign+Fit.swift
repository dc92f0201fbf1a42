import Glibc

extension ProphetDesign {
    /// A fit and the fitted residuals `y - yhat` of the history, in units of y.
    struct Outcome {
        var fitted: FittedProphet
        var residuals: [Double]
    }

    /// The design of a series, to fit it and others observed at the same times.
    public init(series: ForecastSeries, settings: ProphetSettings = ProphetSettings()) throws(ForecastError) {
        try settings.validate()
        let history = try ProphetHistory(series, settings: settings)
        try self.init(history: history.observed, settings: settings)
    }

    /// Fits a series whose observed rows are those of this design.
    ///
    /// - Throws: `lengthMismatch` when the observed times differ from the design's.
    public func fit(_ series: ForecastSeries, previous: FittedProphet? = nil) throws(ForecastError) -> FittedProphet {
        let history = try ProphetHistory(series, settings: settings)
        guard history.observed.timestamps == timestamps else {
            throw .lengthMismatch(
                column: "ds (not the times of the design)", found: history.observed.timestamps.count,
                expected: timestamps.count)
        }
        return try fit(history, previous: previous).fitted
    }

    func fit(_ history: ProphetHistory, previous: FittedProphet?) throws(ForecastError) -> Outcome {
        let observed = history.observed
        let scaling = ProphetScaling(history: observed, settings: settings)
        let frame = observed.future
        let floors = try scaling.floors(of: frame)
        let capacities = settings.growth == .logistic ? try scaling.capacities(of: frame, floors: floors) : []
        var scaled = observed.values
        for row in scaled.indices { scaled[row] = (scaled[row] - floors[row]) / scaling.yScale }
        guard scaled.allSatisfy(\.isFinite) else { throw .noFiniteOptimum }
        let start = startParameters(scaled, capacities)

        let constant = settings.growth != .logistic && observed.values.allSatisfy { $0 == observed.values[0] }
        var solution: NewtonSolver.Solution
        if constant {
            var parameters = start
            parameters.noise = ProphetObjective.smallestNoise
            solution = NewtonSolver.Solution(
                parameters: parameters, residuals: [Double](repeating: 0, count: rowCount),
                residualSumOfSquares: 0, logDensity: .nan
            )
        } else if let normalEquations {
            solution = fitAdditive(normalEquations, scaled, previous: previous)
        } else {
            solution = try fitByNewton(scaled, capacities, start: start, previous: previous)
        }
        guard solution.parameters.areFinite else { throw .noFiniteOptimum }
        let fitted = FittedProphet(
            settings: settings, parameters: solution.parameters, changepointTimestamps: changepointTimestamps,
            changepointTimes: changepointTimes, logDensity: constant ? nil : solution.logDensity,
            rowCount: rowCount, lastTimestamp: history.lastTimestamp, step: history.step,
            layout: layout, scaling: scaling
        )
        return Outcome(fitted: fitted, residuals: solution.residuals.map { $0 * scaling.yScale })
    }

    /// Where the original optimiser starts: a line through the first and the last row.
    private func startParameters(_ scaled: [Double], _ capacities: [Double]) -> ProphetParameters {
        var start = ProphetParameters(
            rate: 0, offset: 0, rateChanges: [Double](repeating: 0, count: changepointTimes.count),
            coefficients: [Double](repeating: 0, count: columnCount), noise: 1
        )
        let first = scaled[0]
        let last = scaled[scaled.count - 1]
        switch settings.growth {
        case .linear:
            start.rate = last - first
            start.offset = first
        case .flat:
            start.offset = scaled.reduce(0, +) / Double(scaled.count)
        case .logistic:
            let firstCapacity = capacities[0]
            let lastCapacity = capacities[capacities.count - 1]
            var firstRatio = firstCapacity / max(0.01 * firstCapacity, min(0.99 * firstCapacity, first))
            let lastRatio = lastCapacity / max(0.01 * lastCapacity, min(0.99 * lastCapacity, last))
            if abs(firstRatio - lastRatio) <= 0.01 { firstRatio *= 1.05 }
            let firstLogit = log(firstRatio - 1)
            let lastLogit = log(lastRatio - 1)
            start.offset = firstLogit / (firstLogit - lastLogit)
            start.rate = firstLogit - lastLogit
        }
        return start
    }

    private func fitAdditive(
        _ equations: NormalEquations,
        _ scaled: [Double],
        previous: FittedProphet?
    ) -> NewtonSolver.Solution {
        var solver = AdditiveSolver(
            equations: equations, observations: scaled, changepointPriorScale: settings.changepointPriorScale)
        var startVariance = 1.0
        if let noise = previous?.parameters.noise, noise > 10 * ProphetObjective.smallestNoise {
            // From above, so that the search meets the same optimum as a fresh one.
            startVariance = min(1, 1.5 * noise * noise)
        }
        let solved = solver.solve(startVariance: startVariance, startChanges: previous?.parameters.rateChanges)
        let smooth = equations.smoothParameters(solved.directions)
        let linear = settings.growth == .linear
        let parameters = ProphetParameters(
            rate: linear ? smooth[0] : 0,
            offset: linear ? smooth[1] : smooth[0],
            rateChanges: linear ? solved.changes : [Double](repeating: 0, count: changepointTimes.count),
            coefficients: Array(smooth[(linear ? 2 : 1)...]),
            noise: sqrt(solved.variance)
        )
        let density = ProphetObjective.logDensity(
            rowCount: rowCount, residualSumOfSquares: solved.residualSumOfSquares, parameters: parameters,
            changepointPriorScale: settings.changepointPriorScale, priorScales: priorScales
        )
        return NewtonSolver.Solution(
            parameters: parameters, residuals: solved.residuals,
            residualSumOfSquares: solved.residualSumOfSquares, logDensity: density
        )
    }

    /// These densities can have more than one peak. The original's users know the one its start leads to, so that
    /// one is kept unless another explains the data materially better, or the highest is asked for.
    private func fitByNewton(
        _ scaled: [Double],
        _ capacities: [Double],
        start: ProphetParameters,
        previous: FittedProphet?
    ) throws(ForecastError) -> NewtonSolver.Solution {
        let solver = NewtonSolver(design: self, observations: scaled, capacities: capacities)
        let highest = settings.peak == .highestOfSeveralStarts
        if !highest, let warm = previous?.parameters, warm.coefficients.count == columnCount,
            warm.rateChanges.count == changepointTimes.count, let solution = solver.solve(from: warm)
        {
            return solution
        }
        var best = solver.solve(from: start)
        let mean = scaled.reduce(0, +) / Double(rowCount)
        let variation = scaled.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        guard highest || (best?.residualSumOfSquares ?? .infinity) > 0.5 * variation else {
            guard let best else { throw .noFiniteOptimum }
            return best
        }
        let margin = highest ? 0 : 0.02 * Double(rowCount)
        for other in otherStarts(start, scaled, capacities) {
            guard let solution = solver.solve(from: other) else { continue }
            if solution.logDensity > (best?.logDensity ?? -.infinity) + margin { best = solution }
        }
        guard let best else { throw .noFiniteOptimum }
        return best
    }

    /// Curves through the average observation in the middle of the history: rising, falling, or level.
    private func otherStarts(
        _ start: ProphetParameters,
        _ scaled: [Double],
        _ capacities: [Double]
    ) -> [ProphetParameters] {
        let average = scaled.reduce(0, +) / Double(scaled.count)
        guard settings.growth == .logistic else {
            var level = start
            level.rate = 0
            level.offset = average
            return [level]
        }
        let capacity = capacities.reduce(0, +) / Double(capacities.count)
        let share = min(0.95, max(0.05, average / capacity))
        return [1.0, -1.0].map { rate in
            var other = start
            other.rate = rate
            other.offset = 0.5 - log(share / (1 - share)) / rate
            return other
        }
    }
}
