import Glibc

/// Uncertainty intervals by simulation: percentiles over seeded paths, drawn row by row so that memory grows with
/// the number of paths alone.
struct SimulatedPaths {
    /// How future rate changes are drawn.
    enum Scheme {
        /// In each step with a fixed probability.
        case perStep
        /// A Poisson number at uniform times after the history.
        case changepoints
    }

    let uncertainty: ForecastUncertainty
    /// > 0
    let paths: Int
    let scheme: Scheme
    let seed: UInt64
    /// Whether the noise is integrated exactly over the simulated trends instead of drawn.
    var integratesNoise = false

    func apply(to forecast: inout ProphetForecast, parts: ProphetPredictionParts) {
        let model = uncertainty.model
        let scale = model.scaling.yScale
        let low = 0.5 * (1 - model.settings.intervalWidth)
        let high = 0.5 * (1 + model.settings.intervalWidth)
        let first = uncertainty.firstFutureRow
        var trendGenerator = SeededGenerator(seed: seed)
        var noiseGenerator = SeededGenerator(seed: seed ^ 0xA5A5_5A5A_C3C3_3C3C)
        var walk = TrendWalk(uncertainty: uncertainty, paths: paths, scheme: scheme, generator: &trendGenerator)
        var deviations = [Double](repeating: 0, count: paths)
        var samples = [Double](repeating: 0, count: paths)
        for row in forecast.timestamps.indices {
            if row >= first { walk.advance(row: row, into: &deviations, generator: &trendGenerator) }
            let factor = 1 + forecast.multiplicativeTerms[row]
            let noise = model.parameters.noise * scale
            guard parts.contains(.interval) || row >= first else { continue }
            if integratesNoise {
                for path in 0..<paths { samples[path] = deviations[path] * scale * factor }
                let mixture = NoisyMixture(samples, noise: noise)
                forecast.lower[row] = forecast.yhat[row] + mixture.quantile(low)
                forecast.upper[row] = forecast.yhat[row] + mixture.quantile(high)
            } else {
                for path in 0..<paths {
                    samples[path] =
                        forecast.yhat[row] + deviations[path] * scale * factor
                        + noise * noiseGenerator.normal()
                }
                forecast.lower[row] = OrderStatistics.quantile(&samples, probability: low)
                forecast.upper[row] = OrderStatistics.quantile(&samples, probability: high)
            }
            if row >= first, parts.contains(.trendInterval) {
                for path in 0..<paths { samples[path] = forecast.trend[row] + deviations[path] * scale }
                forecast.trendLower[row] = OrderStatistics.quantile(&samples, probability: low)
                forecast.trendUpper[row] = OrderStatistics.quantile(&samples, probability: high)
            }
        }
    }
}

/// The distribution of a sampled quantity plus normal noise: the sample is binned (linearly split between
/// neighbouring bins, at most a fortieth of the noise apart where 512 bins allow it) and the noise added exactly.
private struct NoisyMixture {
    private var centres: [Double] = []
    private var weights: [Double] = []
    private let noise: Double
    private let low: Double
    private let high: Double

    init(_ samples: [Double], noise: Double) {
        self.noise = max(noise, .leastNormalMagnitude)
        low = samples.min() ?? 0
        high = samples.max() ?? 0
        let bins = high > low ? min(512, max(2, Int((high - low) / (0.025 * self.noise)) + 1)) : 1
        let width = bins > 1 ? (high - low) / Double(bins - 1) : 1
        weights = [Double](repeating: 0, count: bins)
        let share = 1 / Double(samples.count)
        for sample in samples {
            let position = (sample - low) / width
            let bin = min(bins - 1, Int(position))
            let fraction = position - Double(bin)
            weights[bin] += share * (1 - fraction)
            if bin + 1 < bins { weights[bin + 1] += share * fraction }
        }
        centres = (0..<bins).map { low + Double($0) * width }
    }

    /// By bisection on the mixture's distribution function.
    func quantile(_ probability: Double) -> Double {
        var below = low - 40 * noise
        var above = high + 40 * noise
        for _ in 0..<200 where above - below > 1e-9 * (high - low + noise) {
            let middle = 0.5 * (below + above)
            var cumulative = 0.0
            for (centre, weight) in zip(centres, weights) where weight > 0 {
                cumulative += weight * NormalDistribution.cumulative((middle - centre) / noise)
            }
            if cumulative < probability { below = middle } else { above = middle }
        }
        return 0.5 * (below + above)
    }
}

