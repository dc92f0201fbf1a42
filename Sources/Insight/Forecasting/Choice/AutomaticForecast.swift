/// A forecast with the evidence it rests on.
public struct AutomaticForecast: Sendable, Equatable {
    /// What the forecast rests on.
    public enum Basis: UInt8, Sendable {
        /// A blend weighted by a back-test on the series' own history.
        case backtested
        /// An unweighted blend: the history is too short for a back-test.
        case untested
        /// The pattern of the series' segment, scaled to what is known of the series itself.
        case pooled
    }

    /// The share of one method.
    public struct Weight: Sendable, Equatable {
        public var member: ForecastMember
        /// Mean over the rows, 0...1; all sum to 1.
        public var weight: Double
        /// Mean absolute error of the method in the back-test, in units of y; nil without one.
        public var backtestMAE: Double?
    }

    /// Errors of the blend in the back-test at one distance.
    public struct HorizonError: Sendable, Equatable {
        /// Rows ahead, counted from 1.
        public var step: Int
        public var mae: Double
        /// Mean of observation minus forecast.
        public var bias: Double
    }

    /// Sum of the forecast over the first rows.
    public struct Total: Sendable, Equatable {
        public var yhat: Double
        public var lower: Double
        public var upper: Double
    }

    /// Seconds since 1970 UTC, ascending.
    public var timestamps: [Int64]
    public var yhat: [Double]
    public var lower: [Double]
    public var upper: [Double]
    /// Trend of the regression model, for display.
    public var trend: [Double]
    public var basis: Basis
    /// Methods by falling weight; empty for a pooled forecast.
    public var weights: [Weight]
    /// Back-test errors of the blend per distance; empty without a back-test.
    public var errors: [HorizonError]
    /// Observations left out as outliers or stock-outs.
    public var excludedCount: Int
    /// To be handed in with the next request for the same series.
    public var state: AutomaticState
    /// Root mean squared error of the total over the first rows in the back-test.
    var totalErrors: [Double]
    var intervalWidth: Double
    var clipsAtZero: Bool

    /// Name of what carries most weight.
    public var modelName: String {
        switch basis {
        case .pooled: "segment_pattern"
        case .backtested, .untested:
            weights.first.map { $0.weight > 0.9 || weights.count == 1 ? $0.member.name : "blend" } ?? "blend"
        }
    }

    /// Sums over the first `count` rows that were forecast in the back-test, latest first: what came, and by how much it
    /// was more than the forecast. Empty where the back-test did not reach so far, or left rows out.
    ///
    /// - Parameter observed: the series that was handed in, in the order of its timestamps.
    public func totalTests(firstRows count: Int, of observed: ForecastSeries) -> [(came: Double, error: Double)] {
        guard let backtest = state.backtest, excludedCount == 0, count > 0,
            let last = observed.timestamps.lastIndex(of: backtest.evaluatedAt),
            let rows = backtest.errors.first?.count, rows >= count
        else { return [] }
        let origins = RollingBacktest.origins(
            rowCount: last + 1, horizonRows: rows,
            spacing: RollingBacktest.spacing(CalendarStep.inferred(from: observed.timestamps)),
            count: backtest.errors.count)
        guard origins.count == backtest.errors.count else { return [] }
        return zip(origins, backtest.errors).map { origin, errors in
            (
                came: observed.values[origin..<origin + count].reduce(0, +),
                error: errors.prefix(count).reduce(0) { $0 + Double($1) }
            )
        }
    }

    /// The sum over the first `count` rows with its interval.
    ///
    /// The spread is the back-test's error of such sums, at least what independent rows would give; sums beyond
    /// the back-test's reach grow with their length.
    public func total(firstRows count: Int) -> Total {
        let count = min(max(0, count), yhat.count)
        guard count > 0 else { return Total(yhat: 0, lower: 0, upper: 0) }
        let sum = yhat[..<count].reduce(0, +)
        let factor = NormalDistribution.quantile(0.5 * (1 + intervalWidth))
        var independent = 0.0
        for row in 0..<count {
            let half = 0.5 * (upper[row] - lower[row])
            independent += half * half
        }
        var half = independent.squareRoot()
        if let last = totalErrors.last {
            let measured =
                count <= totalErrors.count
                ? totalErrors[count - 1] : last * Double(count) / Double(totalErrors.count)
            half = max(half, factor * measured)
        } else {
            // Without a back-test rows are taken to err together half of the time.
            half = max(half, 0.5 * (0..<count).reduce(0) { $0 + 0.5 * (upper[$1] - lower[$1]) })
        }
        return Total(yhat: sum, lower: clipsAtZero ? max(0, sum - half) : sum - half, upper: sum + half)
    }
}
