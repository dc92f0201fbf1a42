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
    }

    /// - Parameter plan: the client's plan by position; percentiles are taken inside a plan.
    public func assess(_ metrics: ClientMetrics, plan: [UInt16], sources: Sources) -> HealthScores {
        let count = plan.count
        var result = HealthScores()
        result.componentNames = HealthModel.componentNames
        let weights = [
            settings.engagementWeight, settings.revenueWeight, settings.supportWeight, settings.sentimentWeight,
            settings.contractWeight,
        ]
        result.componentWeights = weights
        result.values = [
            engagement(metrics, plan: plan, sources: sources),
            (0..<count).map { revenue(metrics, $0) },
            sources.hasTickets ? (0..<count).map { support(metrics, $0) } : Array(repeating: .nan, count: count),
            (0..<count).map { sentiment(metrics, $0) },
            (0..<count).map { contract(metrics, $0) },
        ]
        result.points = Array(repeating: Array(repeating: .nan, count: count), count: weights.count)
        result.score.reserveCapacity(count)
        result.level.reserveCapacity(count)
        result.coverage.reserveCapacity(count)
        let totalWeight = weights.reduce(0, +)
        for position in 0..<count {
            var available = 0.0
            var lowest = Double.infinity
            for component in weights.indices where !result.values[component][position].isNaN {
                available += weights[component]
                lowest = min(lowest, result.values[component][position])
            }
            guard available > 0 else {
                result.score.append(.nan)
                result.level.append(nil)
                result.coverage.append(0)
                continue
            }
            // The score is the sum of the points as they are shown, so that the components always add up to it.
            var score = 0.0
            for component in weights.indices where !result.values[component][position].isNaN {
                let points = weights[component] * result.values[component][position] / available
                result.points[component][position] = points
                score += points
            }
            let coverage = totalWeight > 0 ? available / totalWeight : 0
            result.score.append(score)
            result.coverage.append(coverage)
            result.level.append(coverage < 0.5 ? nil : level(score, lowest: lowest))
        }
        return result
    }

    private func level(_ score: Double, lowest: Double) -> HealthScores.Level {
        var level: HealthScores.Level
        if score >= settings.healthyFrom {
            level = .healthy
        } else if score >= settings.stableFrom {
            level = .stable
        } else {
            level = score >= settings.watchFrom ? .watch : .atRisk
        }
        if lowest < settings.guardBelow, level == .healthy || level == .stable { level = .watch }
        return level
    }

    // MARK: Measures

    /// Frequency, volume, breadth, recency and trend of the last 28 days, weighted 30/15/20/25/10; the first three as
    /// percentiles inside the plan.
    private func engagement(_ metrics: ClientMetrics, plan: [UInt16], sources: Sources) -> [Double] {
        guard sources.hasEvents else { return Array(repeating: .nan, count: plan.count) }
        let frequency = Percentiles.midRank(metrics.activeDaysLast28Days, group: plan)
        let volume = Percentiles.midRank(metrics.eventsLast28Days, group: plan)
        let breadth = sources.hasFeatures ? Percentiles.midRank(metrics.distinctFeaturesLast28Days, group: plan) : nil
        let recencyByDay = (0...3650).map {
            Curves.halved(100, after: Double($0), halfLife: settings.recencyHalfLifeDays)
        }
        return (0..<plan.count).map { position in
            let last = Double(metrics.eventsLast28Days[position])
            let previous = Double(metrics.eventsPrevious28Days[position])
            let trend = last + previous == 0 ? 50 : 50 + 50 * (last - previous) / (last + previous)
            let days = metrics.daysSinceLastEvent[position]
            let recency = days == ClientMetrics.unknown ? 0 : recencyByDay[min(3650, max(0, Int(days)))]
            var sum = 30 * frequency[position] + 15 * volume[position] + 25 * recency + 10 * trend
            var weight = 80.0
            if let breadth {
                sum += 20 * breadth[position]
                weight += 20
            }
            return sum / weight
        }
    }

    private func revenue(_ metrics: ClientMetrics, _ position: Int) -> Double {
        let last = metrics.revenue90Days[position]
        let previous = metrics.revenuePrevious90Days[position]
        if previous <= 0 { return last > 0 ? 100 : .nan }
        return 100 * min(1, max(0, Double(last) / Double(previous)))
    }

    private func support(_ metrics: ClientMetrics, _ position: Int) -> Double {
        let load =
            settings.pointsPerTicket * Double(metrics.tickets30Days[position])
            + settings.pointsPerOldTicket * Double(metrics.openTicketsOlderThan7Days[position])
        let base = max(0, 100 - load)
        let rating = metrics.recentSatisfaction[position]
        return rating.isNaN ? base : (base + 100 * (rating - 1) / 4) / 2
    }

    /// The latest answer within 180 days, on its way back to neutral.
    private func sentiment(_ metrics: ClientMetrics, _ position: Int) -> Double {
        let score = metrics.lastNPS[position]
        let age = metrics.daysSinceLastSurvey[position]
        guard score != ClientMetrics.unknown, age < 180 else { return .nan }
        let distance = Double(score) * 10 - 50
        return 50 + Curves.halved(distance, after: Double(age), halfLife: settings.sentimentHalfLifeDays)
    }

    /// How far the renewal lies ahead, as a share of the term; 50 for monthly plans.
    private func contract(_ metrics: ClientMetrics, _ position: Int) -> Double {
        let term = metrics.contractMonths[position]
        if term <= 1 { return 50 }
        let days = metrics.daysToRenewal[position]
        guard days != ClientMetrics.unknown else { return .nan }
        let months = Double(days) / (365.25 / 12)
        return 100 * min(1, max(0, months / Double(term)))
    }
}
