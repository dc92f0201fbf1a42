/// Simple exponential smoothing with missing values: the level moves towards each observation by a share alpha.
///
/// Alpha is the one whose level would have predicted the mean of the next `window` observations best. One-step
/// errors would reward following short-lived swings, which costs dearly at the horizons forecasts are made for.
struct ExponentialLevel {
    /// Tried smoothing shares.
    static let alphas: [Double] = [
        0.01, 0.02, 0.04, 0.06, 0.09, 0.13, 0.18, 0.25, 0.33, 0.45, 0.6, 0.8, 0.98,
    ]

    var alpha: Double
    var level: Double

    /// - Parameters:
    ///   - values: NaN where missing.
    ///   - window: number of observations whose mean is to be predicted, >= 1.
    ///   - alpha: known to be the best one; nil to look for it.
    init(best values: [Double], window: Int, alpha known: Double? = nil) {
        let observed = values.filter { !$0.isNaN }
        let head = observed.prefix(10)
        let start = head.isEmpty ? 0 : head.reduce(0, +) / Double(head.count)
        if let known {
            alpha = known
            level = observed.reduce(start) { $0 + known * ($1 - $0) }
            return
        }
        let targets = WindowMeans(observed, window: window)
        var best = (alpha: Self.alphas[0], level: start, error: Double.infinity)
        for alpha in Self.alphas {
            var level = start
            var error = 0.0
            for (index, value) in observed.enumerated() {
                if index >= targets.first && index < targets.end {
                    let surprise = targets.means[index] - level
                    error += surprise * surprise
                }
                level += alpha * (value - level)
            }
            if error < best.error { best = (alpha, level, error) }
        }
        alpha = best.alpha
        level = best.level
    }
}

/// The means of the windows that begin at each index of a series.
struct WindowMeans {
    /// Index by index; 0 where no window fits.
    let means: [Double]
    /// Length of the windows actually used.
    let window: Int
    /// Windows judged begin at `first..<end`: early ones depend on the starting values.
    let first: Int
    let end: Int

    init(_ values: [Double], window: Int) {
        let count = values.count
        first = min(max(10, count / 5), max(0, count - 1))
        let width = max(1, min(window, (count - first) / 3))
        self.window = width
        var means = [Double](repeating: 0, count: count)
        var sum = 0.0
        for index in stride(from: count - 1, through: 0, by: -1) {
            sum += values[index]
            if index + width < count { sum -= values[index + width] }
            if index + width <= count { means[index] = sum / Double(width) }
        }
        self.means = means
        end = max(0, count - width + 1)
    }
}
