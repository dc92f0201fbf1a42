/// What is worth keeping of an automatic forecast until the next one for the same series: the regression model to
/// start from and the back-test.
public struct AutomaticState: Sendable, Equatable {
    /// Results of a rolling-origin back-test.
    struct Backtest: Sendable, Equatable {
        /// Last timestamp of the history that was tested.
        var evaluatedAt: Int64
        var members: [ForecastMember]
        var weights: [Double]
        /// Mean absolute error per member.
        var memberErrors: [Double]
        /// Observation minus blend, one list per origin, latest origin first; NaN where nothing was observed.
        /// Kept in single precision so that a stored state gives the same forecast as a fresh one.
        var errors: [[Float]]
        /// Mean absolute error of the members' weighted mean: how far they may part before one is out of line.
        var usualError: Double
        /// The factor by which the regression model's interval has to be widened.
        var intervalFactor: Double
        /// Number of rows each origin was to predict.
        var horizonRows: Int
        /// What the members chose on the whole history up to `evaluatedAt`.
        var tuning = MemberTuning()
    }

    var prophet: FittedProphet?
    var backtest: Backtest?

    /// The back-test alone: a small part of the size, and all that a request with `backtestThrough` makes use of.
    public var withoutModel: AutomaticState { AutomaticState(prophet: nil, backtest: backtest) }
    /// The regression model of the forecast; nil for a pooled one.
    public var regressionModel: FittedProphet? { prophet }
}