/// The simulated trends' deviations from the forecast trend, on the model's scale, one future row after another.
private struct TrendWalk {
    private let uncertainty: ForecastUncertainty
    private let scheme: SimulatedPaths.Scheme
    private let paths: Int
    private let probability: Double
    private let changeScale: Double
    private let stepLength: Double
    /// Rate and intercept of the linear predictor before the first future row.
    private let startRate: Double
    private let startIntercept: Double
    private var lastChanges: [Double]
    private var rates: [Double]
    private var sums: [Double]
    /// Times and sizes of drawn changepoints per path, ascending, for the changepoint scheme.
    private var drawn: [[(time: Double, change: Double)]] = []
    private var nextDrawn: [Int]

    init(
        uncertainty: ForecastUncertainty,
        paths: Int,
        scheme: SimulatedPaths.Scheme,
        generator: inout SeededGenerator
    ) {
        self.uncertainty = uncertainty
        self.scheme = scheme
        self.paths = paths
        probability = uncertainty.changeProbability
        changeScale = uncertainty.changeScale
        stepLength = uncertainty.stepLength
        lastChanges = [Double](repeating: 0, count: paths)
        rates = [Double](repeating: 0, count: paths)
        sums = [Double](repeating: 0, count: paths)
        nextDrawn = [Int](repeating: 0, count: paths)
        let parameters = uncertainty.model.parameters
        var rate = parameters.rate
        var intercept = -parameters.rate * parameters.offset
        if scheme == .perStep, uncertainty.model.settings.growth == .logistic {
            // Past changes sit on a grid of future steps: each at the first grid point after its changepoint, a
            // later one replacing an earlier one at the same point.
            let step = uncertainty.stepLength
            var placed: [Int: Double] = [:]
            for (changepoint, change) in zip(uncertainty.model.changepointTimes, parameters.rateChanges) {
                placed[Int((changepoint / step).rounded(.down)) + 1] = change
            }
            for (index, change) in placed.sorted(by: { $0.key < $1.key }) {
                rate += change
                intercept -= change * Double(index) * step
            }
        }
        startRate = rate
        startIntercept = intercept
        if scheme == .changepoints { drawChangepoints(&generator) }
    }

    private mutating func drawChangepoints(_ generator: inout SeededGenerator) {
        let latest = uncertainty.times.last ?? 1
        let mean = Double(uncertainty.changepointCount) * max(0, latest - 1)
        for _ in 0..<paths {
            let count = generator.poisson(mean: mean)
            let times = (0..<count).map { _ in 1 + generator.uniform() * (latest - 1) }.sorted()
            drawn.append(times.map { ($0, generator.laplace(scale: changeScale)) })
        }
    }

    /// Fills `deviations` for the future row `row`; rows must come in ascending order without a gap.
    mutating func advance(row: Int, into deviations: inout [Double], generator: inout SeededGenerator) {
        let growth = uncertainty.model.settings.growth
        let time = uncertainty.times[row]
        guard growth != .flat else { return }
        if scheme == .changepoints {
            advanceChangepoints(row: row, time: time, into: &deviations)
            return
        }
        for path in 0..<paths {
            var change = 0.0
            if generator.uniform() < probability { change = generator.laplace(scale: changeScale) }
            let effective = 0.5 * (lastChanges[path] + change)
            lastChanges[path] = change
            rates[path] += effective
            if growth == .linear {
                sums[path] += rates[path]
                deviations[path] = stepLength * sums[path]
            } else {
                sums[path] -= effective * time
                let predictor = startIntercept + sums[path] + (startRate + rates[path]) * time
                deviations[path] = uncertainty.capacities[row] * ProphetTrend.logistic(predictor)
            }
        }
        if growth == .logistic {
            let mean = deviations.reduce(0, +) / Double(paths)
            for path in 0..<paths { deviations[path] -= mean }
        }
    }

    private mutating func advanceChangepoints(row: Int, time: Double, into deviations: inout [Double]) {
        let growth = uncertainty.model.settings.growth
        var predictor = 0.0
        if growth == .logistic {
            let share = uncertainty.scaledTrend[row] / uncertainty.capacities[row]
            predictor = log(share / (1 - share))
        }
        for path in 0..<paths {
            while nextDrawn[path] < drawn[path].count, drawn[path][nextDrawn[path]].time <= time {
                let next = drawn[path][nextDrawn[path]]
                rates[path] += next.change
                sums[path] -= next.change * next.time
                nextDrawn[path] += 1
            }
            let shift = sums[path] + rates[path] * time
            if growth == .linear {
                deviations[path] = shift
            } else if predictor.isFinite {
                deviations[path] =
                    uncertainty.capacities[row] * ProphetTrend.logistic(predictor + shift)
                    - uncertainty.scaledTrend[row]
            }
        }
    }
}
