/// How much of a regression model's most recent residual level carries over into the future: simple exponential
/// smoothing whose share is the one that would have predicted the mean of the next residuals best. How much of the level
/// is left further ahead is what was left of earlier ones, by least squares and between nothing and all.
struct ResidualLevel {
    static let alphas: [Double] = [0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.5]

    /// The most recent level; 0 when no correction would have helped.
    let level: Double
    let parameters: Parameters

    struct Parameters: Sendable, Equatable {
        /// 0...1; 0 for no correction.
        var alpha: Double
        var width: Int
        /// Share of the level that is left, 0...1, per block of ``width`` residuals ahead.
        var remains: [Double]

        static let none = Parameters(alpha: 0, width: 1, remains: [])
    }

    /// To be added to the forecast `distance` >= 1 rows ahead.
    func correction(_ distance: Int) -> Double {
        guard let last = parameters.remains.last else { return 0 }
        let block = (distance - 1) / parameters.width
        return level * (block < parameters.remains.count ? parameters.remains[block] : last)
    }

    /// - Parameters:
    ///   - residuals: observed minus fitted, in time order.
    ///   - window: number of residuals whose mean is to be predicted.
    ///   - reach: rows ahead that corrections will be asked for.
    ///   - known: the best parameters; nil to look for them.
    init(residuals: [Double], window: Int, reach: Int, known: Parameters? = nil) {
        let head = residuals.prefix(10)
        let start = head.reduce(0, +) / Double(max(1, head.count))
        if let known {
            level = known.alpha > 0 ? residuals.reduce(start) { $0 + known.alpha * ($1 - $0) } : 0
            parameters = known
            return
        }
        let count = residuals.count
        let first = max(20, count / 4)
        guard count - first >= 6 else {
            (level, parameters) = (0, .none)
            return
        }
        let width = max(1, min(window, (count - first) / 3))
        var sums = [Double](repeating: 0, count: count + 1)
        for index in 0..<count { sums[index + 1] = sums[index] + residuals[index] }
        let origins = first...(count - width)
        var plain = 0.0
        for origin in origins {
            let mean = (sums[origin + width] - sums[origin]) / Double(width)
            plain += mean * mean
        }
        var best = (error: plain, alpha: 0.0)
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
            if error < best.error { best = (error, alpha) }
        }
        guard best.alpha > 0 else {
            (level, parameters) = (0, .none)
            return
        }
        var levels = [start]
        levels.reserveCapacity(count + 1)
        for index in 0..<count { levels.append(levels[index] + best.alpha * (residuals[index] - levels[index])) }
        level = levels[count]
        var remains: [Double] = []
        for block in 0..<max(1, (reach + width - 1) / width) {
            let ahead = block * width
            var squares = 0.0
            var products = 0.0
            for origin in stride(from: first, through: count - ahead - width, by: 1) {
                let mean = (sums[origin + ahead + width] - sums[origin + ahead]) / Double(width)
                squares += levels[origin] * levels[origin]
                products += levels[origin] * mean
            }
            guard squares > 0 else { break }
            remains.append(min(1, max(0, products / squares)))
        }
        parameters = Parameters(alpha: best.alpha, width: width, remains: remains)
    }
}
