import Glibc

/// Errors of held-back forecasts as a function of how far ahead they reach.
public struct ForecastMetrics: Sendable, Equatable {
    /// How the distance between a row and its cutoff is measured.
    public enum HorizonUnit: Sendable {
        case seconds
        case calendarMonths
    }

    /// Distance from the cutoff, in the chosen unit, ascending; one entry per row below.
    public var horizons: [Int64]
    /// Mean squared error.
    public var mse: [Double]
    /// Root of the windowed mean squared error.
    public var rmse: [Double]
    /// Mean absolute error.
    public var mae: [Double]
    /// Mean absolute error relative to |y|; nil when some |y| is below 1e-8.
    public var mape: [Double]?
    /// Median absolute error relative to |y|, where an error of 0 at a y of 0 counts 0; infinite when most of the y are 0
    /// and were missed.
    public var mdape: [Double]
    /// Symmetric mean absolute percentage error, 0...2.
    public var smape: [Double]
    /// Share of observations inside their interval.
    public var coverage: [Double]

    /// - Parameters:
    ///   - rows: at least one.
    ///   - rollingWindow: share of all rows averaged per horizon; 0 averages each horizon alone, a negative value
    ///     gives one entry per row.
    public init(
        rows: [CrossValidation.Row],
        rollingWindow: Double = 0.1,
        unit: HorizonUnit = .seconds
    ) throws(ForecastError) {
        guard !rows.isEmpty else { throw .crossValidation(reason: "there are no rows to measure") }
        guard rollingWindow <= 1 else {
            throw .crossValidation(reason: "found a rolling window of \(rollingWindow), give a share up to 1")
        }
        let distances = rows.map { Self.distance($0, unit) }
        let order = HorizonOrder.ascending(distances)
        let sorted = order.map { rows[$0] }
        let horizons = order.map { distances[$0] }
        let errors = sorted.map { $0.y - $0.yhat }
        let relative = sorted.map { $0.y == $0.yhat ? 0 : abs(($0.y - $0.yhat) / $0.y) }
        // A mean is lost to a single y of 0, a median is not.
        let hasMean = sorted.allSatisfy { abs($0.y) >= 1e-8 }
        let symmetric = sorted.map { row -> Double in
            let sum = abs(row.y) + abs(row.yhat)
            return sum == 0 ? 0 : abs(row.y - row.yhat) / (0.5 * sum)
        }
        let covered = sorted.map { $0.lower <= $0.y && $0.y <= $0.upper ? 1.0 : 0.0 }
        let window = RollingWindow(horizons: horizons, share: rollingWindow)
        let squared = window.means(errors.map { $0 * $0 })
        self.horizons = squared.horizons
        mse = squared.values
        rmse = squared.values.map { sqrt(max(0, $0)) }
        mae = window.means(errors.map { abs($0) }).values
        mape = hasMean ? window.means(relative).values : nil
        mdape = window.medians(relative)
        smape = window.means(symmetric).values
        coverage = window.means(covered).values
    }

    private static func distance(_ row: CrossValidation.Row, _ unit: HorizonUnit) -> Int64 {
        switch unit {
        case .seconds: return row.timestamp - row.cutoff
        case .calendarMonths:
            let to = CivilDate(timestamp: row.timestamp)
            let from = CivilDate(timestamp: row.cutoff)
            return Int64((to.year - from.year) * 12 + to.month - from.month)
        }
    }
}
