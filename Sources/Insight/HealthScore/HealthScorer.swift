public import Records

/// The health model set up for the clients of one day: it knows how they compare inside their plans, and scores one
/// after the other.
public struct HealthScorer: Sendable {
    /// The five measures of one client, in the order of ``HealthModel/componentNames``; NaN without data.
    struct Measures {
        var engagement: Double
        var revenue: Double
        var support: Double
        var sentiment: Double
        var contract: Double

        subscript(component: Int) -> Double {
            switch component {
            case 0: engagement
            case 1: revenue
            case 2: support
            case 3: sentiment
            default: contract
            }
        }
    }

    /// What the measures come to.
    struct Weighing {
        var score: Double
        var level: HealthScores.Level?
        var coverage: Double
        /// The weight of the measures that have data.
        var available: Double
    }

    private let settings: HealthSettings
    private let sources: HealthModel.Sources
    let weights: [Double]
    private let totalWeight: Double
    private let frequency: PercentileRanks?
    private let volume: PercentileRanks?
    private let breadth: PercentileRanks?
    private let recencyByDay: [Double]

    init(
        _ settings: HealthSettings, sources: HealthModel.Sources, dayBefore: PlanActivity
    ) {
        self.settings = settings
        self.sources = sources
        weights = [
            settings.engagementWeight, settings.revenueWeight, settings.supportWeight, settings.sentimentWeight,
            settings.contractWeight,
        ]
        totalWeight = weights.reduce(0, +)
        frequency = sources.hasEvents ? PercentileRanks(dayBefore.activeDays) : nil
        volume = sources.hasEvents ? PercentileRanks(dayBefore.events) : nil
        breadth =
            sources.hasEvents && sources.hasFeatures
            ? PercentileRanks(dayBefore.distinctFeatures) : nil
        recencyByDay = (0...3650).map {
            Curves.halved(100, after: Double($0), halfLife: settings.recencyHalfLifeDays)
        }
    }

    /// Scores some clients as they are kept in a history.
    /// - Parameters:
    ///   - inputs: of clients of this day.
    ///   - plans: the plan of each of them.
    ///   - body: called for each of them in their order, with its place in `inputs`.
    public func score(
        _ inputs: [HealthInput], plans: ArraySlice<UInt16>, _ body: (_ index: Int, _ point: HealthPoint) -> Void
    ) {
        for (index, plan) in plans.enumerated() where index < inputs.count {
            let weighing = weigh(measures(inputs[index], plan: plan))
            body(index, HealthPoint(score: weighing.score, level: weighing.level))
        }
    }

    func measures(_ input: HealthInput, plan: UInt16) -> Measures {
        Measures(
            engagement: engagement(input.activity, plan: plan), revenue: revenue(input),
            support: sources.hasTickets ? support(input) : .nan, sentiment: sentiment(input), contract: contract(input))
    }

    /// What a measure adds to the score.
    func points(_ measures: Measures, _ component: Int, of available: Double) -> Double {
        weights[component] * measures[component] / available
    }

    func weigh(_ measures: Measures) -> Weighing {
        var available = 0.0
        var lowest = Double.infinity
        for component in weights.indices where !measures[component].isNaN {
            available += weights[component]
            lowest = min(lowest, measures[component])
        }
        guard available > 0 else { return Weighing(score: .nan, level: nil, coverage: 0, available: available) }
        // The score is the sum of the points as they are shown, so that the components always add up to it.
        var score = 0.0
        for component in weights.indices where !measures[component].isNaN {
            score += points(measures, component, of: available)
        }
        let coverage = totalWeight > 0 ? available / totalWeight : 0
        return Weighing(
            score: score, level: coverage < 0.5 ? nil : level(score, lowest: lowest), coverage: coverage,
            available: available)
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
    /// percentiles among the clients of the plan as they stood the day before.
    private func engagement(_ activity: HealthActivity, plan: UInt16) -> Double {
        guard let frequency, let volume else { return .nan }
        let last = Double(activity.events)
        let previous = Double(activity.previousEvents)
        let trend = last + previous == 0 ? 50 : 50 + 50 * (last - previous) / (last + previous)
        let days = activity.daysSinceLastEvent
        let recency = days == ClientMetrics.unknown ? 0 : recencyByDay[min(3650, max(0, Int(days)))]
        var sum =
            30 * frequency.rank(activity.activeDays, plan) + 15 * volume.rank(activity.events, plan) + 25 * recency
            + 10 * trend
        var weight = 80.0
        if let breadth {
            sum += 20 * breadth.rank(activity.distinctFeatures, plan)
            weight += 20
        }
        return sum / weight
    }

    private func revenue(_ input: HealthInput) -> Double { MRRDecline.health(input.mrrDecline) }

    private func support(_ input: HealthInput) -> Double {
        let load =
            settings.pointsPerTicket * Double(input.tickets30Days)
            + settings.pointsPerOldTicket * Double(input.openTicketsOlderThan7Days)
        let base = max(0, 100 - load)
        let rating = input.recentSatisfaction
        return rating.isNaN ? base : (base + 100 * (rating - 1) / 4) / 2
    }

    /// The latest answer within 180 days, on its way back to neutral.
    private func sentiment(_ input: HealthInput) -> Double {
        let score = input.lastNPS
        let age = input.daysSinceLastSurvey
        guard score != ClientMetrics.unknown, age < 180 else { return .nan }
        let distance = Double(score) * 10 - 50
        return 50 + Curves.halved(distance, after: Double(age), halfLife: settings.sentimentHalfLifeDays)
    }

    /// How far the renewal lies ahead, as a share of the term; 50 for monthly plans.
    private func contract(_ input: HealthInput) -> Double {
        let term = input.contractMonths
        if term <= 1 { return 50 }
        let days = input.daysToRenewal
        guard days != ClientMetrics.unknown else { return .nan }
        let months = Double(days) / (365.25 / 12)
        return 100 * min(1, max(0, months / Double(term)))
    }
}
