/// What makes a client active on a day.
public enum ActivityDefinition: String, Sendable, CaseIterable {
    /// An event, or a transaction above 0.
    case any
    case engagement
    case transactions
}

/// How metrics are derived from silver.
public struct GoldSettings: Sendable, Equatable {
    public var activity: ActivityDefinition
    /// Event types that count as a login.
    public var loginEvents: Set<String>
    /// Region by country, English name or ISO 3166 alpha-2 code, keys in lower case.
    public var regionOfCountry: [String: String]
    /// Segment by subscription type, for clients without one; a type that is not named is its own segment.
    public var segmentOfSubscriptionType: [String: String]
    /// Months of a contract by subscription type; the default counts for all others.
    public var contractMonths: [String: Int]
    public var contractMonthsDefault: Int
    /// Months that one payment covers, by subscription type; 1 for all others.
    public var billingMonths: [String: Int]
    public var rates: ExchangeRates
    /// How it is told who has left.
    public var lifecycle: LifecycleSettings
    /// How recurring revenue is measured.
    public var revenue: RevenueSettings
    /// Whether a feed that has stopped is taken for missing, so that what rests on it stands still.
    public var watchesFeeds: Bool

    public init(
        activity: ActivityDefinition = .any, loginEvents: Set<String> = ["login"],
        regionOfCountry: [String: String] = [:], segmentOfSubscriptionType: [String: String] = [:],
        contractMonths: [String: Int] = [:], contractMonthsDefault: Int = 12,
        billingMonths: [String: Int] = [:], rates: ExchangeRates,
        lifecycle: LifecycleSettings = LifecycleSettings(), revenue: RevenueSettings = RevenueSettings(),
        watchesFeeds: Bool = true
    ) {
        self.activity = activity
        self.loginEvents = loginEvents
        self.regionOfCountry = regionOfCountry
        self.segmentOfSubscriptionType = segmentOfSubscriptionType
        self.contractMonths = contractMonths
        self.contractMonthsDefault = contractMonthsDefault
        self.billingMonths = billingMonths
        self.rates = rates
        self.lifecycle = lifecycle
        self.revenue = revenue
        self.watchesFeeds = watchesFeeds
    }
}
