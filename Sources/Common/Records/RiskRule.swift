/// What the rules say of every client, by position of the gold tables.
public struct RuleScores: Sendable {
    public var rules: [RiskRule] = []
    public var levels = RiskLevels()
    /// The sum of the weights of the rules that fired, at most 1; NaN for who has left: there is nothing left to lose.
    public var score: [Double] = []
    /// Nil for who has left.
    public var level: [RiskScores.Level?] = []
    /// One bit per rule, in the order of `rules`: the rule fired.
    public var fired: [UInt64] = []
    /// One bit per rule: its input is unknown, so that it was not evaluated.
    public var unknown: [UInt64] = []

    public init() {}

    /// Says nothing of a client, who has left.
    public mutating func withdraw(_ position: Int) {
        // What is there already is not written: a column that nobody has written to is shared with the generation before.
        if !score[position].isNaN { score[position] = .nan }
        if level[position] != nil { level[position] = nil }
        if fired[position] != 0 { fired[position] = 0 }
        if unknown[position] != 0 { unknown[position] = 0 }
    }
}

/// One entry of the rule file.
public struct RiskRule: Sendable, Equatable {
    public enum Category: String, Sendable, CaseIterable {
        case engagement
        case support
        case revenue
        case contract
    }

    public enum Comparison: String, Sendable, CaseIterable {
        case greater = ">"
        case greaterOrEqual = ">="
        case less = "<"
        case lessOrEqual = "<="
        case equal = "=="
        case notEqual = "!="

        public func holds(_ value: Double, _ threshold: Double) -> Bool {
            switch self {
            case .greater: value > threshold
            case .greaterOrEqual: value >= threshold
            case .less: value < threshold
            case .lessOrEqual: value <= threshold
            case .equal: value == threshold
            case .notEqual: value != threshold
            }
        }
    }

    /// One comparison of a metric with a number.
    public struct Condition: Sendable, Equatable {
        public var metric: String
        /// The metric that counts where `metric` is unknown.
        public var otherwise: String?
        public var comparison: Comparison
        public var threshold: Double

        public init(metric: String, otherwise: String? = nil, comparison: Comparison, threshold: Double) {
            self.metric = metric
            self.otherwise = otherwise
            self.comparison = comparison
            self.threshold = threshold
        }
    }

    public var name: String
    public var category: Category
    /// All must hold; the first one is the one that is shown as observed.
    public var conditions: [Condition]
    /// Millionths of 1, so that sums are exact.
    public var weightMicro: Int
    /// Reason text; `{value}` and `{threshold}` stand for the numbers.
    public var text: String
    public var playbook: String?

    public var weight: Double { Double(weightMicro) / 1_000_000 }

    public init(
        name: String, category: Category, conditions: [Condition], weightMicro: Int, text: String,
        playbook: String? = nil
    ) {
        self.name = name
        self.category = category
        self.conditions = conditions
        self.weightMicro = weightMicro
        self.text = text
        self.playbook = playbook
    }
}

extension RiskRule {
    /// More rules than a person can keep in mind, and as many as there are bits in a word.
    public static let countMax = 64

    /// The rules the product starts with.
    public static let defaults: [RiskRule] = [
        .init(
            name: "inactive_login", category: .engagement,
            conditions: [
                .init(metric: "days_since_last_login", otherwise: "tenure_days", comparison: .greater, threshold: 30)
            ],
            weightMicro: 300_000, text: "no login for {value} days", playbook: "usage_drop"),
        .init(
            name: "many_tickets", category: .support,
            conditions: [.init(metric: "support_tickets_30d", comparison: .greater, threshold: 5)],
            weightMicro: 200_000, text: "{value} support tickets in 30 days", playbook: "support_escalation"),
        .init(
            name: "revenue_decline", category: .revenue,
            conditions: [.init(metric: "mrr_decline", comparison: .greater, threshold: 0.2)],
            weightMicro: 500_000, text: "recurring revenue is down by {percent}", playbook: "silent_account"),
        .init(
            name: "renewal_at_risk", category: .contract,
            conditions: [
                .init(metric: "days_to_renewal", comparison: .lessOrEqual, threshold: 90),
                .init(metric: "engagement_score", comparison: .less, threshold: 0.5),
            ],
            weightMicro: 300_000, text: "renewal in {value} days with low engagement", playbook: "renewal_90_60_30"),
    ]
}
