import Glibc

/// Uncertainty intervals of a prediction: the trend goes on changing its rate as often and as much as it did, plus
/// independent observation noise. No uncertainty of parameters or seasonalities.
struct ForecastUncertainty {
    let model: FittedProphet
    /// Scaled, ascending.
    let times: [Double]
    let capacities: [Double]
    let scaledTrend: [Double]
    let multiplicativeTerms: [Double]

    /// First row after the history.
    var firstFutureRow: Int { times.firstIndex { $0 > 1 } ?? times.count }
    var changepointCount: Int { model.changepointTimes.count }

    /// Scale of the Laplace distribution of future rate changes.
    var changeScale: Double {
        let changes = model.parameters.rateChanges
        return changes.reduce(0) { $0 + abs($1) } / Double(max(1, changes.count)) + 1e-8
    }

    /// Mean scaled length of a step over the future rows; over the history when there is only one.
    var stepLength: Double {
        let future = times.count - firstFutureRow
        if future > 1, let last = times.last { return (last - times[firstFutureRow]) / Double(future - 1) }
        return 1 / Double(max(1, model.rowCount - 1))
    }

    /// Probability of a rate change per step.
    var changeProbability: Double { min(1, Double(changepointCount) * stepLength) }

    func apply(to forecast: inout ProphetForecast, parts: ProphetPredictionParts, seed: UInt64) {
        switch model.settings.uncertainty {
        case .none:
            break
        case .exact where model.settings.growth != .logistic:
            applyExact(to: &forecast, parts: parts)
        case .exact:
            // The noise is integrated exactly over twelve times the usual number of paths.
            var simulation = SimulatedPaths(uncertainty: self, paths: 12_000, scheme: .perStep, seed: seed)
            simulation.integratesNoise = true
            simulation.apply(to: &forecast, parts: parts)
        case .simulated(let paths):
            guard paths > 0 else { return }
            SimulatedPaths(uncertainty: self, paths: paths, scheme: .perStep, seed: seed).apply(
                to: &forecast, parts: parts)
        case .simulatedChangepoints(let paths):
            guard paths > 0 else { return }
            SimulatedPaths(uncertainty: self, paths: paths, scheme: .changepoints, seed: seed).apply(
                to: &forecast, parts: parts)
        }
    }

    private func applyExact(to forecast: inout ProphetForecast, parts: ProphetPredictionParts) {
        let level = 0.5 * (1 + model.settings.intervalWidth)
        let scale = model.scaling.yScale
        let noise = model.parameters.noise
        let normal = NormalDistribution.quantile(level)
        let first = firstFutureRow
        if parts.contains(.interval) {
            for row in 0..<first { forecast.widen(row, by: normal * noise * scale) }
        }
        let steps = times.count - first
        guard steps > 0 else { return }
        if model.settings.growth == .flat {
            if parts.contains(.interval) {
                for row in first..<times.count { forecast.widen(row, by: normal * noise * scale) }
            }
            return
        }
        let distribution = RateChangeDistribution(
            stepLength: stepLength, changeProbability: changeProbability, changeScale: changeScale)
        if parts.contains(.interval) {
            // In units of the trend: what multiplies the trend multiplies its uncertainty, not the noise.
            let factors = (first..<times.count).map { abs(1 + multiplicativeTerms[$0]) }
            let noises = factors.map { $0 > 1e-12 ? noise / $0 : .infinity }
            let widths = distribution.quantiles(level: level, noises: noises)
            for step in 0..<steps {
                let width = noises[step].isFinite ? widths[step] * factors[step] : normal * noise
                forecast.widen(first + step, by: width * scale)
            }
        }
        if parts.contains(.trendInterval) {
            let widths = distribution.quantiles(level: level, noises: [Double](repeating: 0, count: steps))
            for step in 0..<steps {
                forecast.trendLower[first + step] = forecast.trend[first + step] - widths[step] * scale
                forecast.trendUpper[first + step] = forecast.trend[first + step] + widths[step] * scale
            }
        }
    }
}

extension ProphetForecast {
    fileprivate mutating func widen(_ row: Int, by width: Double) {
        lower[row] = yhat[row] - width
        upper[row] = yhat[row] + width
    }
}
