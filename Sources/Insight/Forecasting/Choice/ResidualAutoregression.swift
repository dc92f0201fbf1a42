import Glibc

/// An autoregressive process of a regression model's residuals: how deviations from the model go on, swing back and
/// fade. What it forecasts always returns to the model, sooner where deviations used to pass sooner.
///
/// The partial autocorrelations are Burg's (1967), whose processes are stationary; their number is the one with the
/// least Bayesian information criterion.
struct ResidualAutoregression {
    static let orderMax = 4
    /// A process of an order needs so many residuals for each of its coefficients.
    private static let residualsPerCoefficient = 10
    /// Just short of a deviation that never fades.
    private static let partialMax = 0.9999

    /// Partial autocorrelations, each within -1...1; none where residuals say nothing about those that follow.
    let partials: [Double]
    /// Of the residuals 1, 2, ... rows before.
    let coefficients: [Double]
    /// The last residuals, latest first, one per coefficient.
    private let recent: [Double]

    /// - Parameters:
    ///   - residuals: observed minus fitted, in time order.
    ///   - known: partial autocorrelations, at most ``orderMax``; nil to estimate them.
    init(_ residuals: [Double], known: [Double]? = nil) {
        let order = min(Self.orderMax, residuals.count / Self.residualsPerCoefficient)
        let partials = known.map { Array($0.prefix(residuals.count)) } ?? Self.estimate(residuals, orderMax: order)
        self.partials = partials
        coefficients = partials.reduce(into: []) { $0 = Self.extended($0, by: $1) }
        recent = Array(residuals.suffix(partials.count).reversed())
    }

    /// What is expected of the next `count` residuals.
    func forecast(_ count: Int) -> [Double] {
        guard !coefficients.isEmpty else { return [Double](repeating: 0, count: count) }
        var window = recent
        return (0..<count).map { _ in
            var next = 0.0
            for (coefficient, value) in zip(coefficients, window) { next += coefficient * value }
            window.removeLast()
            window.insert(next, at: 0)
            return next
        }
    }

    private static func estimate(_ residuals: [Double], orderMax: Int) -> [Double] {
        let count = Double(residuals.count)
        var variance = residuals.reduce(0) { $0 + $1 * $1 } / max(1, count)
        guard orderMax > 0, variance > 0 else { return [] }
        var forward = residuals
        var backward = residuals
        var partials: [Double] = []
        var best = (criterion: count * log(variance), order: 0)
        for order in 1...orderMax {
            // Errors of the process so far in both directions of time; the forward ones of the first rows are gone.
            var product = 0.0
            var squares = 0.0
            for row in order..<residuals.count {
                product += forward[row] * backward[row - 1]
                squares += forward[row] * forward[row] + backward[row - 1] * backward[row - 1]
            }
            guard squares > 0 else { break }
            let partial = min(partialMax, max(-partialMax, 2 * product / squares))
            for row in stride(from: residuals.count - 1, through: order, by: -1) {
                let ahead = forward[row]
                forward[row] = ahead - partial * backward[row - 1]
                backward[row] = backward[row - 1] - partial * ahead
            }
            partials.append(partial)
            variance *= 1 - partial * partial
            let criterion = count * log(variance) + Double(order) * log(count)
            if criterion < best.criterion { best = (criterion, order) }
        }
        return Array(partials.prefix(best.order))
    }

    /// The coefficients of the next order (Levinson 1946 and Durbin 1960).
    private static func extended(_ coefficients: [Double], by partial: Double) -> [Double] {
        zip(coefficients, coefficients.reversed()).map { $0 - partial * $1 } + [partial]
    }
}
