/// The methods an automatic forecast chooses from and blends.
public enum ForecastMember: UInt8, CaseIterable, Sendable {
    /// The additive regression model as it is.
    case prophet
    /// The additive regression model shifted to the recent level of its residuals, with what followed the same days of
    /// earlier years where it has no yearly season of its own.
    case prophetLevel
    /// Theta method on classically deseasonalised values, with what followed the same days of earlier years.
    case theta
    /// Theta method on values freed of the regression model's seasonal, holiday and regressor terms.
    case adjustedTheta
    /// Damped trend on values freed of the regression model's seasonal, holiday and regressor terms.
    case adjustedDamped
    /// Exponential smoothing with level, damped trend and season.
    case seasonalSmoothing
    /// Mean of the most recent cycles, phase by phase.
    case seasonalMean
    /// The last cycle repeated.
    case seasonalNaive
    /// Exponential smoothing with level, damped trend and season, with what followed the same days of earlier years.
    case yearlySmoothing
    /// The additive regression model with an autoregressive process of its residuals, with what followed the same days
    /// of earlier years where it has no yearly season of its own.
    case prophetAutoregression

    /// The name used in results.
    public var name: String {
        switch self {
        case .prophet: "prophet"
        case .prophetLevel: "prophet_level"
        case .theta: "theta"
        case .adjustedTheta: "adjusted_theta"
        case .adjustedDamped: "adjusted_damped"
        case .seasonalSmoothing: "seasonal_smoothing"
        case .seasonalMean: "seasonal_mean"
        case .seasonalNaive: "seasonal_naive"
        case .yearlySmoothing: "yearly_smoothing"
        case .prophetAutoregression: "prophet_autoregression"
        }
    }
}
