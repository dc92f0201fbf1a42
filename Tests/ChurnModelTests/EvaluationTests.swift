import Glibc
import Testing

@testable import ChurnModel

struct EvaluationTests {
    private let scores = [0.9, 0.8, 0.8, 0.7, 0.4, 0.4, 0.3, 0.1]
    private let labels = [true, true, false, true, false, true, false, false]

    /// Every pair of a churner and a retained client, ties counting half.
    private func areaByPairs(_ scores: [Double], _ labels: [Bool]) -> Double {
        var sum = 0.0
        var pairs = 0.0
        for first in scores.indices where labels[first] {
            for second in scores.indices where !labels[second] {
                pairs += 1
                sum += scores[first] > scores[second] ? 1 : scores[first] == scores[second] ? 0.5 : 0
            }
        }
        return sum / pairs
    }

    @Test func areaUnderROCCountsPairs() throws {
        let area = try #require(RankingQuality.areaUnderROC(scores: scores, labels: labels))
        #expect(abs(area.value - areaByPairs(scores, labels)) < 1e-12)
        #expect(area.lower < area.value && area.value < area.upper)
        #expect(RankingQuality.areaUnderROC(scores: [1, 2], labels: [true, true]) == nil)
        let halves = [false, false, true, true]
        let perfect = try #require(RankingQuality.areaUnderROC(scores: [1, 2, 3, 4], labels: halves))
        #expect(perfect.value == 1 && perfect.upper == 1 && perfect.lower < 1)
        let wrong = try #require(RankingQuality.areaUnderROC(scores: [4, 3, 2, 1], labels: halves))
        #expect(wrong.value == 0 && wrong.lower == 0 && wrong.upper > 0)
        let single = try #require(RankingQuality.areaUnderROC(scores: [1, 2, 3], labels: [false, true, false]))
        #expect(single.standardError > 0.3)
    }

    /// The DeLong error against the definition with placements of every row.
    @Test func standardErrorFollowsThePlacements() throws {
        var generator = SplitMix64(seed: 5)
        let labels = (0..<120).map { _ in generator.next() % 3 == 0 }
        let scores = labels.map { Double(generator.next() % 12) + ($0 ? 3 : 0) }
        let area = try #require(RankingQuality.areaUnderROC(scores: scores, labels: labels))
        func placements(_ own: Bool) -> [Double] {
            scores.indices.filter { labels[$0] == own }.map { row in
                let others = scores.indices.filter { labels[$0] != own }
                return others.reduce(0.0) { sum, other in
                    let isAbove = own ? scores[row] > scores[other] : scores[row] < scores[other]
                    return sum + (isAbove ? 1 : scores[row] == scores[other] ? 0.5 : 0)
                } / Double(others.count)
            }
        }
        func variance(_ values: [Double]) -> Double {
            let mean = values.reduce(0, +) / Double(values.count)
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
        }
        let up = placements(true)
        let down = placements(false)
        let expected = (variance(up) / Double(up.count) + variance(down) / Double(down.count)).squareRoot()
        #expect(abs(area.standardError - expected) < 1e-12)
    }

    @Test func averagePrecisionByHand() throws {
        // Ties at 0.8 and 0.4 form one step each: recall steps 1/4, 1/4, 1/4, 1/4 at 1/1, 2/3, 3/4, 4/6.
        let expected = (1.0 + 2.0 / 3 + 3.0 / 4 + 4.0 / 6) / 4
        let precision = try #require(RankingQuality.averagePrecision(scores: scores, labels: labels))
        #expect(abs(precision - expected) < 1e-12)
        #expect(RankingQuality.averagePrecision(scores: [1], labels: [false]) == nil)
    }

    @Test func liftDividesTiesInProportion() throws {
        let lift = try #require(RankingQuality.lift(scores: scores, labels: labels, topShare: 0.25))
        // One of 0.9 and half a churner of the tie at 0.8, against a base rate of one half.
        #expect(abs(lift - (1.5 / 2) / 0.5) < 1e-12)
        #expect(RankingQuality.lift(scores: [1, 2], labels: [true, false], topShare: 0.1) == nil)
        let table = LiftRow.table(scores: (0..<100).map { Double($0) }, labels: (0..<100).map { $0 >= 80 })
        #expect(table.count == 10)
        #expect(table[0].lift == 5 && table[1].cumulativeRecall == 1 && table[9].lift == 0)
        #expect(abs(table[9].cumulativeLift - 1) < 1e-12)
        #expect(LiftRow.table(scores: [1], labels: [false]).isEmpty)
    }

    @Test func probabilityFiguresByHand() {
        let probabilities = [0.8, 0.4]
        #expect(abs(ProbabilityQuality.brier(probabilities: probabilities, labels: [true, false]) - 0.1) < 1e-12)
        let loss = ProbabilityQuality.logLoss(probabilities: probabilities, labels: [true, false])
        #expect(abs(loss + (log(0.8) + log(0.6)) / 2) < 1e-12)
        #expect(ProbabilityQuality.logLoss(probabilities: [0, 1], labels: [true, false]).isFinite)
        let error = ProbabilityQuality.expectedCalibrationError(
            probabilities: probabilities, labels: [true, false], binCount: 2
        )
        #expect(abs(error - 0.3) < 1e-12)
    }

