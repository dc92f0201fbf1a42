public import Records
import Words

/// The gold tables by customer id and name of the metric: what they say, whatever the order of the clients.
public struct GoldPicture: Equatable {
    /// Unknown values are left out.
    public var metrics: [String: [String: Double]] = [:]
    /// By customer: one line a month.
    public var months: [String: [String]] = [:]
    /// By customer: segment, region, tier, product.
    public var dimensions: [String: [String]] = [:]
    public var counts: RecordCounts

    public init(_ gold: GoldTables, _ silver: SilverTables) {
        counts = gold.counts
        let dimensions = gold.dimensions
        for (position, client) in gold.clients.enumerated() {
            let id = silver.clients.id[Int(client)] ?? ""
            var values: [String: Double] = [:]
            for column in ClientMetric.published {
                let value = gold.metrics.value(column, position)
                if !value.isNaN { values[column.name] = value }
            }
            metrics[id] = values
            months[id] = gold.months[position].map { month in
                "\(Month(rawValue: month.month)) events \(month.events) payments \(month.payments) "
                    + "revenue \(Money(rawValue: month.revenue)) positive \(Money(rawValue: month.positive)) "
                    + "recurring \(Money(rawValue: month.recurring))" + (month.isActive ? " active" : "")
            }
            self.dimensions[id] = [dimensions.segment, dimensions.region, dimensions.tier, dimensions.product].map {
                $0.values[Int($0.codes[position])]
            }
        }
    }

    /// One metric of one client; nil when unknown.
    public subscript(id: String, metric: String) -> Double? { metrics[id]?[metric] }
}

extension GoldSettings {
    /// Three regions, yearly contracts that are paid once a year; money counts in the month it came, and nobody leaves.
    public static var example: GoldSettings {
        GoldSettings(
            loginEvents: ["login", "sso"], regionOfCountry: ["germany": "EMEA", "us": "NA"],
            segmentOfSubscriptionType: ["pro": "professional"], contractMonths: ["basic": 1, "yearly": 12],
            contractMonthsDefault: 6, billingMonths: ["yearly": 12], rates: .example,
            lifecycle: LifecycleSettings(signs: [], startDays: 1_000_000), revenue: RevenueSettings(method: .cash),
            watchesFeeds: false)
    }
}
