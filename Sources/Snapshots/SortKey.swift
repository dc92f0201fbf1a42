public import Records
public import Words

/// What a list of clients is sorted by.
public struct SortKey: Sendable, Hashable {
    public enum Field: Sendable, Hashable {
        case customerID
        case name
        case healthScore
        case riskScore
        case ruleScore
        case churnProbability
        case valueAtRisk
        case leftOn
        /// A day that demographics say; only compared with, not sorted by.
        case day(ClientAttribute)
        case metric(ClientMetric)
    }

    public var field: Field
    public var ascending: Bool

    public init(field: Field, ascending: Bool) {
        self.field = field
        self.ascending = ascending
    }

    /// The work list: where most is at stake first.
    public static let workList = SortKey(field: .valueAtRisk, ascending: false)
    /// Those who have left: the latest first.
    public static let departures = SortKey(field: .leftOn, ascending: false)

    /// The name of the field as it is written outside.
    public var name: String {
        switch field {
        case .customerID: "customer_id"
        case .name: "name"
        case .healthScore: "health_score"
        case .riskScore: "risk_score"
        case .ruleScore: "rule_score"
        case .churnProbability: "churn_probability"
        case .valueAtRisk: "value_at_risk"
        case .leftOn: "left_on"
        case .day(let attribute): attribute.name
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
        case "risk_score", "risk": field = .riskScore
        case "rule_score": field = .ruleScore
        case "churn_probability": field = .churnProbability
        case "value_at_risk": field = .valueAtRisk
        case "left_on": field = .leftOn
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

    /// Whether its values are days.
    public var isDay: Bool {
        switch field {
        case .leftOn, .day: true
        default: false
        }
    }

    /// The names ``init(_:)`` understands.
    public static var names: [String] {
        ["customer_id", "name", "left_on"] + assessed
            + ClientMetric.published.map(\.name)
    }

    /// What the models say.
    private static let assessed = ["health_score", "risk_score", "rule_score", "churn_probability", "value_at_risk"]

    /// The values of all clients; nil for what is no number.
    public func values(_ snapshot: Snapshot) -> MetricValues? {
        switch field {
        case .customerID, .name: nil
        case .healthScore: .fractions(snapshot.assessments.health.score)
        case .riskScore: .fractions(snapshot.assessments.risk.score)
        case .ruleScore: .fractions(snapshot.assessments.rules.score)
        case .churnProbability: .fractions(snapshot.assessments.churnProbability)
        case .valueAtRisk: snapshot.valuesAtRisk
        case .leftOn: .fractions(snapshot.daysOfLeaving)
        case .day(let attribute): .fractions(snapshot.days(attribute))
        case .metric(let metric): snapshot.gold.metrics.values(metric)
        }
    }

    /// The value at a position; NaN when unknown.
    public func value(_ snapshot: Snapshot, _ position: Int) -> Double { values(snapshot)?[position] ?? .nan }
}
