/// The methods an automatic forecast chooses from and blends.
public enum ForecastMember: UInt8, CaseIterable, Sendable {
    /// The additive regression model as it is.
    case prophet
    /// The additive regression model shifted to the recent level of its residuals.
    case prophetLevel
    /// Theta method on classically deseasonalised values.
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
        }
    }
}
