public import Records

/// The effective configuration of the daemon: file, environment and defaults, checked. Every value is within its range,
/// so
/// that nobody who uses it has to check again.
public struct Configuration: Sendable, Equatable {
    // MARK: Data

    /// ISO 4217 code of the currency in which all money is kept; default `USD`.
    public var baseCurrency = "USD"
    /// Which day is "today" for all metrics; default the clock's.
    public var asOf = AsOfMode.clock
    /// What makes a client active on a day; default ``ActivityDefinition/any``.
    public var activity = ActivityDefinition.any
    /// Dates before it are refused; default 2000-01-01.
    public var earliestDay = Configuration.earliestDayDefault
    /// Event types that count as a login, none when no event does; default `login`.
    public var loginEvents: Set<String> = ["login"]
    /// Region by country in lower case: English names with their variants, and ISO 3166-1 alpha-2 codes.
    public var regionOfCountry = CountryTable.regionOfCountry
    /// Segment by subscription type, for clients that name no segment; a type that is missing here is its own segment.
    public var segmentOfSubscriptionType: [String: String] = [:]
    /// Rules that tighten columns of drops.
    public var validation: [Category: [String: ColumnValidation]] = [:]
    /// Months of a contract by subscription type, 1…120.
    public var contractMonths: [String: Int] = [:]
    /// The same for all other types; default 12.
    public var contractMonthsDefault = 12
    /// Months that one payment covers by subscription type, 1…120; found in the payments for all others.
    public var billingMonths: [String: Int] = [:]
    /// How it is told who has left.
    public var lifecycle = LifecycleSettings()
    /// How recurring revenue is measured.
    public var revenue = RevenueSettings()
    /// Whether a feed that has stopped is taken for missing, so that what rests on it stands still.
    public var watchesFeeds = true

    /// Which attributes of clients are shown to those alone who are shown contact data.
    public var contactColumns = ContactColumns.standard

    // MARK: Files beside the configuration, absolute paths

    /// The file ``risk`` comes from; nil where there is none and the built-in rules hold.
    public var rulesFile: String?
    /// The file ``rates`` come from; nil where there is none and only the base currency is known.
    public var ratesFile: String?
    /// The file ``holidays`` come from; nil where there is none and no holidays are known.
    public var holidaysFile: String?
    /// The folder of playbooks; nil where there is none.
    public var playbooksDirectory: String?
    /// The folder of column mappings; nil where there is none.
    public var mappingsDirectory: String?
    /// Risk rules and health weights.
    public var risk = RiskSettings()
    /// Exchange rates to ``baseCurrency``, which always has the rate 1.
    public var rates = ExchangeRates(baseCurrency: "USD", steps: [])

    /// Public holidays by country, in the order of their days.
    public var holidays: [CountryHoliday] = []
    public var forecasts = ForecastKeepingSettings()
    public var history = HealthHistorySettings()

    // MARK: The daemon

    /// Whose daemon it is; nil for the one without a tenant.
    public var tenant: Tenant?
    /// The groups that the defaults of ``roles`` and ``socket`` are made of.
    public var groups: ServiceGroups { ServiceGroups(of: tenant) }

    /// Absolute path; default `$STATE_DIRECTORY`, else `/var/lib/aura`.
    public var stateDirectory = "/var/lib/aura"
    public var socket = SocketSettings()
    /// Who may do what.
    public var roles = RoleSettings()
    /// Who is behind users; empty where every user is a person.
    public var people = PeopleSettings()
    /// The user whose word on whom it asks for is believed, `user` or `uid`; nil where nobody's is.
    public var gateway: Grantee?
    public var inbox = InboxSettings()
    public var store = StoreSettings()
    public var schedule = ScheduleSettings()
    public var churn = ChurnModelSettings()
    public var limits = LimitSettings()
    /// Longest time for the answer to a chat question, 1…600; `CHATBOT_TIMEOUT_SECONDS` wins over the file.
    public var chatbotTimeoutSeconds = 30
    /// Longest frame in either direction, 64 KiB…256 MiB.
    public var maxFrameBytes = 16 << 20
    public var logLevel = LogLevel.info

    /// The defaults, without any file.
    public init() {}

    static let earliestDayDefault = Day(rawValue: 10_957)

    /// Minutes between two refreshes of everything that depends on the day, 1…10080; `DATA_REFRESH_MINUTES` wins over
    /// the
    /// file. The same value as `schedule.refreshMinutes`.
    public var dataRefreshMinutes: Int {
        get { schedule.refreshMinutes }
        set { schedule.refreshMinutes = newValue }
    }

    /// What the forecasts need to know.
    public var forecastSettings: ForecastSettings {
        ForecastSettings(
            keepsForecasts: forecasts.keep, clientsMax: forecasts.clients, quietSeconds: forecasts.quietSeconds,
            holidays: holidays, codeOfCountry: CountryTable.codeOfCountry)
    }

    /// What the derivation of metrics needs to know.
    public var goldSettings: GoldSettings {
        GoldSettings(
            activity: activity, loginEvents: loginEvents, regionOfCountry: regionOfCountry,
            contractMonths: contractMonths, contractMonthsDefault: contractMonthsDefault, billingMonths: billingMonths,
            rates: rates, lifecycle: lifecycle, revenue: revenue, watchesFeeds: watchesFeeds)
    }
}

/// Where the as-of day comes from.
public enum AsOfMode: Sendable, Equatable, CustomStringConvertible {
    /// Today, UTC.
    case clock
    /// The last day seen in the data.
    case data
    case day(Day)

    /// As it is written in the file.
    public var description: String {
        switch self {
        case .clock: "clock"
        case .data: "data"
        case .day(let day): day.description
        }
    }
}

/// The least severe messages that are logged.
public enum LogLevel: String, Sendable, CaseIterable {
    case trace
    case debug
    case info
    case notice
    case warning
    case error
    case critical
}
