import Records
import RiskValue
import Testing

@Suite struct ModelLevelsTests {
    private func bounds(_ baseRate: Double) -> [Double] {
        let thresholds = ModelLevels().thresholds(baseRate: baseRate)
        return [thresholds.medium, thresholds.high, thresholds.critical]
    }

    @Test func fromTheBaseRate() {
        // Seldom: the least that a level may begin at.
        #expect(bounds(0) == [0.1, 0.25, 0.5])
        #expect(bounds(0.01) == [0.1, 0.25, 0.5])
        #expect(bounds(0.0625) == [0.125, 0.25, 0.5])
        // In between: twice, four times, eight times.
        #expect(bounds(0.078125) == [0.15625, 0.3125, 0.625])
        // Often: the most.
        #expect(bounds(0.125) == [0.25, 0.5, 0.8])
        #expect(bounds(0.5) == [0.3, 0.5, 0.8])
        #expect(bounds(1) == [0.3, 0.5, 0.8])
        #expect(bounds(.nan) == [0.1, 0.25, 0.5])
        #expect(bounds(.infinity) == [0.3, 0.5, 0.8])
        #expect(bounds(-1) == [0.1, 0.25, 0.5])
    }

    @Test func levels() {
        let thresholds = ModelLevels().thresholds(baseRate: 0.02)
        let expected: [(Double, RiskScores.Level?)] = [
            (0, .low), (0.0999, .low), (0.1, .medium), (0.2499, .medium), (0.25, .high), (0.4999, .high),
            (0.5, .critical), (1, .critical), (.nan, nil),
        ]
        for (probability, level) in expected { #expect(thresholds.level(probability) == level, "\(probability)") }
    }

    @Test func boundsAreSettings() {
        var levels = ModelLevels()
        levels.high = ModelLevels.Bound(multiple: 3, least: 0.05, most: 0.2)
        #expect(levels.thresholds(baseRate: 0.03125).high == 0.09375)
        #expect(levels.thresholds(baseRate: 0.5).high == 0.2)
    }
}

@Suite struct RuleSharesTests {
    private func shares(_ clients: [Int], _ leavers: [Int]) -> [Double] {
        var shares = RuleShares()
        for (index, level) in RiskScores.Level.allCases.enumerated() {
            shares.add(level, clients: clients[index], leavers: leavers[index])
        }
        return shares.probabilities
    }

    @Test func addOneSmoothing() {
        #expect(shares([98, 48, 38, 30], [1, 4, 9, 15]) == [0.02, 0.1, 0.25, 0.5])
        // Nobody, or everybody, is no certainty.
        #expect(shares([98, 98, 98, 98], [0, 98, 0, 98]) == [0.01, 0.99, 0.01, 0.99])
    }

    @Test func withoutAWindowNothingIsKnown() {
        #expect(RuleShares().probabilities.isEmpty)
        #expect(shares([0, 0, 0, 0], [0, 0, 0, 0]).isEmpty)
    }

    /// A level of fewer than 30 is pooled with the next lower one, the lowest with the next higher one.
    @Test func pooling() {
        #expect(shares([98, 48, 69, 29], [1, 4, 9, 15]) == [0.02, 0.1, 0.25, 0.25])
        #expect(shares([98, 60, 10, 8], [1, 4, 9, 6]) == [0.02, 0.25, 0.25, 0.25])
        #expect(shares([29, 49, 38, 30], [1, 6, 9, 15]) == [0.1, 0.1, 0.25, 0.5])
        #expect(shares([29, 29, 38, 30], [1, 4, 9, 15]) == [0.1, 0.1, 0.25, 0.5])
        #expect(shares([5, 5, 5, 3], [1, 1, 1, 1]) == [0.25, 0.25, 0.25, 0.25])
        #expect(shares([0, 0, 0, 2], [0, 0, 0, 0]) == [0.25, 0.25, 0.25, 0.25])
        #expect(shares([10, 0, 0, 40], [1, 0, 0, 11]) == [0.25, 0.25, 0.25, 0.25])
    }

    @Test func parts() {
        var (all, one, other) = (RuleShares(), RuleShares(), RuleShares())
        for index in 0..<200 {
            let level = RiskScores.Level.allCases[index % 4]
            all.add(level, left: index % 7 == 0)
            if index % 3 == 0 { one.add(level, left: index % 7 == 0) } else { other.add(level, left: index % 7 == 0) }
        }
        other.merge(one)
        #expect(all == other && all.probabilities == other.probabilities)
    }
}

@Suite struct ValueAtRiskTests {
    @Test func twelveMonthsTimesTheProbability() {
        #expect(ValueAtRisk.amount(mrr: 100_000_000, probability: 0.25) == 300_000_000)
        #expect(ValueAtRisk.amount(mrr: 0, probability: 0.25) == 0)
        // Half a micro-unit goes to the even one.
        #expect(ValueAtRisk.amount(mrr: 1, probability: 0.125) == 2)
        #expect(ValueAtRisk.amount(mrr: 1, probability: 0.375) == 4)
        #expect(ValueAtRisk.amount(mrr: nil, probability: 0.25) == nil)
        #expect(ValueAtRisk.amount(mrr: 1, probability: nil) == nil)
        #expect(ValueAtRisk.amount(mrr: 1, probability: .nan) == nil)
        #expect(ValueAtRisk.amount(mrr: .max, probability: 1) == .max)
        #expect(ValueAtRisk.amount(mrr: 7_000_000, probability: 9) == 84_000_000)
        #expect(ValueAtRisk.amount(mrr: 7_000_000, probability: -1) == 0)
    }

    @Test func orderWhileNothingIsKnown() {
        #expect(ValueAtRisk.order(mrr: 4_000_000, ruleScore: 0.5) == 2_000_000)
        #expect(ValueAtRisk.order(mrr: nil, ruleScore: 0.5) == 0)
    }

    @Test func sums() {
        var sums = AtRiskSums()
        #expect(sums.value == nil)
        sums.add(level: .high, mrr: 5, valueAtRisk: 7)
        sums.add(level: .critical, mrr: nil, valueAtRisk: nil)
        sums.add(level: .medium, mrr: 11, valueAtRisk: 13)
        // Who has left has no risk.
        sums.add(level: nil, mrr: 17, valueAtRisk: nil)
        #expect(sums.customers == 2 && sums.mrr == 5 && sums.value == 20)
        var more = AtRiskSums()
        more.add(level: .high, mrr: .max, valueAtRisk: .max)
        sums.merge(more)
        #expect(sums.customers == 3 && sums.mrr == .max && sums.value == .max)
        sums.merge(AtRiskSums())
        #expect(sums.value == .max)
        #expect(AtRiskSums.isAtRisk(.high) && !AtRiskSums.isAtRisk(.medium) && !AtRiskSums.isAtRisk(nil))
    }
}

@Suite struct MRRDeclineTests {
    @Test func share() {
        #expect(MRRDecline.share(mrr: 75, highest: 100) == 0.25)
        #expect(MRRDecline.share(mrr: 100, highest: 100) == 0)
        #expect(MRRDecline.share(mrr: 0, highest: 100) == 1)
        #expect(MRRDecline.share(mrr: 100, highest: 50) == 0)
        #expect(MRRDecline.share(mrr: 0, highest: 0).isNaN)
        #expect(MRRDecline.share(mrr: .min, highest: .max) == 1)
        #expect(MRRDecline.health(0.25) == 75)
        #expect(MRRDecline.health(.nan).isNaN)
    }
}
