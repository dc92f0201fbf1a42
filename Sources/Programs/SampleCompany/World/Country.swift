/// A sales region.
enum Region: String, CaseIterable, Sendable {
    case emea = "EMEA"
    case northAmerica = "NA"
    case asiaPacific = "APAC"
    case latinAmerica = "LATAM"
}

/// A currency in which clients are billed.
enum Currency: String, CaseIterable, Sendable {
    case usd = "USD"
    case eur = "EUR"
    case gbp = "GBP"
    case jpy = "JPY"

    /// Decimal places of the currency (ISO 4217).
    var decimals: Int { self == .jpy ? 0 : 2 }

    /// What one dollar of the price list costs in this currency's own price list, before rounding.
    var listPriceFactor: Double {
        switch self {
        case .usd: 1
        case .eur: 0.95
        case .gbp: 0.8
        case .jpy: 150
        }
    }
}

/// When clocks are put forward by an hour.
enum DaylightSaving: Sendable {
    case none
    /// Last Sunday of March to last Sunday of October.
    case europe
    /// Second Sunday of March to first Sunday of November.
    case northAmerica
    /// First Sunday of October to first Sunday of April.
    case australia
}

/// A country in which the company has clients.
struct Country: Sendable {
    let name: String
    let code: String
    let region: Region
    let currency: Currency
    let culture: Culture
    /// Share of the clients, relative to the other countries.
    let weight: Double
    /// Working time against UTC in minutes, without daylight saving, of the business centre.
    let offsetMinutes: Int
    let daylightSaving: DaylightSaving
    let isSouthern: Bool

    private init(
        _ name: String, _ code: String, _ region: Region, _ currency: Currency, _ culture: Culture, weight: Double,
        offsetMinutes: Int, _ daylightSaving: DaylightSaving = .none, isSouthern: Bool = false
    ) {
        self.name = name
        self.code = code
        self.region = region
        self.currency = currency
        self.culture = culture
        self.weight = weight
        self.offsetMinutes = offsetMinutes
        self.daylightSaving = daylightSaving
        self.isSouthern = isSouthern
    }

    static let all: [Country] = [
        Country("United States", "US", .northAmerica, .usd, .english, weight: 24, offsetMinutes: -360, .northAmerica),
        Country("Canada", "CA", .northAmerica, .usd, .english, weight: 6, offsetMinutes: -300, .northAmerica),
        Country("United Kingdom", "GB", .emea, .gbp, .english, weight: 11, offsetMinutes: 0, .europe),
        Country("Ireland", "IE", .emea, .eur, .english, weight: 2, offsetMinutes: 0, .europe),
        Country("Germany", "DE", .emea, .eur, .german, weight: 10, offsetMinutes: 60, .europe),
        Country("Austria", "AT", .emea, .eur, .german, weight: 2, offsetMinutes: 60, .europe),
        Country("France", "FR", .emea, .eur, .french, weight: 7, offsetMinutes: 60, .europe),
        Country("Spain", "ES", .emea, .eur, .spanish, weight: 4, offsetMinutes: 60, .europe),
        Country("Italy", "IT", .emea, .eur, .italian, weight: 4, offsetMinutes: 60, .europe),
        Country("Netherlands", "NL", .emea, .eur, .dutch, weight: 3, offsetMinutes: 60, .europe),
        Country("Poland", "PL", .emea, .eur, .polish, weight: 2, offsetMinutes: 60, .europe),
        Country("United Arab Emirates", "AE", .emea, .usd, .arabic, weight: 1.5, offsetMinutes: 240),
        Country(
            "South Africa", "ZA", .emea, .usd, .english, weight: 1.5, offsetMinutes: 120, isSouthern: true),
        Country("Japan", "JP", .asiaPacific, .jpy, .japanese, weight: 7, offsetMinutes: 540),
        Country("India", "IN", .asiaPacific, .usd, .indian, weight: 4, offsetMinutes: 330),
        Country("Singapore", "SG", .asiaPacific, .usd, .english, weight: 2, offsetMinutes: 480),
        Country(
            "Australia", "AU", .asiaPacific, .usd, .english, weight: 4, offsetMinutes: 600, .australia,
            isSouthern: true),
        Country(
            "Brazil", "BR", .latinAmerica, .usd, .portuguese, weight: 3, offsetMinutes: -180, isSouthern: true),
        Country("Mexico", "MX", .latinAmerica, .usd, .spanish, weight: 2, offsetMinutes: -360),
    ]

    static let weights: [Double] = all.map(\.weight)

    /// Offset of the working time against UTC on a day, daylight saving included.
    func offsetMinutes(on day: Int) -> Int {
        let year = CivilDate(dayNumber: day).year
        func sunday(_ month: Int, _ nth: Int) -> Int {
            CivilDate.dayNumber(year: year, month: month, weekday: 6, nth: nth)
        }
        let isSummer =
            switch daylightSaving {
            case .none: false
            case .europe: day >= sunday(3, 0) && day < sunday(10, 0)
            case .northAmerica: day >= sunday(3, 2) && day < sunday(11, 1)
            case .australia: day >= sunday(10, 1) || day < sunday(4, 1)
            }
        return offsetMinutes + (isSummer ? 60 : 0)
    }
}
