import HealthScore
import Records
import RiverTesting
import Testing

/// The health score, measure by measure, with answers worked out by hand.
@Suite struct HealthTests {
    private static let all = HealthModel.Sources(hasEvents: true, hasFeatures: true, hasTickets: true)
    private static let none = HealthModel.Sources(hasEvents: false, hasFeatures: false, hasTickets: false)

    private func assess(
        _ metrics: ClientMetrics, plan: [UInt16] = [1], sources: HealthModel.Sources = none,
        _ settings: HealthSettings = HealthSettings()
    ) -> HealthScores {
        // They stood the day before as they stand now.
        var dayBefore = PlanActivity()
        for (position, plan) in plan.enumerated() {
            let activity = HealthColumns(metrics).activity(position)
            dayBefore.insert(
                EngagementCounts(
                    activeDays: activity.activeDays, events: activity.events,
                    distinctFeatures: activity.distinctFeatures), plan: plan)
        }
        return HealthModel(settings: settings).assess(metrics, plan: plan, sources: sources, dayBefore: dayBefore)
    }

    private func value(_ scores: HealthScores, _ name: String, _ position: Int = 0) -> Double? {
        guard let index = scores.componentNames.firstIndex(of: name) else { return nil }
        let value = scores.values[index][position]
        return value.isNaN ? nil : value
    }

    @Test func engagement() {
        var metrics = quietMetrics(1)
        metrics.activeDaysLast28Days = [3]
        metrics.eventsLast28Days = [3]
        metrics.eventsPrevious28Days = [1]
        metrics.distinctFeaturesLast28Days = [2]
        metrics.daysSinceLastEvent = [14]
        // Alone in his plan: 50 for frequency, volume and breadth; recency 50 after 14 days; trend 50 + 50 · 2/4.
        let withAll: Double = 30 * 50 + 15 * 50 + 20 * 50 + 25 * 50 + 10 * 75
        #expect(value(assess(metrics, sources: Self.all), "engagement") == withAll / 100)
        let noFeatures = HealthModel.Sources(hasEvents: true, hasFeatures: false, hasTickets: false)
        let withoutFeatures: Double = withAll - 20 * 50
        #expect(value(assess(metrics, sources: noFeatures), "engagement") == withoutFeatures / 80)
        #expect(value(assess(metrics, sources: Self.none), "engagement") == nil)
        // Never an event: no recency, and a trend that says nothing.
        let never: Double = 65 * 50 + 10 * 50
        #expect(value(assess(quietMetrics(1), sources: Self.all), "engagement") == never / 100)
        metrics.daysSinceLastEvent = [5000]
        #expect((value(assess(metrics, sources: Self.all), "engagement") ?? 0) > 0)
    }

    /// Mid-rank percentiles inside a plan: 100 · (below + equal / 2) / n.
    @Test func percentilesInsideAPlan() {
        var metrics = quietMetrics(6)
        metrics.activeDaysLast28Days = [0, 5, 5, 28, 1, 9]
        let plan: [UInt16] = [1, 1, 1, 1, 2, 0]
        let scores = assess(metrics, plan: plan, sources: Self.all)
        // The other measures: volume and breadth 50 each, recency 0, trend 50.
        func expected(_ frequency: Double) -> Double {
            let others: Double = 35 * 50 + 10 * 50
            return (30 * frequency + others) / 100
        }
        let percentiles = [12.5, 50, 50, 87.5, 50, 50]
        for (position, percentile) in percentiles.enumerated() {
            #expect(value(scores, "engagement", position) == expected(percentile))
        }
    }

