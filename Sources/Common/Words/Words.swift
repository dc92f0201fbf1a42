// The words that several methods use as values, each list once.

/// How likely a client is to leave.
public enum RiskLevel: String, Sendable, CaseIterable {
    case low
    case medium
    case high
    case critical
}

/// Whose word the risk of a client is.
public enum RiskBasis: String, Sendable, CaseIterable {
    /// The churn model's probability of leaving.
    case model
    /// The rules: no model is in force, or it says nothing of such clients.
    case rules
}

public enum HealthLevel: String, Sendable, CaseIterable {
    case healthy
    case stable
    case watch
    case atRisk = "at_risk"
}

/// What a file holds.
public enum DropCategory: String, Sendable, CaseIterable {
    case demographics
    case transactions
    case engagement
    case support
    case surveys
    case events
}

/// Where a file comes from.
public enum SourceType: String, Sendable, CaseIterable {
    case csv
    case crm
    case api
}

/// What became of a delivery.
public enum DropState: String, Sendable, CaseIterable {
    case queued
    case loading
    case loaded
    case refused
    case duplicate
}

/// What was noticed of a row that was not rejected.
public enum RemarkKind: String, Sendable, CaseIterable {
    case unreadableValue = "unreadable_value"
    case differentDuplicate = "different_duplicate"
    case replacedValue = "replaced_value"
    case removedValue = "removed_value"
    case reopenedTicket = "reopened_ticket"
    case repeatedHeader = "repeated_header"

    /// In words, for people.
    public var text: String {
        switch self {
        case .unreadableValue: "the value cannot be read, and counts as unknown"
        case .differentDuplicate: "a row with the same id came first and says otherwise; this one does not count"
        case .replacedValue: "replaces another value that was known"
        case .removedValue: "takes back a value that was known"
        case .reopenedTicket:
            "takes back when the ticket was resolved: it is open again; is the file older than the one before?"
        case .repeatedHeader: "the names of the columns once more; passed over"
        }
    }
}

/// What a stage in the background is at.
public enum StageState: String, Sendable, CaseIterable {
    case idle
    case running
    /// Due.
    case waiting
    case failed
    case off
}

public enum LoadPhase: String, Sendable, CaseIterable {
    /// An original is compared with the ledger, before a rebuild.
    case verify
    case read
    case deduplicate
    case refine
}

/// Periods of a series.
public enum SeriesStep: String, Sendable, CaseIterable {
    case month
    case week
    case day
}

/// What clients are grouped by.
public enum Grouping: String, Sendable, CaseIterable {
    case segment
    case region
    case tier
    case product
}

/// Which other period figures are compared with.
public enum PeriodComparison: String, Sendable, CaseIterable {
    case previous
    case year
}

public enum CohortStart: String, Sendable, CaseIterable {
    case signupMonth = "signup_month"
    case firstActivity = "first_activity"
}

public enum CohortMeasure: String, Sendable, CaseIterable {
    case retention
    case revenue
}

public enum ForecastMetric: String, Sendable, CaseIterable {
    case engagement
    case revenue
    case mrr
    case activeCustomers = "active_customers"
    case tickets
}

/// Which days say nothing about what is to come.
public enum LeftOutDays: String, Sendable, CaseIterable {
    case outliers
    case outliersAndStockOuts = "outliers_and_stock_outs"
}

public enum ExportedTable: String, Sendable, CaseIterable {
    case customerMetrics = "customer_metrics"
    case customerHealthScores = "customer_health_scores"
    case customerHealthHistory = "customer_health_history"
    case modelFeatures = "ai_model_features"
    case dashboardKPIs = "dashboard_kpis"
    case cohortRetention = "cohort_retention"
    case mrrMovements = "mrr_movements"
    case forecasts
}

public enum ExportFormat: String, Sendable, CaseIterable {
    case csv
    case ndjson
}
