/// The plan level that a client pays for.
enum Tier: UInt8, CaseIterable, Sendable {
    case basic, pro, enterprise

    var name: String {
        switch self {
        case .basic: "basic"
        case .pro: "pro"
        case .enterprise: "enterprise"
        }
    }

    /// Value of the column `subscription_type`.
    func subscriptionType(isYearly: Bool) -> String {
        name + (isYearly ? "-yearly" : "-monthly")
    }
}

/// The size class of a client.
enum Segment: UInt8, CaseIterable, Sendable {
    case small, middle, enterprise

    var name: String {
        switch self {
        case .small: "smb"
        case .middle: "mid-market"
        case .enterprise: "enterprise"
        }
    }
}

/// What the company sells.
enum Catalogue {
    static let products = ["Tidewatch", "Ledgerleaf", "Questline"]
    static let productWeights = [0.5, 0.3, 0.2]

    static let industries = [
        "software", "manufacturing", "retail", "logistics", "healthcare", "finance", "education", "energy", "media",
        "construction", "hospitality", "professional services",
    ]
    static let industryWeights: [Double] = [16, 13, 12, 9, 9, 9, 6, 5, 6, 5, 4, 6]

    /// List price of one seat per month in dollars, by product and tier.
    private static let seatPrices: [[Double]] = [[19, 45, 85], [15, 39, 79], [25, 59, 109]]

    /// A year costs as much as ten months.
    static let monthsChargedPerYear = 10.0

    /// List price of one seat per month in the smallest unit of the currency.
    static func seatPriceMinorUnits(product: Int, tier: Tier, currency: Currency) -> Double {
        let local = seatPrices[product][Int(tier.rawValue)] * currency.listPriceFactor
        // Price lists are round: whole euros and pounds, tens of yen.
        switch currency {
        case .jpy: return (local / 10).rounded() * 10
        case .usd, .eur, .gbp: return local.rounded() * 100
        }
    }

    static let features = [
        "", "dashboard", "reports", "exports", "alerts", "api", "billing", "profile", "search", "integrations",
        "automation", "team", "audit_log", "templates", "mobile_sync", "forecasts",
    ]
    static let billingFeature = 6
    static let exportsFeature = 3

    static let devices = ["desktop", "mobile", "tablet", "api"]

    static let eventTypes = [
        "login", "page_view", "feature_use", "click", "search", "export", "share", "settings", "comment",
        "invite_user", "download",
    ]
}
