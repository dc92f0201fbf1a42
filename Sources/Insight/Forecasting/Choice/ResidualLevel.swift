/// How much of a regression model's most recent residual level carries over into the future: simple exponential
/// smoothing whose share is the one that would have predicted the mean of the next residuals best.
struct ResidualLevel {
    static let alphas: [Double] = [0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5]

    /// To be added to the whole forecast; 0 when no correction would have helped.
    let correction: Double

    /// - Parameters:
    ///   - residuals: observed minus fitted, in time order.
    ///   - window: number of residuals whose mean is to be predicted.
    init(residuals: [Double], window: Int) {
        let count = residuals.count
        let first = max(20, count / 4)
        guard count - first >= 6 else {
            correction = 0
            return
        }
        let width = max(1, min(window, (count - first) / 3))
        var sums = [Double](repeating: 0, count: count + 1)
        for index in 0..<count { sums[index + 1] = sums[index] + residuals[index] }
        let head = residuals.prefix(10)
        let start = head.reduce(0, +) / Double(max(1, head.count))
        let origins = first...(count - width)
        var plain = 0.0
        for origin in origins {
            let mean = (sums[origin + width] - sums[origin]) / Double(width)
            plain += mean * mean
        }
        var best = (error: plain, level: 0.0)
        for alpha in Self.alphas {
            var level = start
            var error = 0.0
            for index in 0..<count {
                if index >= first && index <= count - width {
                    let mean = (sums[index + width] - sums[index]) / Double(width)
                    error += (mean - level) * (mean - level)
                }
                level += alpha * (residuals[index] - level)
            }
            if error < best.error { best = (error, level) }
        }
        correction = best.level
    }
}
