import Glibc
import Testing

@testable import ChurnModel

struct CalibrationTests {
    private func sample(_ count: Int, seed: UInt64, slope: Double, shift: Double) -> ([Double], [Bool]) {
        var generator = SplitMix64(seed: seed)
        var margins: [Double] = []
        var labels: [Bool] = []
        for _ in 0..<count {
            let margin = Double(generator.next() >> 11) * 0x1p-53 * 6 - 3
            margins.append(margin)
            labels.append(Double(generator.next() >> 11) * 0x1p-53 < 1 / (1 + exp(-slope * margin - shift)))
        }
        return (margins, labels)
    }

    @Test func plattFindsSlopeAndShift() {
        let (margins, labels) = sample(20_000, seed: 1, slope: 0.5, shift: -1)
        let platt = PlattCalibrator(margins: margins, labels: labels)
        #expect(abs(platt.slope - 0.5) < 0.05)
        #expect(abs(platt.intercept + 1) < 0.06)
    }

    @Test func plattIsAStationaryPointOfItsTargets() {
        let (margins, labels) = sample(300, seed: 2, slope: 2, shift: 1)
        let platt = PlattCalibrator(margins: margins, labels: labels)
        let positives = Double(labels.count { $0 })
        var first = 0.0
        var second = 0.0
        for (margin, label) in zip(margins, labels) {
            let target = label ? (positives + 1) / (positives + 2) : 1 / (300 - positives + 2)
            first += (platt.probability(margin) - target) * margin
            second += platt.probability(margin) - target
        }
        #expect(abs(first) < 1e-7 && abs(second) < 1e-7)
    }

    @Test func plattOfSeparatedMarginsStaysFinite() {
        let platt = PlattCalibrator(margins: [-2, -1, 1, 2], labels: [false, false, true, true])
        #expect(platt.slope.isFinite && platt.intercept.isFinite)
        #expect(platt.probability(5) < 1)
    }

    /// Pool-adjacent-violators by hand: margins 1 2 3 4 5 with labels 0 1 0 1 1.
    @Test func isotonicPoolsViolators() {
        let isotonic = IsotonicCalibrator(margins: [3, 1, 2, 5, 4], labels: [false, false, true, true, true])
        #expect(isotonic.margins == [1, 2.5, 4.5])
        // Shares 0, 1/2 and 1 with the outer ones held to what five rows allow: 1/(2+2) and (3+1)/(3+2).
        #expect(isotonic.probabilities == [0.25, 0.5, 0.8])
        #expect(isotonic.probability(-9) == 0.25)
        #expect(isotonic.probability(9) == 0.8)
        #expect(abs(isotonic.probability(1.75) - 0.375) < 1e-12)
        #expect(abs(isotonic.probability(3.5) - 0.65) < 1e-12)
    }

    @Test func isotonicPoolsEqualMarginsFirst() {
        let isotonic = IsotonicCalibrator(
            margins: [1, 1, 1, 1, 2, 2], labels: [true, false, false, false, true, false])
        #expect(isotonic.margins == [1, 2])
        #expect(isotonic.probabilities[0] == 0.25)
        #expect(isotonic.probabilities[1] == 0.5)
    }

    @Test func isotonicRisesAndKeepsTheMean() {
        let (margins, labels) = sample(3_000, seed: 3, slope: 1.5, shift: -0.5)
        let isotonic = IsotonicCalibrator(margins: margins, labels: labels)
        #expect(zip(isotonic.probabilities, isotonic.probabilities.dropFirst()).allSatisfy { $0 <= $1 })
        let calibrator = Calibrator.isotonic(isotonic)
        let sorted = margins.sorted()
        let probabilities = sorted.map { calibrator.probability($0) }
        // The order of margins survives in full.
        #expect(zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 < $1 })
        let mean = probabilities.reduce(0, +) / 3_000
        #expect(abs(mean - Double(labels.count { $0 }) / 3_000) < 0.01)
    }

    @Test func theAutomaticChoiceFollowsTheNumberOfRows() {
        let (margins, labels) = sample(1_000, seed: 4, slope: 1, shift: 0)
        guard case .isotonic = Calibrator.fit(margins: margins, labels: labels) else {
            Issue.record("isotonic was expected from 1,000 rows on")
            return
        }
        guard case .platt = Calibrator.fit(margins: Array(margins.prefix(999)), labels: Array(labels.prefix(999)))
        else {
            Issue.record("Platt was expected below 1,000 rows")
            return
        }
        #expect(Calibrator.fit(margins: [1, 2], labels: [true, true]) == .none)
        #expect(Calibrator.fit(margins: margins, labels: labels, method: .none) == .none)
        #expect(Calibrator.none.probability(0) == 0.5)
        #expect(Calibrator.none.probability(1_000) < 1)
        #expect(Calibrator.none.probability(-1_000) > 0)
    }

    /// Margins that rank the wrong way round on these few rows: the curve stays a rising one, at the observed share.
    @Test func plattNeverTurnsTheRankingAround() {
        let (margins, labels) = sample(600, seed: 9, slope: -1, shift: -1)
        let platt = PlattCalibrator(margins: margins, labels: labels)
        #expect(platt.slope == PlattCalibrator.slopeMin)
        let mean = margins.map { platt.probability($0) }.reduce(0, +) / 600
        #expect(abs(mean - Double(labels.count { $0 }) / 600) < 0.01)
    }

    @Test func recentringRestoresTheObservedNumber() throws {
        let (margins, labels) = sample(2_000, seed: 5, slope: 1, shift: -1.5)
        let probabilities = margins.map { 1 / (1 + exp(-$0)) }
        let recentring = try #require(Recentring(probabilities: probabilities, labels: labels))
        let expected = probabilities.map { recentring.probability($0) }.reduce(0, +)
        #expect(abs(expected - Double(labels.count { $0 })) < 1e-6)
        #expect(abs(recentring.offset + 1.5) < 0.2)
        #expect(Recentring(probabilities: [0.5], labels: [true]) == nil)
        #expect(Recentring(offset: 0).probability(0.3) == 0.3)
    }
}
