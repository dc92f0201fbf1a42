import Glibc
import Testing

@testable import Forecasting

@Suite struct NumericsTests {
    private func randomMatrix(_ order: Int, _ generator: inout SeededGenerator) -> [Double] {
        let rows = order + 3
        let columns = (0..<(rows * order)).map { _ in generator.normal() }
        return DenseKernels.gram(columns, rows: rows, columns: order)
    }

    @Test(arguments: [1, 2, 3, 5, 8, 13, 29])
    func choleskySolvesAndEigenvaluesRebuild(order: Int) throws {
        var generator = SeededGenerator(seed: UInt64(order))
        let matrix = randomMatrix(order, &generator)
        let truth = (0..<order).map { _ in generator.normal() }
        let right = (0..<order).map { row in (0..<order).reduce(0) { $0 + matrix[row * order + $1] * truth[$1] } }
        let factor = try #require(CholeskyFactor(matrix, order: order))
        #expect(largestDifference(factor.solve(right), truth) < 1e-8)

        let system = try #require(SymmetricEigensystem(matrix, order: order))
        for row in 0..<order {
            for column in 0..<order {
                var rebuilt = 0.0
                var product = 0.0
                for index in 0..<order {
                    rebuilt +=
                        system.values[index] * system.vectors[index * order + row]
                        * system.vectors[index * order + column]
                    product += system.vectors[row * order + index] * system.vectors[column * order + index]
                }
                #expect(abs(rebuilt - matrix[row * order + column]) < 1e-11 * Double(order * order))
                #expect(abs(product - (row == column ? 1 : 0)) < 1e-12 * Double(order))
            }
        }
    }

    @Test func choleskyMarksDependentRowsAndRefusesIndefinite() throws {
        let factor = try #require(CholeskyFactor([2, 2, 2, 2], order: 2))
        #expect(factor.dependentRows == [1])
        #expect(largestDifference(factor.solve([4, 4]), [2, 0]) < 1e-12)
        #expect(CholeskyFactor([1, 2, 2, 1], order: 2) == nil)
        #expect(SymmetricEigensystem([.nan, 1, 1, .nan], order: 2) == nil)
    }

    @Test(arguments: 0..<40)
    func lassoMeetsItsOptimalityConditions(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let size = 1 + seed % 12
        let matrix = randomMatrix(size, &generator)
        let linear = (0..<size).map { _ in 10 * generator.normal() }
        let penalty = 8 * generator.uniform()
        var lasso = LassoActiveSet(size: size)
        if seed % 2 == 1 { lasso.point = (0..<size).map { _ in generator.normal() } }
        lasso.minimise(matrix: matrix, linear: linear, penalty: penalty)
        for row in 0..<size {
            let gradient = linear[row] - (0..<size).reduce(0) { $0 + matrix[row * size + $1] * lasso.point[$1] }
            if lasso.point[row] == 0 {
                #expect(abs(gradient) <= penalty * (1 + 1e-9) + 1e-9)
            } else {
                #expect(abs(gradient - (lasso.point[row] > 0 ? penalty : -penalty)) < 1e-8)
            }
        }
    }

    @Test func lassoCopesWithDuplicateColumns() {
        var lasso = LassoActiveSet(size: 2)
        lasso.minimise(matrix: [1, 1, 1, 1], linear: [3, 3], penalty: 1)
        #expect(abs(lasso.point[0] + lasso.point[1] - 2) < 1e-12)
    }

    @Test func generatorIsTheStatedOne() {
        // SplitMix64 of seed 0 begins with 0xE220A8397B1DCDAF, which fixes the first output.
        var generator = SeededGenerator(seed: 0)
        var other = SeededGenerator(seed: 0)
        let first = (0..<5).map { _ in generator.next() }
        #expect(first == (0..<5).map { _ in other.next() })
        #expect(first[0] == 0x99EC_5F36_CB75_F2B4)
        #expect(Set(first).count == 5)
    }

    @Test func drawsHaveTheRightMoments() {
        var generator = SeededGenerator(seed: 3)
        let count = 60_000
        var normal = (sum: 0.0, squares: 0.0, fourth: 0.0, beyond: 0.0)
        var laplace = (sum: 0.0, absolute: 0.0)
        var poisson = 0.0
        for _ in 0..<count {
            let x = generator.normal()
            normal.sum += x
            normal.squares += x * x
            normal.fourth += x * x * x * x
            if abs(x) > 3.7 { normal.beyond += 1 }
            let y = generator.laplace(scale: 2)
            laplace.sum += y
            laplace.absolute += abs(y)
            poisson += Double(generator.poisson(mean: 20))
        }
        let n = Double(count)
        #expect(abs(normal.sum / n) < 0.02)
        #expect(abs(normal.squares / n - 1) < 0.03)
        #expect(abs(normal.fourth / n - 3) < 0.2)
        #expect(normal.beyond > 2 && normal.beyond < 35)
        #expect(abs(laplace.sum / n) < 0.05)
        #expect(abs(laplace.absolute / n - 2) < 0.05)
        #expect(abs(poisson / n - 20) < 0.1)
    }

    @Test(arguments: [1e-9, 0.001, 0.025, 0.1, 0.3, 0.5, 0.77, 0.9, 0.999, 1 - 1e-9])
    func normalQuantileInvertsTheDistribution(probability: Double) {
        let x = NormalDistribution.quantile(probability)
        #expect(abs(NormalDistribution.cumulative(x) - probability) < 1e-12)
    }

    @Test(arguments: 0..<30)
    func quantilesEqualThoseOfASortedList(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let values = (0..<(1 + seed * 3)).map { _ in (generator.uniform() * 12).rounded() }
        let sorted = values.sorted()
        for probability in [0.0, 0.1, 0.33, 0.5, 0.9, 1.0] {
            let position = Double(values.count - 1) * probability
            let low = Int(position)
            let high = min(values.count - 1, low + 1)
            let expected = sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
            var copy = values
            #expect(abs(OrderStatistics.quantile(&copy, probability: probability) - expected) < 1e-12)
        }
        #expect(OrderStatistics.median([]) == 0)
    }

    @Test func hingeSumsEqualDirectSums() {
        var generator = SeededGenerator(seed: 9)
        let times = (0..<50).map { Double($0) / 49 }
        let changepoints = [0, 0.1, 0.1, 0.37, 0.8, 0.99, 1]
        let hinges = HingeSums(times: times, changepoints: changepoints)
        let vector = times.map { _ in generator.normal() }
        func hinge(_ index: Int, _ time: Double) -> Double { max(0, time - changepoints[index]) }
        let products = vector.withUnsafeBufferPointer { $0.baseAddress.map { hinges.products($0) } ?? [] }
        let gram = hinges.gram()
        var changed = vector
        let changes = changepoints.map { _ in generator.normal() }
        hinges.subtract(changes, from: &changed)
        for i in changepoints.indices {
            let direct = times.indices.reduce(0) { $0 + hinge(i, times[$1]) * vector[$1] }
            #expect(abs(products[i] - direct) < 1e-12)
            for j in changepoints.indices {
                let direct = times.reduce(0) { $0 + hinge(i, $1) * hinge(j, $1) }
                #expect(abs(gram[i * changepoints.count + j] - direct) < 1e-12)
            }
        }
        for row in times.indices {
            let direct = vector[row] - changepoints.indices.reduce(0) { $0 + changes[$1] * hinge($1, times[row]) }
            #expect(abs(changed[row] - direct) < 1e-12)
        }
    }
}
