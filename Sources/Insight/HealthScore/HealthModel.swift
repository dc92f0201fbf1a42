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

    /// - Parameters:
    ///   - plan: the client's plan by position; percentiles are taken inside a plan.
    ///   - dayBefore: the clients they are taken over, as they stood at the end of the day before.
    public func assess(
        _ metrics: ClientMetrics, plan: [UInt16], sources: Sources, dayBefore: PlanActivity
    ) -> HealthScores {
        let count = plan.count
        var result = HealthScores()
        result.settings = settings
        result.componentNames = HealthModel.componentNames
        let scorer = scorer(sources: sources, dayBefore: dayBefore)
        result.componentWeights = scorer.weights
        result.values = Array(repeating: Array(repeating: .nan, count: count), count: scorer.weights.count)
        result.points = result.values
        result.score = Array(repeating: .nan, count: count)
        result.level = Array(repeating: nil, count: count)
        result.coverage = Array(repeating: 0, count: count)
        result.assess(0..<count, metrics, plan, scorer)
        return result
    }

    /// The same, from the scores of an earlier state of the clients, by the same settings and sources and compared with
    /// the same day before: only those who have changed are looked at.
    public func assess(
        _ metrics: ClientMetrics, plan: [UInt16], sources: Sources, dayBefore: PlanActivity,
        after previous: HealthScores, changed: [Int]
    ) -> HealthScores {
        var result = previous
        result.assess(changed, metrics, plan, scorer(sources: sources, dayBefore: dayBefore))
        return result
    }

    /// The model set up for the clients of one day.
    /// - Parameter dayBefore: the clients as they stood at the end of the day before: percentiles are taken over them.
    public func scorer(sources: Sources, dayBefore: PlanActivity) -> HealthScorer {
        HealthScorer(settings, sources: sources, dayBefore: dayBefore)
    }
}

extension HealthScores {
    fileprivate mutating func assess(
        _ positions: some Sequence<Int>, _ metrics: ClientMetrics, _ plan: [UInt16], _ scorer: HealthScorer
    ) {
        let columns = HealthColumns(metrics)
        for position in positions {
            let measures = scorer.measures(columns.input(position), plan: plan[position])
            let weighing = scorer.weigh(measures)
            HealthScores.put(weighing.score, &score, position)
            if level[position] != weighing.level { level[position] = weighing.level }
            HealthScores.put(weighing.coverage, &coverage, position)
            for component in scorer.weights.indices {
                let isKnown = !measures[component].isNaN
                HealthScores.put(isKnown ? measures[component] : .nan, &values[component], position)
                HealthScores.put(
                    isKnown ? scorer.points(measures, component, of: weighing.available) : .nan, &points[component],
                    position)
            }
        }
    }

    /// What is there already is not written: a column that nobody has written to is shared with the generation before.
    @inline(__always)
    private static func put(_ value: Double, _ column: inout [Double], _ position: Int) {
        if column[position].bitPattern != value.bitPattern { column[position] = value }
    }
}
