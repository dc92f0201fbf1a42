/// The forecast of a daily series with the evidence it rests on.
///
/// Values are kept in single precision as they come from the model; the point forecast alone also in double precision,
/// once it was adjusted so that parts and wholes add up. Bounds move with it.
public struct DailyForecast: Sendable, Equatable {
    /// What the forecast rests on.
    public enum Basis: String, Sendable, CaseIterable {
        /// A blend weighted by a back-test on the series' own history.
        case backtested
        /// An unweighted blend: the history is too short for a back-test.
        case untested
        /// The pattern of the segment, scaled to what is known of the series itself.
        case pooled
    }

    /// One of the methods that were blended.
    public struct Member: Sendable, Equatable {
        public var name: String
        /// Mean share over the days, 0…1; all sum to 1.
        public var weight: Double
        /// Mean absolute error in the back-test; nil without one.
        public var backtestMAE: Double?

        public init(name: String, weight: Double, backtestMAE: Double?) {
            self.name = name
            self.weight = weight
            self.backtestMAE = backtestMAE
        }
    }

    /// Mean errors of the blend in the back-test over the first days.
    public struct HorizonError: Sendable, Equatable {
        public var days: Int
        public var mae: Double
        /// Mean of observation minus forecast.
        public var bias: Double

        public init(days: Int, mae: Double, bias: Double) {
            self.days = days
            self.mae = mae
            self.bias = bias
        }
    }

    /// How far off such totals were when they were forecast at past days.
    public struct Accuracy: Sendable, Equatable {
        /// Past days, at least 1.
        public var tests: Int
        /// Median of the errors as shares of what came.
        public var error: Double
        /// Median of what came minus the forecast, as shares of what came.
        public var bias: Double

        public init(tests: Int, error: Double, bias: Double) {
            self.tests = tests
            self.error = error
            self.bias = bias
        }

        /// Of totals that were forecast at past days; nil where nothing came at any of them.
        /// - Parameter tests: what came, and by how much it was more than the forecast.
        public init?(_ tests: [(came: Double, error: Double)]) {
            func median(_ values: [Double]) -> Double {
                let sorted = values.sorted()
                return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
            }
            let known = tests.filter { $0.came != 0 }
            guard !known.isEmpty else { return nil }
            self.init(
                tests: known.count, error: median(known.map { abs($0.error / $0.came) }),
                bias: median(known.map { $0.error / abs($0.came) }))
        }
    }

    /// The sum of the first days with its interval.
    public struct Total: Sendable, Equatable {
        public var yhat: Double
        public var lower: Double
        public var upper: Double
        /// Nil where none could be tried.
        public var accuracy: Accuracy?

        public init(yhat: Double, lower: Double, upper: Double, accuracy: Accuracy? = nil) {
            self.yhat = yhat
            self.lower = lower
            self.upper = upper
            self.accuracy = accuracy
        }
    }

    /// The horizons that totals are given for, days.
    public static let horizons = [30, 60, 90]
    public static var longestHorizon: Int { 90 }
    /// The distances that errors are given for, days.
    public static let errorHorizons = [7, 14, 30, 60, 90]

    /// The day of the first point.
    public var first: Day
    /// The days the history has.
    public var historyDays: Int
    public var basis: Basis
    /// `blend`, or the one method that carries it, or `segment_pattern`.
    public var model: String
    /// By falling weight; empty for a pooled forecast.
    public var members: [Member]
    /// At most one per horizon of ``errorHorizons``.
    public var errors: [HorizonError]
    /// As the model gave them, one per day.
    public var baseValues: [Float]
    public var baseLower: [Float]
    public var baseUpper: [Float]
    /// Not a number where the model knows none.
    public var trend: [Float]
    /// Of the horizons, as the model gave them.
    public var baseTotals: [Total]
    /// The point forecast that adds up with those of parts and wholes; nil when it was not reconciled.
    public var reconciled: [Double]?
    /// What whoever reads the numbers should know.
    public var notes: [String]
    /// Values may lie below 0, because those of the history do.
    public var isSigned = false
    /// Values stand at the end of their days, and totals are those of the last one: there is nothing to add up.
    public var isLevel = false

    public init(
        first: Day, historyDays: Int, basis: Basis, model: String, members: [Member], errors: [HorizonError],
        baseValues: [Float], baseLower: [Float], baseUpper: [Float], trend: [Float], baseTotals: [Total],
        notes: [String]
    ) {
        self.first = first
        self.historyDays = historyDays
        self.basis = basis
        self.model = model
        self.members = members
        self.errors = errors
        self.baseValues = baseValues
        self.baseLower = baseLower
        self.baseUpper = baseUpper
        self.trend = trend
        self.baseTotals = baseTotals
        self.notes = notes
    }

    public var count: Int { baseValues.count }

    /// The point forecast of a day, counted from 0.
    public func yhat(_ index: Int) -> Double { reconciled?[index] ?? Double(baseValues[index]) }

    public func lower(_ index: Int) -> Double { floored(Double(baseLower[index]) + shift(index)) }

    public func upper(_ index: Int) -> Double { floored(Double(baseUpper[index]) + shift(index)) }

    private func floored(_ value: Double) -> Double { isSigned ? value : max(0, value) }

    private func shift(_ index: Int) -> Double {
        reconciled.map { $0[index] - Double(baseValues[index]) } ?? 0
    }

    /// The sum over the first `days` of ``horizons``, or what stands on the last of them; nil for another number of days.
    public func total(_ days: Int) -> Total? {
        guard let index = DailyForecast.horizons.firstIndex(of: days), index < baseTotals.count, days <= count else {
            return nil
        }
        let base = baseTotals[index]
        guard let reconciled else { return base }
        let sum = isLevel ? reconciled[days - 1] : reconciled[..<days].reduce(0, +)
        let shift = sum - base.yhat
        return Total(
            yhat: sum, lower: floored(base.lower + shift), upper: floored(base.upper + shift), accuracy: base.accuracy)
    }

    /// The error variance of a day's point forecast, from its interval of the width the house uses.
    public var meanVariance: Double {
        guard count > 0 else { return 0 }
        var sum = 0.0
        for index in 0..<count {
            let half = Double(baseUpper[index] - baseLower[index]) / 2 / DailyForecast.normalQuantile
            sum += half * half
        }
        return sum / Double(count)
    }

    /// The probability mass of all intervals.
    public static let intervalWidth = 0.8
    /// The quantile of the standard normal distribution at (1 + ``intervalWidth``) / 2.
    public static let normalQuantile = 1.2815515655446004
}

/// What a part of the regression model contributes, day by day.
public struct ForecastComponent: Sendable, Equatable {
    public var name: String
    /// Whether the values are ratios to the trend instead of units of the metric.
    public var isMultiplicative: Bool
    public var values: [Double]

    public init(name: String, isMultiplicative: Bool, values: [Double]) {
        self.name = name
        self.isMultiplicative = isMultiplicative
        self.values = values
    }
}
