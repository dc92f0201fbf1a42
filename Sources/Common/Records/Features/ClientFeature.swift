/// One number of `ai_model_features`. The order is that of the columns.
public enum ClientFeature: Int, CaseIterable, Sendable {
    // Engagement
    case events7, events14, events28, events56, events90, eventsPrevious28
    case activeDays7, activeDays14, activeDays28, activeDays56, activeDays90, activeDaysPrevious28
    case logins7, logins28, logins90, loginsPrevious28
    case distinctFeatures28, distinctFeatures90, distinctEventTypes28, distinctDevices90
    case eventsTrend28, eventsShare7, eventsSlope8Weeks, longestGap90
    case daysSinceLastEvent, daysSinceLastLogin, usualEvents30, engagementScore, missedEvents
    // Payments
    case payments28, payments56, payments90, paymentsPrevious90
    case revenue28, revenue56, revenue90, revenuePrevious90, revenueDecline90
    case refunds90, daysSinceLastTransaction, usualPayments30, missedPayments
    case averageTransactionValue, transactionsTotal, totalAmount, mrrLastMonth
    // Support
    case tickets7, tickets14, tickets28, tickets56, tickets90, ticketsPrevious28, ticketsTotal
    case openTickets, openTicketsOlder7, daysSinceLastTicket
    case meanResolutionHours, resolutionHours90, meanSatisfaction, satisfaction90
    // Sentiment
    case lastNPS, npsChange, meanNPS180, daysSinceLastSurvey
    // The relationship
    case tenureDays, contractMonths, daysToRenewal
}

/// One category of `ai_model_features`, after the numbers.
public enum ClientCategory: Int, CaseIterable, Sendable {
    case plan, segment, region, tier, product, industry, lastIssueType, lastPaymentMethod
}

/// What a column of `ai_model_features` means.
public struct FeatureDefinition: Sendable, Equatable {
    /// What kind of number it is, for display.
    public enum Unit: String, Sendable {
        case count
        case days
        case hours
        case months
        /// Units of the base currency.
        case money
        case fraction
        case ratio
        /// 1…5.
        case rating
        /// 0…10.
        case score
        /// A name.
        case level
    }

    /// Which way is better.
    public enum Aim: Sendable {
        case more
        case less
    }

    /// As the column is called everywhere.
    public let name: String
    /// How a person calls it.
    public let title: String
    public let unit: Unit
    /// The direction in which the business would want to move the value; nil where it cannot, or where no direction is
    /// better. Only such features are named as what would change a probability.
    public let aim: Aim?
    /// How it follows from the records. A is the as-of day; "the last n days" are the days from A − n + 1 to A.
    public let formula: String

    init(_ name: String, _ title: String, _ unit: Unit, aim: Aim? = nil, _ formula: String) {
        self.name = name
        self.title = title
        self.unit = unit
        self.aim = aim
        self.formula = formula
    }
}

extension ClientFeature {
    /// The column's meaning; see ``FeatureRegistry``.
    public var definition: FeatureDefinition { FeatureRegistry.numbers[rawValue] }
    public var name: String { definition.name }
}

extension ClientCategory {
    public var definition: FeatureDefinition { FeatureRegistry.categories[rawValue] }
    public var name: String { definition.name }
}
