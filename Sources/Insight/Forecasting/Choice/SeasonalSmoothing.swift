import Glibc

/// Exponential smoothing with damped trend and seasonal deviations (Holt-Winters) from fixed indices, parameters by how well
/// they would have predicted the mean of the next `window` steps, and the pattern around it.
struct SeasonalSmoothing {
    let level: Double
    let trend: Double
    let parameters: Parameters
    let seasonal: [Double]
    let count: Int

    /// How level, trend and season follow the observations, and what is left of the trend after a step; each 0...1.
    struct Parameters: Sendable, Equatable {
        var alpha: Double
        var beta: Double
        var gamma: Double
        var damping: Double
    }

    /// - Parameters:
    ///   - values: grid values freed of fixed seasonal indices, NaN where missing.
    ///   - length: of the cycle in steps.
    ///   - window: number of steps whose mean is to be predicted, >= 1.
    ///   - known: the best parameters; nil to look for them.
    init(_ values: [Double], length: Int, window: Int, known: Parameters? = nil) {
        let none = [Double](repeating: 0, count: length)
        let head = values.lazy.filter { !$0.isNaN }.prefix(max(10, length))
        let start = head.isEmpty ? 0 : head.reduce(0, +) / Double(head.count)
        let cycles = max(1, (window + length - 1) / length) * length
        var best: (level: Double, trend: Double, seasonal: [Double]) = (start, 0, none)
        var chosen = known ?? Parameters(alpha: 0, beta: 0, gamma: 0, damping: 0.9)
        var least = Double.infinity
        var seasonal = none
        for parameters in known.map({ [$0] }) ?? Self.tried {
            seasonal = none
            let result = Self.run(values, &seasonal, start: start, parameters, window: cycles)
            if result.error < least || known != nil {
                least = result.error
                best = (result.level, result.trend, seasonal)
                chosen = parameters
            }
        }
        level = best.level
        trend = best.trend
        parameters = chosen
        self.seasonal = best.seasonal
        count = values.count
    }

    private static let tried: [Parameters] = [0.0, 0.03, 0.1, 0.25].flatMap { gamma in
        [0.02, 0.06, 0.15, 0.3, 0.6].flatMap { alpha in
            [(0.0, 0.9), (0.03, 0.9), (0.03, 0.98), (0.15, 0.9)].map { ratio, damping in
                Parameters(alpha: alpha, beta: alpha * ratio, gamma: gamma, damping: damping)
            }
        }
    }

    private static func run(
        _ values: [Double],
        _ seasonal: inout [Double],
        start: Double,
        _ parameters: Parameters,
        window: Int
    ) -> (level: Double, trend: Double, error: Double) {
        let alpha = parameters.alpha
        let beta = parameters.beta
        let gamma = parameters.gamma
        let damping = parameters.damping
        var level = start
        var trend = 0.0
        var error = 0.0
        var phase = 0
        let length = seasonal.count
        let reach = DampedTrend.meanReach(damping, window)
        let first = max(10, values.count / 5)
        // Errors of the window's mean count as often as the window is long, like those of its single steps.
        let weight = Double(window) / Double(length)
        var windowSum = 0.0
        var windowCount = 0.0
        var expected = [Double](repeating: 0, count: values.count + 1)
        // Raw pointers: this loop runs once per grid point and parameter combination.
        values.withUnsafeBufferPointer { values in
            seasonal.withUnsafeMutableBufferPointer { seasonal in
                expected.withUnsafeMutableBufferPointer { expected in
                    for index in values.indices {
                        expected[index] = level + reach * trend
                        let value = values[index]
                        trend *= damping
                        level += trend
                        if !value.isNaN {
                            let surprise = value - level - seasonal[phase]
                            level += alpha * surprise
                            trend += beta * surprise
                            seasonal[phase] += gamma * (1 - alpha) * surprise
                            if index >= first { error += surprise * surprise / Double(length) }
                            windowSum += value
                            windowCount += 1
                        }
                        let left = index - window
                        if left >= 0, !values[left].isNaN {
                            windowSum -= values[left]
                            windowCount -= 1
                        }
                        if left + 1 >= first, windowCount > 0.8 * Double(window) {
                            let miss = windowSum / windowCount - expected[left + 1]
                            error += weight * miss * miss
                        }
                        phase += 1
                        if phase == length { phase = 0 }
                    }
                }
            }
        }
        return (level, trend, error)
    }

    /// The forecast `distance` >= 1 steps ahead.
    func forecast(_ distance: Int) -> Double {
        let damping = parameters.damping
        return level + trend * damping * (1 - pow(damping, Double(distance))) / (1 - damping)
            + seasonal[(count - 1 + distance) % seasonal.count]
    }
}
