import Testing

@testable import Forecasting

@Suite struct BlendedRowsTests {
    private let weights = [0.4, 0.3, 0.2, 0.1]

    private func blend(
        _ row: [Double], usualError: Double?, weights: [Double]? = nil
    ) -> (value: Double, shares: [Double]) {
        let result = BlendedRows.robustMean(
            row.map { [$0] }, weights: weights ?? self.weights, usualError: usualError)
        return (result.values[0], result.shares)
    }

    @Test func methodsThatAgreeAreAveraged() {
        let row = [10.0, 11, 10.5, 11.4]
        let result = blend(row, usualError: 1)
        #expect(result.value == BlendedRows.mean(row.map { [$0] }, weights: weights)[0])
        #expect(result.shares == weights)
        #expect(blend([10, 11, 10.5, 40], usualError: nil).shares == weights)
        #expect(abs(blend([10, 11, 10.5, 40], usualError: 100).value - 13.4) < 1e-12)
    }

    @Test func aMethodOutOfLineCountsLessTheFurtherItIs() {
        var before = weights[1]
        for stray in [14.0, 20, 40, 400] {
            let result = blend([10, stray, 10.5, 11], usualError: 1)
            #expect(result.shares[1] < before)
            #expect(abs(result.shares.reduce(0, +) - 1) < 1e-12)
            #expect(result.value > 10 && result.value < 11.5)
            before = result.shares[1]
        }
        #expect(before < 1e-4)
    }

    @Test func resultsLieAmongTheMethodsAndAreFinite() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<300 {
            let row = (0..<4).map { _ in 1000 * generator.normal() }
            for usualError in [0, 1e-9, 1, 300, 1e12] {
                let value = blend(row, usualError: usualError).value
                let ordered = row.sorted()
                #expect(value >= ordered[0] - 1e-6 && value <= ordered[3] + 1e-6)
            }
        }
        #expect(abs(blend([5, 5, 5, 5], usualError: 0).value - 5) < 1e-12)
        #expect(blend([0, 0, 0, 0], usualError: 0).value == 0)
    }

    @Test func methodsWithoutWeightHaveNoSay() {
        let result = blend([10, 10, 10.2, 1e6], usualError: 1, weights: [0.5, 0.3, 0.2, 0])
        #expect(abs(result.value - 10.04) < 1e-12)
        #expect(result.shares[3] == 0)
        #expect(BlendedRows.robustMean([[], []], weights: [0.5, 0.5], usualError: 1).values.isEmpty)
    }

    @Test func rowsAreJudgedOneByOne() {
        let result = BlendedRows.robustMean(
            [[10, 10], [10, 10], [10, 50]], weights: [0.3, 0.3, 0.4], usualError: 2)
        #expect(abs(result.values[0] - 10) < 1e-12)
        #expect(result.values[1] < 11)
        #expect(result.shares[2] < 0.4 && result.shares[2] > 0.19)
    }
}
