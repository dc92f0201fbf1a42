/// What the models say of every client, by position of the gold tables.
public struct Assessments: Sendable {
    public var health = HealthScores()
    public var rules = RuleScores()
    public var churn = ChurnScores(probability: [])
    /// What is shown of the two before it.
    public var risk = RiskScores()
    /// Probability of churn within the model's horizon; NaN where no model is in force.
    public var churnProbability: [Double] { churn.probability }

    public init() {}
}

/// Health scores 0…100 and the points of their components.
public struct HealthScores: Sendable {
    /// Bands from the best to the worst.
    public enum Level: UInt8, Sendable, CaseIterable {
        case healthy
        case stable
        case watch
        case atRisk

        /// As it is written outside.
        public var name: String {
            switch self {
            case .healthy: "healthy"
            case .stable: "stable"
            case .watch: "watch"
            case .atRisk: "at_risk"
            }
        }
    }

    /// What the scores were made by.
    public var settings = HealthSettings()
    /// The measures a score is made of, in the order in which they are added.
    public var componentNames: [String] = []
    /// Weights as configured, in the order of the names; they need not add up to 100.
    public var componentWeights: [Double] = []
    /// NaN where no measure has data.
    public var score: [Double] = []
    /// Nil where less than half of the weight has data.
    public var level: [Level?] = []
    /// The share of the weight that has data, 0…1.
    public var coverage: [Double] = []
    /// By component, by position: the measure 0…100, NaN where it has no data.
    public var values: [[Double]] = []
    /// By component, by position: what it adds to the score, NaN where it has no data. The points add up to the score.
    public var points: [[Double]] = []

    public init() {}
}
