public import Records

/// The health score: a weighted mean of five measures, each 0…100; a measure without data passes its weight to the
/// others.
public struct HealthModel: Sendable {
    public let settings: HealthSettings

    public init(settings: HealthSettings = HealthSettings()) { self.settings = settings }

    public static let componentNames = ["engagement", "revenue", "support", "sentiment", "contract"]

    /// Which kinds of data the house has at all: a measure whose source does not exist is unknown for everyone.
    public struct Sources: Sendable, Equatable {
        public var hasEvents: Bool
        public var hasFeatures: Bool
        public var hasTickets: Bool

        public init(hasEvents: Bool, hasFeatures: Bool, hasTickets: Bool) {
            self.hasEvents = hasEvents
            self.hasFeatures = hasFeatures
            self.hasTickets = hasTickets
        }

        public init(_ silver: SilverTables) {
            self.init(
                hasEvents: !silver.events.segments.isEmpty,
                hasFeatures: silver.events.kinds.kinds.contains { !$0.feature.isEmpty },
                hasTickets: silver.tickets.count > 0)
        }
    }

    /// - Parameter plan: the client's plan by position; percentiles are taken inside a plan.
    public func assess(_ metrics: ClientMetrics, plan: [UInt16], sources: Sources) -> HealthScores {
        let count = plan.count
        let scorer = scorer(plan: plan, sources: sources) { HealthActivity(metrics, $0) }
        var result = HealthScores()
        result.componentNames = HealthModel.componentNames
        let weights = scorer.weights
        result.componentWeights = weights
        result.values = Array(repeating: Array(repeating: .nan, count: count), count: weights.count)
        result.points = result.values
        result.score.reserveCapacity(count)
        result.level.reserveCapacity(count)
        result.coverage.reserveCapacity(count)
        for position in 0..<count {
            let measures = scorer.measures(HealthInput(metrics, position), plan: plan[position])
            let weighing = scorer.weigh(measures)
            result.score.append(weighing.score)
            result.level.append(weighing.level)
            result.coverage.append(weighing.coverage)
            for component in weights.indices where !measures[component].isNaN {
                result.values[component][position] = measures[component]
                result.points[component][position] = scorer.points(measures, component, of: weighing.available)
            }
        }
        return result
    }

    /// The model set up for the clients of one day.
    /// - Parameters:
    ///   - plan: the client's plan by position; percentiles are taken inside a plan.
    ///   - activity: of every position; asked for several times.
    public func scorer(
        plan: [UInt16], sources: Sources, activity: (_ position: Int) -> HealthActivity
    ) -> HealthScorer {
        HealthScorer(settings, plan: plan, sources: sources, activity: activity)
    }
}
