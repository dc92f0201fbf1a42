/// One of the files that a sample company consists of, in the order in which they are written.
public enum SampleFile: String, CaseIterable, Hashable, Sendable {
    case demographics
    case transactions
    case engagement
    case support
    case surveys
    /// What really happened to each client: `customer_id,churn_date,reason,warning_start_date,return_date,dip_date`.
    case truth
    /// Promotions and holidays that moved the numbers: `date,name,segment,lower_window,upper_window`.
    /// A row stands for the days `date` + `lower_window` (always 0) … `date` + `upper_window`; an empty segment means
    /// that it is for all clients. A holiday that reaches into the window from before has its true date.
    case events

    /// The customary name of the file, for example `engagement.csv`.
    public var fileName: String { rawValue + ".csv" }

    /// True for the five categories of client data, false for the extra files.
    public var isClientData: Bool {
        switch self {
        case .demographics, .transactions, .engagement, .support, .surveys: true
        case .truth, .events: false
        }
    }

    /// The column names of the file, in order.
    public var columns: [String] {
        switch self {
        case .demographics:
            [
                "customer_id", "name", "age", "gender", "location", "subscription_type", "account_creation_date",
                "segment", "region", "tier", "product", "industry", "owner", "contract_end_date", "email",
                "contact_name",
            ]
        case .transactions:
            ["transaction_id", "customer_id", "amount", "currency", "payment_method", "transaction_date"]
        case .engagement:
            ["event_id", "customer_id", "event_type", "timestamp", "device_type", "feature_used"]
        case .support:
            ["ticket_id", "customer_id", "issue_type", "created_at", "resolved_at", "satisfaction_score"]
        case .surveys:
            ["survey_id", "customer_id", "response_date", "nps_score", "comments"]
        case .truth:
            ["customer_id", "churn_date", "reason", "warning_start_date", "return_date", "dip_date"]
        case .events:
            ["date", "name", "segment", "lower_window", "upper_window"]
        }
    }
}