    /// Against a plain count, with values on both sides of the table's ceiling.
    @Test func percentilesOfLargeCounts() {
        var random = SeededGenerator(seed: 3)
        var metrics = quietMetrics(300)
        metrics.eventsLast28Days = (0..<300).map { _ in
            random.pick([0, 1, 4095, 4096, 4097, 100_000, Int32.random(in: 0...9000, using: &random)], else: 0)
        }
        metrics.eventsPrevious28Days = metrics.eventsLast28Days
        let plan = (0..<300).map { _ in UInt16.random(in: 0...2, using: &random) }
        let scores = assess(metrics, plan: plan, sources: Self.all)
        for position in 0..<300 {
            let own = (0..<300).filter { plan[$0] == plan[position] }.map { metrics.eventsLast28Days[$0] }
            let below = own.filter { $0 < metrics.eventsLast28Days[position] }.count
            let equal = own.filter { $0 == metrics.eventsLast28Days[position] }.count
            let rank: Double = Double(below) + Double(equal) / 2
            let volume: Double = 100 * rank / Double(own.count)
            let others: Double = 50 * 50 + 10 * 50
            let expected: Double = (15 * volume + others) / 100
            let actual: Double = value(scores, "engagement", position) ?? .nan
            #expect(abs(actual - expected) < 1e-9)
        }
    }

    /// What is left of the highest recurring revenue of late; nothing is said where there was none.
    @Test(arguments: [(0.5, 50.0), (0, 100), (1, 0), (0.25, 75), (.nan, nil)] as [(Double, Double?)])
    func revenue(decline: Double, expected: Double?) {
        var metrics = quietMetrics(1)
        metrics.mrrDecline = [decline]
        #expect(value(assess(metrics), "revenue") == expected)
    }

    @Test(
        arguments: [
            (0, 0, Double.nan, 100.0), (2, 0, .nan, 80), (2, 1, .nan, 65), (11, 0, .nan, 0), (0, 7, .nan, 0),
            (2, 0, 5, 90),
            (2, 0, 1, 40), (0, 0, 3, 75),
        ] as [(Int32, Int32, Double, Double)])
    func support(tickets: Int32, old: Int32, rating: Double, expected: Double) {
        var metrics = quietMetrics(1)
        metrics.tickets30Days = [tickets]
        metrics.openTicketsOlderThan7Days = [old]
        metrics.recentSatisfaction = [rating]
        #expect(value(assess(metrics, sources: Self.all), "support") == expected)
        #expect(value(assess(metrics, sources: Self.none), "support") == nil)
    }

