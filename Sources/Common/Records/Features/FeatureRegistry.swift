/// All columns of `ai_model_features`: the one place that says what each is.
///
/// Personal characteristics (age, gender, name) are no features: a client is not to be treated by them.
public enum FeatureRegistry {
    /// By ``ClientFeature``.
    public static let numbers: [FeatureDefinition] = [
        .init("events_7d", "events in 7 days", .count, "events of the last 7 days"),
        .init("events_14d", "events in 14 days", .count, "events of the last 14 days"),
        .init("events_28d", "events in 28 days", .count, aim: .more, "events of the last 28 days"),
        .init("events_56d", "events in 56 days", .count, "events of the last 56 days"),
        .init("events_90d", "events in 90 days", .count, "events of the last 90 days"),
        .init("events_prev_28d", "events in the 28 days before", .count, "events of the 28 days before the last 28"),
        .init("active_days_7d", "active days in 7", .count, "distinct days with an event among the last 7"),
        .init("active_days_14d", "active days in 14", .count, "distinct days with an event among the last 14"),
        .init(
            "active_days_28d", "active days in 28", .count, aim: .more,
            "distinct days with an event among the last 28"),
        .init("active_days_56d", "active days in 56", .count, "distinct days with an event among the last 56"),
        .init("active_days_90d", "active days in 90", .count, "distinct days with an event among the last 90"),
        .init(
            "active_days_prev_28d", "active days in the 28 days before", .count,
            "distinct days with an event among the 28 before the last 28"),
        .init("logins_7d", "logins in 7 days", .count, "events of a configured login type in the last 7 days"),
        .init(
            "logins_28d", "logins in 28 days", .count, aim: .more,
            "events of a configured login type in the last 28 days"),
        .init("logins_90d", "logins in 90 days", .count, "events of a configured login type in the last 90 days"),
        .init(
            "logins_prev_28d", "logins in the 28 days before", .count,
            "events of a configured login type in the 28 days before the last 28"),
        .init(
            "distinct_features_28d", "features used in 28 days", .count, aim: .more,
            "distinct feature_used values of the last 28 days"),
        .init(
            "distinct_features_90d", "features used in 90 days", .count,
            "distinct feature_used values of the last 90 days"),
        .init(
            "distinct_event_types_28d", "kinds of events in 28 days", .count,
            "distinct event types of the last 28 days"),
        .init("distinct_devices_90d", "devices in 90 days", .count, "distinct device types of the last 90 days"),
        .init(
            "events_trend_28d", "trend of events", .ratio,
            "(events_28d - events_prev_28d) / (events_28d + events_prev_28d), -1 to 1; unknown when both are 0"),
        .init(
            "events_share_7d", "share of the last week", .fraction,
            "events_7d / events_28d; unknown without events in 28 days"),
        .init(
            "events_slope_8w", "weekly slope of events", .ratio,
            """
            least-squares slope of the counts of the last 8 weeks per week, divided by their mean; unknown \
            without events
            """),
        .init(
            "longest_gap_90d", "longest silence in 90 days", .days,
            "longest run of days without an event among the last 90"),
        .init(
            "days_since_last_event", "days since the last event", .days, aim: .less,
            "A - day of the last event; unknown when none"),
        .init(
            "days_since_last_login", "days since the last login", .days, aim: .less,
            "A - day of the last login; unknown when none"),
        .init("usual_events_30d", "usual events in 30 days", .ratio, "avg_events_30d of customer_metrics"),
        .init("engagement_score", "engagement", .ratio, "engagement_score of customer_metrics"),
        .init("missed_events", "events missed in the silence", .ratio, "days_since_last_event * usual_events_30d / 30"),
        .init("payments_28d", "payments in 28 days", .count, "transactions with an amount above 0 in the last 28 days"),
        .init("payments_56d", "payments in 56 days", .count, "transactions with an amount above 0 in the last 56 days"),
        .init("payments_90d", "payments in 90 days", .count, "transactions with an amount above 0 in the last 90 days"),
        .init(
            "payments_prev_90d", "payments in the 90 days before", .count,
            "transactions with an amount above 0 in the 90 days before the last 90"),
        .init("revenue_28d", "revenue in 28 days", .money, "sum of all amounts of the last 28 days"),
        .init("revenue_56d", "revenue in 56 days", .money, "sum of all amounts of the last 56 days"),
        .init("revenue_90d", "revenue in 90 days", .money, "sum of all amounts of the last 90 days"),
        .init(
            "revenue_prev_90d", "revenue in the 90 days before", .money,
            "sum of all amounts of the 90 days before the last 90"),
        .init(
            "revenue_decline_90d", "decline of revenue", .fraction,
            "(revenue_prev_90d - revenue_90d) / revenue_prev_90d; unknown when that is not above 0"),
        .init("refunds_90d", "refunds in 90 days", .count, "transactions with an amount below 0 in the last 90 days"),
        .init(
            "days_since_last_transaction", "days since the last payment", .days,
            "A - day of the last amount above 0; unknown when none"),
        .init(
            "usual_payments_30d", "usual payments in 30 days", .ratio,
            "transactions_total * 30 / max(30, tenure_days + 1)"),
        .init(
            "missed_payments", "payments missed since the last", .ratio,
            "days_since_last_transaction * usual_payments_30d / 30"),
        .init("avg_transaction_value", "mean payment", .money, "mean of the amounts above 0; unknown when none"),
        .init("transactions_total", "payments in all", .count, "transactions with an amount above 0"),
        .init("total_amount", "amount in all", .money, "sum of all amounts"),
        .init(
            "mrr_last_month", "MRR of the last month", .money,
            "recurring revenue at the end of the calendar month before that of A; unknown where nothing says it"),
        .init("tickets_7d", "tickets in 7 days", .count, "tickets created in the last 7 days"),
        .init("tickets_14d", "tickets in 14 days", .count, "tickets created in the last 14 days"),
        .init("tickets_28d", "tickets in 28 days", .count, "tickets created in the last 28 days"),
        .init("tickets_56d", "tickets in 56 days", .count, "tickets created in the last 56 days"),
        .init("tickets_90d", "tickets in 90 days", .count, "tickets created in the last 90 days"),
        .init(
            "tickets_prev_28d", "tickets in the 28 days before", .count,
            "tickets created in the 28 days before the last 28"),
        .init("support_tickets_total", "tickets in all", .count, "tickets created"),
        .init("open_tickets", "open tickets", .count, aim: .less, "created and not resolved by the end of A"),
        .init(
            "open_tickets_over_7d", "open tickets older than a week", .count, aim: .less,
            "open tickets created before A - 7"),
        .init(
            "days_since_last_ticket", "days since the last ticket", .days,
            "A - day of the last ticket; unknown when none"),
        .init(
            "mean_resolution_hours", "resolution time", .hours,
            "mean of resolved - created over tickets resolved by the end of A; unknown when none"),
        .init(
            "resolution_hours_90d", "resolution time in 90 days", .hours, aim: .less,
            "the same over tickets created in the last 90 days"),
        .init("mean_satisfaction", "satisfaction", .rating, "mean score of rated tickets; unknown when none"),
        .init(
            "satisfaction_90d", "satisfaction in 90 days", .rating, aim: .more,
            "mean score of rated tickets created in the last 90 days; unknown when none"),
        .init("last_nps", "last NPS answer", .score, aim: .more, "score of the latest survey; unknown when none"),
        .init(
            "nps_change", "change of the NPS answer", .ratio,
            "score of the latest survey - score of the one before; unknown with fewer than two"),
        .init(
            "mean_nps_180d", "mean NPS answer in 180 days", .score,
            "mean score of the surveys of the last 180 days; unknown when none"),
        .init(
            "days_since_last_survey", "days since the last survey", .days,
            "A - day of the latest survey; unknown when none"),
        .init("tenure_days", "tenure", .days, "A - account_creation_date"),
        .init("contract_months", "contract term", .months, "months of the contract by the subscription type"),
        .init(
            "days_to_renewal", "days to renewal", .days,
            """
            days from A to the next day on which the contract ends or is renewed: the contract end, or the \
            account's creation without one, moved by whole terms
            """),
    ]

    /// By ``ClientCategory``.
    public static let categories: [FeatureDefinition] = [
        .init("plan", "plan", .level, "subscription_type as it was known on A"),
        .init("segment", "segment", .level, "segment as it was known on A"),
        .init("region", "region", .level, "region as it was known on A"),
        .init("tier", "tier", .level, "tier as it was known on A"),
        .init("product", "product", .level, "product as it was known on A"),
        .init("industry", "industry", .level, "industry as it was known on A"),
        .init(
            "last_issue_type", "subject of the last ticket", .level,
            "issue_type of the latest ticket; unknown when none"),
        .init(
            "last_payment_method", "last payment method", .level,
            "payment_method of the latest payment; unknown when none"),
    ]

    /// A column by its name.
    public static func definition(_ name: String) -> FeatureDefinition? { byName[name] }

    private static let byName = Dictionary(
        (numbers + categories).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// Counts as one number: whoever reads a model file knows by it whether the columns mean the same.
    public static let version = 1
}
