/// What the additive regression model of Taylor and Letham ("Forecasting at Scale", 2018) is to be fitted with.
/// Defaults are those of Prophet 1.5.
public struct ProphetSettings: Sendable, Equatable {
    /// The shape of the trend.
    public enum Growth: UInt8, Sendable {
        /// Piecewise linear.
        case linear
        /// Piecewise logistic towards a capacity given per row.
        case logistic
        /// A constant.
        case flat
    }

    /// How a component enters the forecast.
    public enum Mode: UInt8, Sendable {
        /// Added to the trend, in units of y.
        case additive
        /// Multiplied with the trend, as a ratio.
        case multiplicative
    }

    /// How y is brought to the scale the priors are meant for.
    public enum Scaling: UInt8, Sendable {
        /// Divided by the largest absolute value.
        case absmax
        /// Shifted and divided so that the history spans 0...1.
        case minmax
    }

    /// Where the trend may change its rate.
    public enum Changepoints: Sendable, Equatable {
        /// Up to `count` places spread evenly over the rows of the first `range` (0...1) of the history.
        case automatic(count: Int, range: Double)
        /// These times (seconds since 1970 UTC) within the history.
        case given([Int64])
    }

    /// How uncertainty intervals are computed.
    public enum Uncertainty: Sendable, Equatable {
        /// The exact distribution of the simulation below where one can be computed (linear and flat growth).
        /// Logistic growth simulates 12,000 trends and integrates the noise exactly.
        case exact
        /// Simulated paths: future rate changes per step and independent noise.
        case simulated(paths: Int)
        /// Simulated paths with a Poisson number of new changepoints at uniform times (Prophet's older scheme).
        case simulatedChangepoints(paths: Int)
        /// No intervals: bounds equal the forecast.
        case none
    }

    /// Which peak of the density a model that is not linear in its parameters is fitted to.
    public enum Peak: UInt8, Sendable {
        /// The one the original's starting point leads to, unless another explains the data materially better.
        case standardStart
        /// The highest that several starting points lead to.
        case highestOfSeveralStarts
    }

    public var growth: Growth
    public var changepoints: Changepoints
    /// Scale of the Laplace prior on rate changes, > 0.
    public var changepointPriorScale: Double
    public var yearlySeasonality: SeasonalityChoice
    public var weeklySeasonality: SeasonalityChoice
    public var dailySeasonality: SeasonalityChoice
    /// Further seasonalities, placed before the automatic ones.
    public var seasonalities: [Seasonality]
    /// Mode of components that state none.
    public var seasonalityMode: Mode
    /// Prior scale of the automatic seasonalities and of own ones that state none, > 0.
    public var seasonalityPriorScale: Double
    public var holidays: [Holiday]
    /// Mode of the holidays; nil takes `seasonalityMode`.
    public var holidaysMode: Mode?
    /// Prior scale of holidays and regressors that state none, > 0.
    public var holidaysPriorScale: Double
    public var regressors: [Regressor]
    public var scaling: Scaling
    /// Probability mass of the uncertainty interval, in 0..<1.
    public var intervalWidth: Double
    public var uncertainty: Uncertainty
    public var peak: Peak

    public init(
        growth: Growth = .linear,
        changepoints: Changepoints = .automatic(count: 25, range: 0.8),
        changepointPriorScale: Double = 0.05,
        yearlySeasonality: SeasonalityChoice = .automatic,
        weeklySeasonality: SeasonalityChoice = .automatic,
        dailySeasonality: SeasonalityChoice = .automatic,
        seasonalities: [Seasonality] = [],
        seasonalityMode: Mode = .additive,
        seasonalityPriorScale: Double = 10,
        holidays: [Holiday] = [],
        holidaysMode: Mode? = nil,
        holidaysPriorScale: Double = 10,
        regressors: [Regressor] = [],
        scaling: Scaling = .absmax,
        intervalWidth: Double = 0.8,
        uncertainty: Uncertainty = .exact,
        peak: Peak = .standardStart
    ) {
        self.growth = growth
        self.changepoints = changepoints
        self.changepointPriorScale = changepointPriorScale
        self.yearlySeasonality = yearlySeasonality
        self.weeklySeasonality = weeklySeasonality
        self.dailySeasonality = dailySeasonality
        self.seasonalities = seasonalities
        self.seasonalityMode = seasonalityMode
        self.seasonalityPriorScale = seasonalityPriorScale
        self.holidays = holidays
        self.holidaysMode = holidaysMode
        self.holidaysPriorScale = holidaysPriorScale
        self.regressors = regressors
        self.scaling = scaling
        self.intervalWidth = intervalWidth
        self.uncertainty = uncertainty
        self.peak = peak
    }
}
