/// A public holiday of a country.
public struct CountryHoliday: Sendable, Hashable {
    /// The country of holidays that are kept everywhere.
    public static let everywhere = "*"

    public var day: Day
    /// ISO 3166-1 alpha-2 code, or ``everywhere``.
    public var country: String
    public var name: String
    /// The first affected day relative to the day, -366...0.
    public var lowerWindow: Int
    /// The last affected day relative to the day, 0...366.
    public var upperWindow: Int

    public init(day: Day, country: String, name: String, lowerWindow: Int = 0, upperWindow: Int = 0) {
        self.day = day
        self.country = country
        self.name = name
        self.lowerWindow = lowerWindow
        self.upperWindow = upperWindow
    }
}

/// What the forecasts need to know beside the data.
public struct ForecastSettings: Sendable, Equatable {
    /// Whether forecasts are kept in the background; questions are answered either way.
    public var keepsForecasts: Bool
    /// Clients whose forecasts are kept, at most; those with the most events first.
    public var clientsMax: Int
    /// How long data has to be at rest before forecasts are made of it, seconds.
    public var quietSeconds: Int
    public var holidays: [CountryHoliday]
    /// ISO 3166-1 code by country name or code in lower case.
    public var codeOfCountry: [String: String]

    public init(
        keepsForecasts: Bool = true, clientsMax: Int = ForecastSettings.clientsMaxDefault,
        quietSeconds: Int = 0, holidays: [CountryHoliday] = [], codeOfCountry: [String: String] = [:]
    ) {
        self.keepsForecasts = keepsForecasts
        self.clientsMax = clientsMax
        self.quietSeconds = quietSeconds
        self.holidays = holidays
        self.codeOfCountry = codeOfCountry
    }

    public static let clientsMaxDefault = 10_000
}
