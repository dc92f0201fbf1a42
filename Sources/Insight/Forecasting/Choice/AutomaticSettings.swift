/// How automatic forecasts are made.
public struct AutomaticSettings: Sendable, Equatable {
    /// When forecasts are kept from falling below 0.
    public enum NonNegativity: UInt8, Sendable {
        /// When no observation is negative.
        case whenHistoryIs
        case always
        case never
    }

    /// Which observations are left out because they say nothing about the future.
    public enum Robustness: UInt8, Sendable {
        /// None.
        case none
        /// Values far outside the usual spread around level and season.
        case outliers
        /// Those, and runs of zeros in series that are otherwise hardly ever zero (closed shops, empty shelves).
        case outliersAndStockOuts
    }

    /// The regression model: seasonalities, holidays, regressors. Its interval width is that of the forecast.
    public var prophet: ProphetSettings
    /// Methods to blend; at least one.
    public var members: [ForecastMember]
    public var nonNegativity: NonNegativity
    public var robustness: Robustness
    /// Largest number of back-test origins, >= 0.
    public var originCount: Int
    /// How many steps a back-test handed in with a request stays valid; >= 0.
    public var backtestLifetimeSteps: Int
    /// Histories that span less use the pattern of their segment, days.
    public var shortHistoryDays: Double

    public init(
        prophet: ProphetSettings = ProphetSettings(),
        members: [ForecastMember] = [.prophetAutoregression, .theta, .seasonalSmoothing, .yearlySmoothing],
        nonNegativity: NonNegativity = .whenHistoryIs,
        robustness: Robustness = .none,
        originCount: Int = 6,
        backtestLifetimeSteps: Int = 7,
        shortHistoryDays: Double = 14
    ) {
        self.prophet = prophet
        self.members = members
        self.nonNegativity = nonNegativity
        self.robustness = robustness
        self.originCount = originCount
        self.backtestLifetimeSteps = backtestLifetimeSteps
        self.shortHistoryDays = shortHistoryDays
    }

    /// Checks every setting that can be checked without data.
    public func validate() throws(ForecastError) {
        try prophet.validate()
        guard !members.isEmpty, Set(members).count == members.count else {
            throw .invalidSetting(name: "members", reason: "give at least one method, each once")
        }
        guard originCount >= 0, originCount <= 1000 else {
            throw .invalidSetting(name: "originCount", reason: "found \(originCount), give 0...1000")
        }
        guard backtestLifetimeSteps >= 0 else {
            throw .invalidSetting(
                name: "backtestLifetimeSteps", reason: "found \(backtestLifetimeSteps), give 0 or more")
        }
        guard shortHistoryDays >= 0, shortHistoryDays.isFinite else {
            throw .invalidSetting(name: "shortHistoryDays", reason: "found \(shortHistoryDays), give 0 or more")
        }
    }
}
