/// One metric as it is known outside: the same name, formula and unit on every surface.
public struct MetricDefinition: Sendable, Equatable {
    public enum Unit: String, Sendable {
        case count
        case days
        case hours
        case money
        /// 0…1.
        case fraction
        /// A ratio of two numbers of one kind.
        case ratio
        /// 0…100.
        case score
        /// 1…5.
        case rating
        /// −100…100.
        case points
    }

    /// Which way is better.
    public enum Direction: String, Sendable {
        case higherIsBetter = "higher_is_better"
        case lowerIsBetter = "lower_is_better"
        case neutral
    }

    public let name: String
    public let title: String
    public let unit: Unit
    public let direction: Direction
    public let formula: String

    init(_ name: String, _ title: String, _ unit: Unit, _ direction: Direction, _ formula: String) {
        self.name = name
        self.title = title
        self.unit = unit
        self.direction = direction
        self.formula = formula
    }
}

/// All metrics there are, in the order in which a person reads them.
public enum MetricRegistry {
    /// Metrics of a client.
    public static let clientMetrics: [MetricDefinition] = [
        .init(
            "health_score", "Health", .score, .higherIsBetter,
            "weighted mean of the measures that have data; see its components"),
        .init("risk_score", "Risk", .fraction, .lowerIsBetter, "sum of the weights of the rules that fire, at most 1"),
        .init(
            "churn_probability", "Churn probability", .fraction, .lowerIsBetter,
            "calibrated probability of the churn model within its horizon"),
        .init(
            "engagement_score", "Engagement", .ratio, .higherIsBetter,
            "events_last_30_days / avg_events_30d; 0 without events"),
        .init("mrr", "MRR", .money, .higherIsBetter, "recurring revenue of the month of the as-of day"),
        .init("tenure_days", "Tenure", .days, .neutral, "as-of day - account_creation_date"),
        .init("events_total", "Events", .count, .higherIsBetter, "accepted events"),
        .init("events_last_30_days", "Events, 30 days", .count, .higherIsBetter, "events of the last 30 days"),
        .init(
            "events_previous_30_days", "Events, 30 days before", .count, .neutral,
            "events of the 30 days before the last 30"),
        .init(
            "active_days_last_30_days", "Active days, 30 days", .count, .higherIsBetter,
            "distinct days with an event in the last 30 days"),
        .init(
            "distinct_features_last_30_days", "Features, 30 days", .count, .higherIsBetter,
            "distinct features used in the last 30 days"),
        .init(
            "avg_events_30d", "Usual events, 30 days", .count, .neutral, "events_total * 30 / max(30, days observed)"),
        .init("transactions_total", "Payments", .count, .higherIsBetter, "transactions with an amount above 0"),
        .init("total_amount", "Total amount", .money, .higherIsBetter, "sum of all amounts, refunds included"),
        .init("avg_transaction_value", "Mean payment", .money, .higherIsBetter, "mean of the amounts above 0"),
        .init("revenue_90d", "Revenue, 90 days", .money, .higherIsBetter, "sum of all amounts of the last 90 days"),
        .init(
            "revenue_prev_90d", "Revenue, 90 days before", .money, .neutral, "sum of all amounts of the 90 days before"),
        .init(
            "revenue_decline_90d", "Revenue decline", .fraction, .lowerIsBetter,
            "(revenue_prev_90d - revenue_90d) / revenue_prev_90d; unknown when that is not above 0"),
        .init("days_since_last_login", "Last login", .days, .lowerIsBetter, "as-of day - day of the last login"),
        .init("days_since_last_event", "Last event", .days, .lowerIsBetter, "as-of day - day of the last event"),
        .init(
            "days_since_last_transaction", "Last payment", .days, .lowerIsBetter,
            "as-of day - day of the last amount above 0"),
        .init("support_tickets_total", "Tickets", .count, .neutral, "tickets created"),
        .init("support_tickets_30d", "Tickets, 30 days", .count, .lowerIsBetter, "tickets created in the last 30 days"),
        .init(
            "open_tickets", "Open tickets", .count, .lowerIsBetter,
            "created and not resolved by the end of the as-of day"),
        .init(
            "mean_resolution_hours", "Resolution time", .hours, .lowerIsBetter,
            "mean of resolved_at - created_at over resolved tickets"),
        .init("mean_satisfaction", "Satisfaction", .rating, .higherIsBetter, "mean score of rated tickets"),
        .init("last_nps", "Last NPS answer", .score, .higherIsBetter, "score 0 to 10 of the latest survey"),
        .init("days_to_renewal", "Renewal", .days, .neutral, "contract end - as-of day"),
    ]

    /// Metrics of a population.
    public static let kpis: [MetricDefinition] = [
        .init("active_customers", "Active clients", .count, .higherIsBetter, "distinct clients active in the period"),
        .init("customers", "Clients", .count, .higherIsBetter, "clients known on the as-of day"),
        .init("new_customers", "New clients", .count, .higherIsBetter, "accounts created in the period"),
        .init("arr", "ARR", .money, .higherIsBetter, "12 * mrr"),
        .init("mrr_growth", "MRR growth", .fraction, .higherIsBetter, "mrr of the month / mrr of the month before - 1"),
        .init(
            "nrr", "Net revenue retention", .fraction, .higherIsBetter,
            "(starting + expansion + contraction + churn) / starting"),
        .init(
            "grr", "Gross revenue retention", .fraction, .higherIsBetter, "(starting + contraction + churn) / starting"),
        .init(
            "churned_customers", "Churned clients", .count, .lowerIsBetter,
            "clients whose last active month is the month before"),
        .init(
            "churn_rate", "Churn rate", .fraction, .lowerIsBetter,
            "churned clients / active clients of the month before"),
        .init("revenue", "Revenue", .money, .higherIsBetter, "sum of all amounts of the period"),
        .init(
            "at_risk_customers", "Clients at risk", .count, .lowerIsBetter,
            "clients whose risk level is high or critical"),
        .init("tickets", "Tickets", .count, .lowerIsBetter, "tickets created in the period"),
        .init("csat", "CSAT", .rating, .higherIsBetter, "mean score of rated tickets created in the period"),
        .init("nps", "NPS", .points, .higherIsBetter, "100 * (answers 9 and 10 - answers 0 to 6) / answers"),
    ]

    /// A metric by its name.
    public static func definition(_ name: String) -> MetricDefinition? {
        clientMetrics.first { $0.name == name } ?? kpis.first { $0.name == name }
    }
}
