import Words
import Records
import RiskValue
import Testing

@Suite struct ModelLevelsTests {
    private func bounds(_ baseRate: Double) -> [Double] {
        let thresholds = ModelLevels().levels(baseRate: baseRate)
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
        let thresholds = ModelLevels().levels(baseRate: 0.02)
        let expected: [(Double, RiskScores.Level?)] = [
            (0, .low), (0.0999, .low), (0.1, .medium), (0.2499, .medium), (0.25, .high), (0.4999, .high),
            (0.5, .critical), (1, .critical), (.nan, nil),
        ]
        for (probability, level) in expected { #expect(thresholds.level(of: probability) == level, "\(probability)") }
    }

    @Test func boundsAreSettings() {
        var levels = ModelLevels()
        levels.high = ModelLevels.Bound(multiple: 3, least: 0.05, most: 0.2)
        #expect(levels.levels(baseRate: 0.03125).high == 0.09375)
        #expect(levels.levels(baseRate: 0.5).high == 0.2)
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
        #expect(ValueAtRisk.amount(mrr: ClientMetrics.unknownAmount, probability: 0.25) == ClientMetrics.unknownAmount)
        #expect(ValueAtRisk.amount(mrr: 1, probability: .nan) == ClientMetrics.unknownAmount)
        #expect(ValueAtRisk.amount(mrr: .max, probability: 1) == .max)
        #expect(ValueAtRisk.amount(mrr: 7_000_000, probability: 9) == 84_000_000)
        #expect(ValueAtRisk.amount(mrr: 7_000_000, probability: -1) == 0)
    }
}

@Suite struct RiskMakerTests {
    /// Who is low, medium, high, critical by the rules, and one who has left.
    private static let rules = {
        var rules = RuleScores()
        rules.score = [0, 0.3, 0.6, 1, .nan]
        rules.level = [.low, .medium, .high, .critical, nil]
        rules.fired = [0, 1, 2, 3, 0]
        rules.unknown = [0, 0, 0, 0, 0]
        return rules
    }()
    private static let mrr: [Int64] = [10, 20, 30, ClientMetrics.unknownAmount, 50]
    private static let nobody = ChurnScores(probability: Array(repeating: .nan, count: 5))

    private static func shares() -> RuleShares {
        var shares = RuleShares()
        for (level, left) in zip(RiskScores.Level.allCases, [0, 20, 49, 97]) {
            shares.add(level, clients: 98, leavers: left)
        }
        return shares
    }

    @Test func byTheRules() {
        let risk = RiskMaker(levels: ModelLevels(), baseRate: nil, shares: RuleShares())
            .make(Self.rules, Self.nobody, mrr: Self.mrr)
        #expect(risk.score[..<4] == Self.rules.score[..<4] && risk.score[4].isNaN)
        #expect(risk.level == Self.rules.level)
        #expect((0..<5).map { risk.basis($0) } == [.rules, .rules, .rules, .rules, nil])
        // Nothing says how probable it is.
        #expect(risk.valueAtRisk.isEmpty && (0..<5).allSatisfy { risk.valueAtRisk($0) == nil })
    }

    @Test func whatLevelsOfRulesAreWorth() {
        let risk = RiskMaker(levels: ModelLevels(), baseRate: nil, shares: Self.shares())
            .make(Self.rules, Self.nobody, mrr: Self.mrr)
        // 12 * MRR * (left + 1) / (clients + 2).
        #expect((0..<5).map { risk.valueAtRisk($0) } == [1, 50, 180, nil, nil])
        #expect(risk.level == Self.rules.level)
    }

    @Test func byTheModelWhereItSpeaks() {
        // Usual is 2 %: medium from 10 %, high from 25 %, critical from 50 %.
        let churn = ChurnScores(probability: [0.3, 0.05, .nan, 0.9, 0.9])
        let maker = RiskMaker(levels: ModelLevels(), baseRate: 0.02, shares: Self.shares())
        let risk = maker.make(Self.rules, churn, mrr: Self.mrr)
        #expect(risk.score[..<4] == [0.3, 0.05, 0.6, 0.9] && risk.score[4].isNaN)
        #expect(risk.level == [.high, .low, .high, .critical, nil])
        #expect((0..<5).map { risk.basis($0) } == [.model, .model, .rules, .model, nil])
        #expect((0..<5).map { risk.valueAtRisk($0) } == [36, 12, 180, nil, nil])
    }

    /// What is carried on says what is made anew.
    @Test(arguments: [nil, 0.02]) func carriedOn(baseRate: Double?) {
        let maker = RiskMaker(levels: ModelLevels(), baseRate: baseRate, shares: Self.shares())
        let before = ChurnScores(probability: baseRate == nil ? Self.nobody.probability : [0.3, 0.05, .nan, 0.9, 0.9])
        let first = maker.make(Self.rules, before, mrr: Self.mrr)
        var rules = Self.rules
        (rules.score[1], rules.level[1]) = (.nan, nil)
        (rules.score[2], rules.level[2]) = (0.1, .low)
        var mrr = Self.mrr
        mrr[2] = 7
        let after = ChurnScores(
            probability: baseRate == nil ? Self.nobody.probability : [0.3, .nan, 0.4, 0.9, 0.9])
        let carried = maker.make(rules, after, mrr: mrr, after: first, changed: [1, 2])
        let anew = maker.make(rules, after, mrr: mrr)
        #expect(carried.score.map(\.bitPattern) == anew.score.map(\.bitPattern))
        #expect(carried.level == anew.level && carried.isByModel == anew.isByModel)
        #expect(carried.valueAtRisk == anew.valueAtRisk && carried.terms == anew.terms)
        // By other terms everybody is looked at.
        let other = RiskMaker(levels: ModelLevels(), baseRate: 0.2, shares: RuleShares())
        #expect(
            other.make(rules, after, mrr: mrr, after: first, changed: []).level
                == other.make(rules, after, mrr: mrr).level)
    }
}
