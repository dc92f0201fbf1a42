import Testing

@testable import Forecasting

@Suite struct ResidualAutoregressionTests {
    private func simulated(_ coefficients: [Double], count: Int, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        var values = [Double](repeating: 0, count: coefficients.count)
        for _ in 0..<(count + 100) {
            let expected = zip(coefficients, values.reversed()).reduce(0) { $0 + $1.0 * $1.1 }
            values.append(expected + generator.normal())
        }
        return Array(values.suffix(count))
    }

    @Test func coefficientsOfAKnownProcessAreFound() {
        for (seed, truth) in [(UInt64(1), [0.7]), (2, [1.2, -0.5]), (3, [-0.6]), (4, [0.5, 0, 0.3])] {
            let process = ResidualAutoregression(simulated(truth, count: 3000, seed: seed))
            #expect(process.coefficients.count >= truth.count)
            for (index, found) in process.coefficients.enumerated() {
                #expect(abs(found - (index < truth.count ? truth[index] : 0)) < 0.08, "\(truth)")
            }
        }
    }

    @Test func noiseSaysNothingAboutWhatFollows() {
        var silent = 0
        for seed in 0..<20 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let noise = (0..<300).map { _ in generator.normal() }
            silent += ResidualAutoregression(noise).partials.isEmpty ? 1 : 0
        }
        #expect(silent >= 15)
    }

    @Test func deviationsSwingBackAndFade() {
        let residuals = simulated([1.6, -0.75], count: 800, seed: 5)
        let process = ResidualAutoregression(residuals)
        let expected = process.forecast(200)
        #expect(abs(expected[199]) < 1e-6)
        // A wave past its peak falls further and under the model before it fades.
        let wave = ResidualAutoregression(residuals + [4, 9, 12, 11, 8], known: process.partials).forecast(10)
        #expect(wave[0] < 8 && wave[1] < wave[0])
        #expect(wave.contains { $0 < 0 })
    }

    @Test func knownPartialsGiveTheSameForecast() {
        let residuals = simulated([0.6, 0.2], count: 200, seed: 6)
        let fresh = ResidualAutoregression(residuals)
        #expect(!fresh.partials.isEmpty)
        let carried = ResidualAutoregression(residuals, known: fresh.partials)
        #expect(carried.coefficients == fresh.coefficients)
        #expect(carried.forecast(30) == fresh.forecast(30))
        #expect(ResidualAutoregression(residuals, known: []).forecast(3) == [0, 0, 0])
    }

    @Test func degenerateResidualsAreHarmless() {
        let cases: [[Double]] = [
            [], [1], [Double](repeating: 0, count: 50), [Double](repeating: 7, count: 50),
            (0..<60).map { $0 % 2 == 0 ? 1e9 : -1e9 }, (0..<60).map { Double($0) },
            [Double](repeating: 0, count: 59) + [1e12],
        ]
        for residuals in cases {
            let process = ResidualAutoregression(residuals)
            let expected = process.forecast(1000)
            let largest = residuals.reduce(0) { max($0, abs($1)) }
            #expect(expected.allSatisfy { $0.isFinite && abs($0) <= 4 * largest + 1e-9 })
            #expect(process.partials.allSatisfy { abs($0) < 1 })
        }
        let short = ResidualAutoregression([5, 5, 5], known: [0.5, 0.1, 0.1, 0.1])
        #expect(short.forecast(5).allSatisfy { $0.isFinite })
    }
}