    @Test func calibrationCurveCoversAllRowsFromLowToHigh() {
        let probabilities = (0..<103).map { Double($0) / 103 }
        let curve = CalibrationBin.curve(probabilities: probabilities, labels: probabilities.map { $0 > 0.5 })
        #expect(curve.map(\.rows) == [11, 11, 11, 10, 10, 10, 10, 10, 10, 10])
        #expect(zip(curve, curve.dropFirst()).allSatisfy { $0.meanProbability < $1.meanProbability })
        for bin in curve {
            #expect(bin.observedLower <= bin.observedShare && bin.observedShare <= bin.observedUpper)
        }
        // Wilson's interval of 0 of 10 at 95 %.
        let interval = CalibrationBin.wilson(share: 0, rows: 10)
        #expect(interval.lower < 1e-12 && abs(interval.upper - 0.2775) < 1e-3)
    }

    @Test func figuresDoNotDependOnTheOrderOfRows() {
        var generator = SplitMix64(seed: 8)
        let scores = (0..<500).map { _ in Double(generator.next() % 20) / 20 + 0.01 }
        let labels = scores.map { Double(generator.next() % 100) / 100 < $0 }
        let order = generator.permutation(500)
        let first = QualityReport(probabilities: scores, labels: labels)
        let second = QualityReport(probabilities: order.map { scores[$0] }, labels: order.map { labels[$0] })
        #expect(first.areaUnderROC == second.areaUnderROC)
        #expect(first.averagePrecision == second.averagePrecision)
        #expect(first.liftTable == second.liftTable)
        #expect(abs(first.expectedCalibrationError - second.expectedCalibrationError) < 1e-12)
    }

    @Test func comparisonSeesRealDifferencesOnly() throws {
        var generator = SplitMix64(seed: 6)
        func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
        let truth = (0..<2_000).map { _ in 0.1 + 0.8 * uniform() }
        let labels = truth.map { uniform() < $0 }
        let groups = (0..<2_000).map { UInt64($0) }
        let flat = [Double](repeating: 0.5, count: 2_000)
        let better = try ModelComparison(champion: flat, challenger: truth, labels: labels, groups: groups)
        #expect(better.verdict == .challengerBetter)
        let worse = try ModelComparison(champion: truth, challenger: flat, labels: labels, groups: groups)
        #expect(worse.verdict == .championBetter)
        #expect(worse.meanImprovement == -better.meanImprovement)
        let same = try ModelComparison(champion: truth, challenger: truth, labels: labels, groups: groups)
        #expect(same.verdict == .withinNoise && same.standardError == 0)
        let noisy = truth.map { min(max($0 + 0.02 * (uniform() - 0.5), 0.01), 0.99) }
        let noise = try ModelComparison(champion: truth, challenger: noisy, labels: labels, groups: groups)
        #expect(noise.verdict == .withinNoise)
        // One error per customer: with each row its own customer it is the plain standard error.
        let losses = zip(
            ProbabilityQuality.logLosses(probabilities: flat, labels: labels),
            ProbabilityQuality.logLosses(probabilities: truth, labels: labels)
        ).map { $0 - $1 }
        let mean = losses.reduce(0, +) / 2_000
        let variance = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1_999
        #expect(abs(better.standardError - (variance / 2_000).squareRoot()) < 1e-12)
        let one = try ModelComparison(
            champion: flat, challenger: truth, labels: labels, groups: [UInt64](repeating: 1, count: 2_000)
        )
        #expect(one.verdict == .withinNoise)
        #expect(throws: ChurnModelError.self) {
            try ModelComparison(champion: [], challenger: [], labels: [], groups: [])
        }
    }

    @Test func shuffledLabelsKeepEverySnapshotsShare() throws {
        let data = try SyntheticChurn.data(rows: 900, seed: 7, snapshots: 3)
        let shuffled = LeakCheck.shuffledLabels(data, seed: 1)
        #expect(shuffled != data.labels)
        #expect(shuffled == LeakCheck.shuffledLabels(data, seed: 1))
        for snapshot in 0..<3 {
            let rows = data.snapshots.indices.filter { data.snapshots[$0] == snapshot }
            #expect(rows.count { shuffled[$0] } == rows.count { data.labels[$0] })
        }
    }

    @Test func theLeakCheckPassesHonestFeatures() throws {
        let data = try SyntheticChurn.data(rows: 1_500, seed: 8)
        let result = try LeakCheck.run(data, settings: SyntheticChurn.quickSettings)
        #expect(!result.isSuspicious)
        #expect(abs(result.areaUnderROC.value - 0.5) < 0.15)
        #expect(LeakCheck.firstDifference([1, 2], [1, 2]) == nil)
        #expect(LeakCheck.firstDifference([1, 2], [1, 2.0.nextUp]) == 1)
        #expect(LeakCheck.firstDifference([1, 2], [1]) == 1)
        #expect(throws: ChurnModelError.self) {
            try LeakCheck.run(data.rows(data.labels.indices.filter { data.labels[$0] }))
        }
    }
}
