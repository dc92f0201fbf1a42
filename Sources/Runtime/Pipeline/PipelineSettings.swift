public import Assessment
public import Bronze
public import Records
public import Silver

/// What the pipeline does with drops and when; changes on reload.
public struct PipelineSettings: Sendable {
    /// Which day everything is derived as of.
    public enum AsOf: Sendable, Equatable {
        /// The wall clock's day.
        case clock
        /// The last day seen in the data.
        case data
        case day(Day)
    }

    public var asOf: AsOf
    /// `latestDay` is set drop by drop.
    public var silver: SilverSettings
    public var gold: GoldSettings
    public var forecasts: ForecastSettings
    public var assessor: Assessor
    /// The fingerprint of what decides which rows are accepted, for the journal of loads; nil where nobody asks.
    public var fingerprint: String?
    /// What the ledger calls a user who delivers a file.
    public var nameOfUser: @Sendable (UInt32) -> String = { "uid:\($0)" }
    /// The names under which people are said to own clients.
    public var ownerNames: [String] = []
    /// Whether names of owners are shown to those alone who are shown contact data.
    public var ownerIsContact = false
    /// How much of the past of the clients' health is kept.
    public var history = HealthHistorySettings()
    /// How the churn model learns.
    public var churn = ChurnSettings()
    /// Seconds between trainings; nil for on request only.
    public var trainInterval: Double?
    /// Data has to be at rest for so long before a training begins by itself, seconds.
    public var trainQuiet = 600.0
    public var limits: BronzeReader.Limits
    /// Seconds between runs; nil for never.
    public var intakeInterval: Double
    public var refreshInterval: Double
    public var publishInterval: Double
    public var archiveInterval: Double?
    public var verifyInterval: Double?
    public var publishesGold: Bool
    /// Seconds an original lies in bronze before it is compressed.
    public var compressAfter: Double

    public init(
        asOf: AsOf, silver: SilverSettings, gold: GoldSettings, forecasts: ForecastSettings, assessor: Assessor,
        limits: BronzeReader.Limits,
        intakeInterval: Double, refreshInterval: Double, publishInterval: Double, archiveInterval: Double?,
        verifyInterval: Double?, publishesGold: Bool, compressAfter: Double
    ) {
        self.asOf = asOf
        self.silver = silver
        self.gold = gold
        self.forecasts = forecasts
        self.assessor = assessor
        self.limits = limits
        self.intakeInterval = intakeInterval
        self.refreshInterval = refreshInterval
        self.publishInterval = publishInterval
        self.archiveInterval = archiveInterval
        self.verifyInterval = verifyInterval
        self.publishesGold = publishesGold
        self.compressAfter = compressAfter
    }
}

extension PipelineSettings {
    /// For loads of what was let in before: a ceiling that came later does not take it away again.
    var withoutCeilings: PipelineSettings {
        var settings = self
        settings.silver.limits = .none
        settings.limits.columnsMax = .max
        return settings
    }
}
