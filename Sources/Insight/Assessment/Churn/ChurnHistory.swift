import ChurnModel
public import Records

/// One day in the past: what was known of the clients then, and what became of them.
public struct ChurnDay: Sendable {
    /// The rows are the population of the day.
    public let features: ClientFeatures
    /// The client of each row by ``customerHash(_:)``.
    public let customers: [UInt64]
    public let churned: [Bool]
    /// Days from the day to the churn; 0 without one.
    public let daysToChurn: [Int32]
    /// What the rules said on the day.
    public let rulesScores: [Double]
    /// What else was said on the day; nil where nobody asked.
    public let standing: Standing?

    /// What was said of the rows beside the features.
    public struct Standing: Sendable {
        public var ruleLevels: [RiskScores.Level]
        /// NaN where unknown.
        public var healthScores: [Double]
        public var healthLevels: [HealthScores.Level?]
        /// Days since the client was last seen, or since he is one.
        public var daysSinceSeen: [Double]

        public init(
            ruleLevels: [RiskScores.Level], healthScores: [Double], healthLevels: [HealthScores.Level?],
            daysSinceSeen: [Double]
        ) {
            self.ruleLevels = ruleLevels
            self.healthScores = healthScores
            self.healthLevels = healthLevels
            self.daysSinceSeen = daysSinceSeen
        }
    }

    public init(
        features: ClientFeatures, customers: [UInt64], churned: [Bool], daysToChurn: [Int32], rulesScores: [Double],
        standing: Standing? = nil
    ) {
        self.features = features
        self.customers = customers
        self.churned = churned
        self.daysToChurn = daysToChurn
        self.rulesScores = rulesScores
        self.standing = standing
    }

    public var asOf: Day { features.asOf }

    /// The same for a client in every run, whatever his place in the tables.
    public static func customerHash(_ id: String) -> UInt64 { CustomerHash.hash(id) }
}

/// How the learning problem is posed.
public struct ChurnSettings: Sendable, Equatable {
    /// Which churn is learned.
    public enum Label: String, Sendable, CaseIterable {
        /// Who leaves, by the same signs that lists and figures go by.
        case automatic = "auto"
        case explicit
        case inactivity
    }

    public var label = Label.automatic
    /// Churn counts when it happens within so many days, 7…365.
    public var horizonDays = 90
    /// Clients who were not seen for so many days are not in the population, 7…730; nil for no such limit. Where only
    /// churn dates or inactivity are learned, which say nothing of who has gone before, nil is 90.
    public var populationDays: Int?
    /// Days between the snapshots that are learned from.
    public var spacingDays = 30
    public var snapshotsMax = 12
    /// The most trees of a model, 1…2000; early stopping mostly takes fewer.
    public var treesMax = 600
    /// More rows than this are thinned out client by client.
    public var rowsMax = 120_000
    public var seed: UInt64 = 1

    public init() {}

    /// The days to learn from, latest first: the label window of the first ends on the last day with complete data, and
    /// the last has at least 60 days of data before it.
    public func snapshotDays(first: Day, last: Day) -> [Day] {
        var days: [Day] = []
        var day = last.advanced(by: -horizonDays)
        while days.count < snapshotsMax, first.days(to: day) >= 60 {
            days.append(day)
            day = day.advanced(by: -spacingDays)
        }
        return days
    }
}
