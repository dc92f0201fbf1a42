public import Words

/// The one risk of every client, by position of the gold tables: what is shown, sorted by, filtered and counted. The churn
/// model's probability of leaving where a model is in force and speaks of the client, what the rules say otherwise.
public struct RiskScores: Sendable {
    public enum Level: UInt8, Sendable, CaseIterable, Comparable {
        case low
        case medium
        case high
        case critical

        public var name: String {
            switch self {
            case .low: "low"
            case .medium: "medium"
            case .high: "high"
            case .critical: "critical"
            }
        }

        public static func < (lhs: Level, rhs: Level) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// What scores become levels and amounts by.
    public struct Terms: Sendable, Equatable {
        /// Of the model's probabilities; nil where no model is in force.
        public var modelLevels: RiskLevels?
        /// The probability of leaving by level of the rules, lowest first; empty while nothing is known of it.
        public var ruleShares: [Double]

        public init(modelLevels: RiskLevels? = nil, ruleShares: [Double] = []) {
            self.modelLevels = modelLevels
            self.ruleShares = ruleShares
        }
    }

    public var terms = Terms()
    /// 0…1; NaN for who has left.
    public var score: [Double] = []
    /// Nil for who has left.
    public var level: [Level?] = []
    /// Whether it is the model that speaks of a client; empty where the rules speak of all.
    public var isByModel: [Bool] = []
    /// Twelve times the MRR, times the probability of leaving, micro-units; ``ClientMetrics/unknownAmount`` where one of
    /// them is unknown. Empty while nothing is known of probabilities.
    public var valueAtRisk: [Int64] = []

    public init() {}

    /// Whose word the risk of a client is; nil for who has left.
    public func basis(_ position: Int) -> RiskBasis? {
        if level[position] == nil { return nil }
        return isByModel.isEmpty || !isByModel[position] ? .rules : .model
    }

    /// Micro-units of the base currency; nil where it is unknown.
    public func valueAtRisk(_ position: Int) -> Int64? {
        guard !valueAtRisk.isEmpty else { return nil }
        let value = valueAtRisk[position]
        return value == ClientMetrics.unknownAmount ? nil : value
    }
}
