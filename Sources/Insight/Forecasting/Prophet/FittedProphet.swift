/// A fitted additive regression model: everything needed to predict, explain and store it.
public struct FittedProphet: Sendable, Equatable {
    public let settings: ProphetSettings
    /// The maximum a-posteriori parameters, on the model's scale.
    public let parameters: ProphetParameters
    /// Changepoint timestamps (seconds since 1970 UTC), one per rate change; empty when there are none.
    public let changepointTimestamps: [Int64]
    /// The maximised log posterior density without constants (Stan's `lp__`); nil for a constant history, which
    /// is not optimised.
    public let logDensity: Double?
    /// Number of observed rows the model was fitted to.
    public let rowCount: Int
    /// The last timestamp of the history, rows without an observation included.
    public let lastTimestamp: Int64
    /// The spacing of the history, taken for a future frame.
    public let step: CalendarStep
    let layout: FeatureLayout
    let scaling: ProphetScaling
    /// Scaled changepoint times; a single 0 stands in when there are none.
    let changepointTimes: [Double]

    init(
        settings: ProphetSettings,
        parameters: ProphetParameters,
        changepointTimestamps: [Int64],
        changepointTimes: [Double],
        logDensity: Double?,
        rowCount: Int,
        lastTimestamp: Int64,
        step: CalendarStep,
        layout: FeatureLayout,
        scaling: ProphetScaling
    ) {
        var parameters = parameters
        if changepointTimestamps.isEmpty, let change = parameters.rateChanges.first {
            // The stand-in changepoint at the start only ever shifts the base rate.
            parameters.rate += change
            parameters.rateChanges = [0]
        }
        self.settings = settings
        self.parameters = parameters
        self.changepointTimestamps = changepointTimestamps
        self.changepointTimes = changepointTimes
        self.logDensity = logDensity
        self.rowCount = rowCount
        self.lastTimestamp = lastTimestamp
        self.step = step
        self.layout = layout
        self.scaling = scaling
    }

    /// Names of the feature columns, in the order of `parameters.coefficients`.
    public var columnNames: [String] { layout.columnNames }
    /// The factor between the model's scale and y.
    public var yScale: Double { scaling.yScale }
    /// The standard deviation of the observation noise, in units of y.
    public var noiseStandardDeviation: Double { parameters.noise * scaling.yScale }

    /// A frame of `count` steps after the history, without companions.
    public func futureFrame(count: Int, step: CalendarStep? = nil) -> FutureFrame {
        FutureFrame(after: lastTimestamp, count: count, step: step ?? self.step)
    }
}