    @Test(
        arguments: [(10, 0, 100.0), (10, 90, 75), (0, 0, 0), (0, 90, 25), (5, 30, 50), (10, 179, nil), (10, 180, nil)]
            as [(Int32, Int32, Double?)])
    func sentiment(score: Int32, age: Int32, expected: Double?) {
        var metrics = quietMetrics(1)
        metrics.lastNPS = [score]
        metrics.daysSinceLastSurvey = [age]
        let actual = value(assess(metrics), "sentiment")
        // Half a year old: no measure any more; a day before it still is one.
        if age == 179 { #expect(actual.map { (62.5..<63).contains($0) } == true) } else { #expect(actual == expected) }
    }

    @Test(
        arguments: [
            (1, 10, 50.0), (0, 10, 50), (12, 0, 0), (12, -5, 0), (12, 400, 100), (12, ClientMetrics.unknown, nil),
        ] as [(Int32, Int32, Double?)])
    func contract(term: Int32, days: Int32, expected: Double?) {
        var metrics = quietMetrics(1)
        metrics.contractMonths = [term]
        metrics.daysToRenewal = [days]
        #expect(value(assess(metrics), "contract") == expected)
    }

    @Test func halfOfTheTerm() {
        var metrics = quietMetrics(1)
        metrics.contractMonths = [24]
        metrics.daysToRenewal = [365]
        let actual: Double = value(assess(metrics), "contract") ?? .nan
        let months: Double = 365 / (365.25 / 12)
        #expect(abs(actual - 100 * months / 24) < 1e-9)
    }

    /// Weights of measures without data pass to the others; the points add up to the score.
    @Test func weightsAndPoints() {
        var metrics = quietMetrics(1)
        metrics.mrrDecline = [0.5]
        metrics.daysToRenewal = [400]
        let scores = assess(metrics)
        // Revenue 20 · 50, contract 15 · 100, of 35 that have data.
        let sum: Double = 20 * 50 + 15 * 100
        #expect(scores.score == [sum / 35])
        #expect(scores.coverage == [0.35])
        #expect(scores.componentNames == ["engagement", "revenue", "support", "sentiment", "contract"])
        #expect(scores.componentWeights == [35, 20, 15, 15, 15])
        #expect(scores.points[1] == [1000.0 / 35])
        #expect(scores.points[4] == [1500.0 / 35])
        #expect(scores.points[0][0].isNaN)
        // Less than half of the weight: no band.
        #expect(scores.level == [nil])
    }

    @Test func nothingIsKnown() {
        let scores = assess(quietMetrics(1))
        #expect(scores.score[0].isNaN)
        #expect(scores.level == [nil])
        #expect(scores.coverage == [0])
        #expect(assess(quietMetrics(0), plan: []).score.isEmpty)
        var settings = HealthSettings()
        settings.engagementWeight = 0
        settings.revenueWeight = 0
        settings.supportWeight = 0
        settings.sentimentWeight = 0
        settings.contractWeight = 0
        let weightless = assess(quietMetrics(1), sources: Self.all, settings)
        #expect(weightless.score[0].isNaN)
    }

    @Test(
        arguments: [
            (100, HealthScores.Level.healthy), (80, .healthy), (79.99, .stable), (60, .stable), (59.99, .watch),
            (40, .watch),
            (39.99, .atRisk), (20, .atRisk),
        ] as [(Double, HealthScores.Level)])
    func bands(score: Double, level: HealthScores.Level) {
        // Revenue alone has weight, in hundredths of a percent.
        var settings = HealthSettings()
        settings.revenueWeight = 100
        settings.engagementWeight = 0
        settings.supportWeight = 0
        settings.sentimentWeight = 0
        settings.contractWeight = 0
        var metrics = quietMetrics(1)
        metrics.mrrDecline = [(100 - score) / 100]
        #expect(assess(metrics, settings).level == [level])
    }

    private func assess(_ metrics: ClientMetrics, _ settings: HealthSettings) -> HealthScores {
        assess(metrics, plan: [1], sources: Self.none, settings)
    }

    /// One very bad measure caps the band, however good the others are.
    @Test func theGuard() {
        var metrics = quietMetrics(2)
        metrics.mrrDecline = [0, 0]
        metrics.daysToRenewal = [400, 400]
        metrics.lastNPS = [1, 2]
        metrics.daysSinceLastSurvey = [0, 0]
        var settings = HealthSettings()
        settings.revenueWeight = 200
        let scores = assess(metrics, plan: [1, 1], sources: Self.none, settings)
        #expect(scores.score.allSatisfy { $0 >= 80 })
        // 10 of 100 is below the guard, 20 is not.
        #expect(scores.level == [.watch, .healthy])
    }

    @Test func scoresStayInTheirRange() throws {
        var random = SeededGenerator(seed: 4)
        let count = 500
        var metrics = quietMetrics(count)
        func some(_ range: ClosedRange<Int32>) -> [Int32] {
            (0..<count).map { _ in Int32.random(in: range, using: &random) }
        }
        metrics.activeDaysLast28Days = some(0...28)
        metrics.eventsLast28Days = some(0...9000)
        metrics.eventsPrevious28Days = some(0...100)
        metrics.distinctFeaturesLast28Days = some(0...9)
        metrics.daysSinceLastEvent = some(-1...4000)
        metrics.tickets30Days = some(0...20)
        metrics.openTicketsOlderThan7Days = some(0...4)
        metrics.lastNPS = some(0...10)
        metrics.daysSinceLastSurvey = some(0...300)
        metrics.daysToRenewal = some(-400...900)
        metrics.contractMonths = some(0...24)
        metrics.mrrDecline = some(-1...100).map { $0 < 0 ? .nan : Double($0) / 100 }
        let scores = assess(metrics, plan: some(0...3).map { UInt16($0) }, sources: Self.all)
        for position in 0..<count {
            let score = scores.score[position]
            #expect((0...100.000_000_1).contains(score))
            let points = scores.points.map { $0[position] }.filter { !$0.isNaN }
            #expect(points.reduce(0, +) == score)
            #expect(scores.values.allSatisfy { $0[position].isNaN || (0...100).contains($0[position]) })
        }
    }
}
