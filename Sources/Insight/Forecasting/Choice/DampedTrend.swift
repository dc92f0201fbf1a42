import Glibc

/// Exponential smoothing with a damped additive trend (Gardner and McKenzie 1985). The parameters are those that
/// would have predicted the mean of the next `window` observations best.
struct DampedTrend {
    let level: Double
    let trend: Double
    let parameters: Parameters

    /// How level and trend follow the observations, and what is left of the trend after a step; each 0...1.
    struct Parameters: Sendable, Equatable {
        var alpha: Double
        var beta: Double
        var damping: Double
    }

    static let alphas: [Double] = [0.02, 0.05, 0.1, 0.2, 0.35, 0.55, 0.8, 0.98]

    /// - Parameters:
    ///   - values: seasonally adjusted grid values, NaN where missing.
    ///   - window: number of observations whose mean is to be predicted, >= 1.
    ///   - known: the best parameters; nil to look for them.
    init(_ values: [Double], window: Int, known: Parameters? = nil) {
        let observed = values.filter { !$0.isNaN }
        let head = observed.prefix(10)
        let start = head.isEmpty ? 0 : head.reduce(0, +) / Double(head.count)
        if let known {
            var level = start
            var trend = 0.0
            for value in observed {
                trend *= known.damping
                level += trend
                let surprise = value - level
                level += known.alpha * surprise
                trend += known.beta * surprise
            }
            self.level = level
            self.trend = trend
            parameters = known
            return
        }
        let targets = WindowMeans(observed, window: window)
        var best = (level: start, trend: 0.0, parameters: Parameters(alpha: 0, beta: 0, damping: 0.9))
        var least = Double.infinity
        for alpha in Self.alphas {
            for ratio in [0.0, 0.02, 0.06, 0.15, 0.4] {
                for damping in [0.85, 0.94, 0.98] where ratio > 0 || damping == 0.85 {
                    let reach = Self.meanReach(damping, targets.window)
                    var level = start
                    var trend = 0.0
                    var error = 0.0
                    for (index, value) in observed.enumerated() {
                        if index >= targets.first && index < targets.end {
                            let surprise = targets.means[index] - level - reach * trend
                            error += surprise * surprise
                        }
                        trend *= damping
                        level += trend
                        let surprise = value - level
                        level += alpha * surprise
                        trend += alpha * ratio * surprise
                    }
                    if error < least {
                        least = error
                        best = (level, trend, Parameters(alpha: alpha, beta: alpha * ratio, damping: damping))
                    }
                }
            }
        }
        level = best.level
        trend = best.trend
        parameters = best.parameters
    }

    /// The mean over the next `window` steps of what one unit of trend adds.
    static func meanReach(_ damping: Double, _ window: Int) -> Double {
        var reach = 0.0
        var sum = 0.0
        var factor = 1.0
        for _ in 0..<window {
            factor *= damping
            reach += factor
            sum += reach
        }
        return sum / Double(window)
    }

    /// The forecast `distance` >= 1 steps ahead.
    func forecast(_ distance: Int) -> Double {
        let damping = parameters.damping
        return level + trend * damping * (1 - pow(damping, Double(distance))) / (1 - damping)
    }
}
