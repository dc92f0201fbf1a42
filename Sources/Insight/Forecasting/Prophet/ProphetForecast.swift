/// A prediction, one entry per row in ascending time.
public struct ProphetForecast: Sendable, Equatable {
    /// A component's contribution: in units of y when additive, a ratio to the trend when multiplicative.
    public struct Component: Sendable, Equatable {
        public var name: String
        public var mode: ProphetSettings.Mode
        public var values: [Double]
    }

    /// Seconds since 1970 UTC, ascending.
    public var timestamps: [Int64]
    /// The forecast: trend * (1 + multiplicative terms) + additive terms. Not clipped.
    public var yhat: [Double]
    /// Bounds of the interval; equal to `yhat` without uncertainty.
    public var lower: [Double]
    public var upper: [Double]
    public var trend: [Double]
    public var trendLower: [Double]
    public var trendUpper: [Double]
    /// Sum of the additive components.
    public var additiveTerms: [Double]
    /// Sum of the multiplicative components.
    public var multiplicativeTerms: [Double]
    /// Seasonalities, holiday names, regressors and their sums, in this order; empty unless asked for.
    public var components: [Component]
}
