import Glibc

/// The theta method (Assimakopoulos and Nikolopoulos 2000) in its form as simple exponential smoothing with drift
/// (Hyndman and Billah 2003): half the slope of a straight line fitted to the history is added to the level.
struct ThetaMethod {
    let smoothing: ExponentialLevel
    /// Least-squares slope per step.
    let slope: Double
    let count: Int

    /// - Parameters:
    ///   - values: seasonally adjusted grid values, NaN where missing.
    ///   - window, alpha: see `ExponentialLevel`.
    init(_ values: [Double], window: Int, alpha: Double? = nil) {
        smoothing = ExponentialLevel(best: values, window: window, alpha: alpha)
        var n = 0.0
        var sumX = 0.0
        var sumY = 0.0
        for (index, value) in values.enumerated() where !value.isNaN {
            n += 1
            sumX += Double(index)
            sumY += value
        }
        var covariance = 0.0
        var variance = 0.0
        if n > 0 {
            let meanX = sumX / n
            let meanY = sumY / n
            for (index, value) in values.enumerated() where !value.isNaN {
                covariance += (Double(index) - meanX) * (value - meanY)
                variance += (Double(index) - meanX) * (Double(index) - meanX)
            }
        }
        slope = variance > 0 ? covariance / variance : 0
        count = values.count
    }

    /// The forecast `distance` >= 1 steps ahead.
    func forecast(_ distance: Int) -> Double {
        let alpha = smoothing.alpha
        let start = (1 - pow(1 - alpha, Double(count))) / alpha
        return smoothing.level + 0.5 * slope * (Double(distance) - 1 + start)
    }
}
