/// What is forecast, day by day. Every one of them adds up over clients.
public enum ForecastMetric: String, Sendable, CaseIterable, Hashable {
    /// Engagement events.
    case engagement
    /// All amounts, refunds included, in units of the base currency.
    case revenue
    /// Monthly recurring revenue as it stands at the end of the day, in units of the base currency.
    case mrr
    /// Clients that are active on the day; over several days: client-days.
    case activeCustomers = "active_customers"
    /// Support tickets created.
    case tickets

    /// What the values count.
    public var unit: String {
        switch self {
        case .engagement: "events"
        case .revenue, .mrr: "currency"
        case .activeCustomers: "client_days"
        case .tickets: "tickets"
        }
    }
}

/// One value for each day from `first` on, without gaps.
public struct DailySeries: Sendable, Equatable {
    public var first: Day
    public var values: [Double]

    public init(first: Day, values: [Double]) {
        self.first = first
        self.values = values
    }

    /// The day of the last value; the day before `first` when there is none.
    public var last: Day { first.advanced(by: values.count - 1) }

    /// Days with a value other than 0.
    public var nonzeroCount: Int { values.reduce(0) { $1 == 0 ? $0 : $0 + 1 } }
}
