public import Records
public import Words

/// What a list of clients is sorted by.
public struct SortKey: Sendable, Hashable {
    public enum Field: Sendable, Hashable {
        case customerID
        case name
        case healthScore
        case riskScore
        case churnProbability
        case metric(ClientMetric)
    }

    public var field: Field
    public var ascending: Bool

    public init(field: Field, ascending: Bool) {
        self.field = field
        self.ascending = ascending
    }

    /// The work list: who is most at risk, and among equals who is worth most.
    public static let workList = SortKey(field: .riskScore, ascending: false)

    /// The name of the field as it is written outside.
    public var name: String {
        switch field {
        case .customerID: "customer_id"
        case .name: "name"
        case .healthScore: "health_score"
        case .riskScore: "risk_score"
        case .churnProbability: "churn_probability"
        case .metric(let metric): metric.name
        }
    }

    /// A field's name, optionally followed by `:asc` or `:desc`; numbers come largest first, texts from A, unless said
    /// otherwise.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first else { return nil }
        switch name {
        case "customer_id": field = .customerID
        case "name": field = .name
        case "health_score": field = .healthScore
        case "risk_score": field = .riskScore
        case "churn_probability": field = .churnProbability
        default:
            guard let metric = ClientMetric(name: String(name)) else { return nil }
            field = .metric(metric)
        }
        switch parts.count > 1 ? parts[1] : "" {
        case "asc": ascending = true
        case "desc": ascending = false
        case "" where parts.count == 1: ascending = field == .customerID || field == .name
        default: return nil
        }
    }

    /// The names ``init(_:)`` understands.
    public static var names: [String] {
        ["customer_id", "name", "health_score", "risk_score", "churn_probability"]
            + ClientMetric.published.map(\.name)
    }

    /// The values of all clients; nil for what is no number.
    public func values(_ snapshot: Snapshot) -> MetricValues? {
        switch field {
        case .customerID, .name: nil
        case .healthScore: .fractions(snapshot.assessments.health.score)
        case .riskScore: .fractions(snapshot.assessments.risk.score)
        case .churnProbability: .fractions(snapshot.assessments.churnProbability)
        case .metric(let metric): snapshot.gold.metrics.values(metric)
        }
    }

    /// The value at a position; NaN when unknown.
    public func value(_ snapshot: Snapshot, _ position: Int) -> Double { values(snapshot)?[position] ?? .nan }
}
