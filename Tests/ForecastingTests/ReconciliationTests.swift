import Testing

@testable import Forecasting

@Suite struct ReconciliationTests {
    private func hierarchy(_ count: Int, segments: Int, regions: Int) throws -> ForecastHierarchy {
        let segment = (0..<count).map { ($0 * 7) % segments }
        let region = (0..<count).map { ($0 * 13 + $0 / 5) % regions }
        return try ForecastHierarchy(
            bottomCount: count,
            levels: [
                .init(name: "total", groups: [Int](repeating: 0, count: count), groupCount: 1),
                .init(name: "segment", groups: segment, groupCount: segments),
                .init(name: "region", groups: region, groupCount: regions),
                .init(
                    name: "segment and region", groups: zip(segment, region).map { $0 * regions + $1 },
                    groupCount: segments * regions),
            ])
    }

    @Test func theSolutionIsTheWeightedLeastSquaresOne() throws {
        let tree = try ForecastHierarchy(
            bottomCount: 2, levels: [.init(name: "total", groups: [0, 0], groupCount: 1)])
        let reconciliation = try Reconciliation(
            hierarchy: tree, bottomVariances: [1, 3], groupVariances: [[2]], nonNegative: false)
        let result = try reconciliation.reconcile(bottom: [10, 20], groups: [[36]])
        // The gap of 6 is shared in proportion to the variances 1, 3 and 2.
        #expect(abs(result.bottom[0] - 11) < 1e-9 && abs(result.bottom[1] - 23) < 1e-9)
        #expect(result.groups == [[34]])
    }

    @Test func largeHierarchiesAddUpExactly() throws {
        let count = 20_000
        let tree = try hierarchy(count, segments: 5, regions: 8)
        var generator = SeededGenerator(seed: 1)
        let bottom = (0..<count).map { _ in max(0, 10 * generator.normal() + 5) }
        let variances = bottom.map { 1 + $0 }
        let sums = tree.sums(bottom)
        let groups = sums.map { $0.map { $0 * (0.9 + 0.2 * generator.uniform()) } }
        let result = try Reconciliation(
            hierarchy: tree, bottomVariances: variances, groupVariances: groups.map { $0.map { 0.01 * $0 + 1 } }
        ).reconcile(bottom: bottom, groups: groups)
        #expect(result.bottom.allSatisfy { $0 >= 0 && $0.isFinite })
        let total = result.groups[0][0]
        #expect(result.bottom.reduce(0, +) == total)
        #expect(result.bottom.reversed().reduce(0, +) == total)
        for level in result.groups { #expect(level.reduce(0, +) == total) }
        #expect(tree.sums(result.bottom) == result.groups)
    }

    @Test func bindingGroupsAreMetAndZeroVariancesKept() throws {
        let tree = try hierarchy(60, segments: 3, regions: 4)
        let bottom = (0..<60).map { Double(1 + $0 % 5) }
        var variances = [Double](repeating: 1, count: 60)
        variances[0] = 0
        let infinite = Double.infinity
        let result = try Reconciliation(
            hierarchy: tree, bottomVariances: variances,
            groupVariances: [
                [0], [0, 0, 0], [Double](repeating: infinite, count: 4), [Double](repeating: infinite, count: 12),
            ]
        ).reconcile(bottom: bottom, groups: [[300], [100, 120, 80], [1, 1, 1, 1], [Double](repeating: 1, count: 12)])
        #expect(abs(result.groups[0][0] - 300) < 1e-6)
        #expect(largestDifference(result.groups[1], [100, 120, 80]) < 1e-6)
        #expect(abs(result.bottom[0] - 1) < 1e-9)
    }

    @Test func nothingFallsBelowZeroAndTheOptimumHolds() throws {
        let tree = try hierarchy(30, segments: 2, regions: 3)
        var generator = SeededGenerator(seed: 5)
        let bottom = (0..<30).map { _ in 4 * generator.uniform() }
        let groups = tree.sums(bottom).map { $0.map { 0.3 * $0 } }
        let variances = [Double](repeating: 2, count: 30)
        let groupVariances = groups.map { $0.map { _ in 0.5 } }
        let result = try Reconciliation(hierarchy: tree, bottomVariances: variances, groupVariances: groupVariances)
            .reconcile(bottom: bottom, groups: groups)
        func cost(_ values: [Double]) -> Double {
            let own = zip(values, bottom).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / 2 }
            let sums = tree.sums(values)
            var rest = 0.0
            for (level, list) in sums.enumerated() {
                for (group, value) in list.enumerated() {
                    rest += (value - groups[level][group]) * (value - groups[level][group]) / 0.5
                }
            }
            return own + rest
        }
        #expect(result.bottom.contains(0))
        let best = cost(result.bottom)
        for index in 0..<30 {
            for step in [1e-4, -1e-4] where result.bottom[index] + step >= 0 {
                var moved = result.bottom
                moved[index] += step
                #expect(cost(moved) >= best - 1e-9)
            }
        }
        let zeros = try Reconciliation(hierarchy: tree, bottomVariances: variances, groupVariances: groupVariances)
            .reconcile(bottom: bottom.map { _ in 0 }, groups: groups.map { $0.map { _ in 0 } })
        #expect(zeros.bottom.allSatisfy { $0 == 0 })
    }

    @Test func withoutUsableGroupsTheBottomStays() throws {
        let tree = try ForecastHierarchy(
            bottomCount: 2, levels: [.init(name: "total", groups: [0, 0], groupCount: 1)])
        let result = try Reconciliation(
            hierarchy: tree, bottomVariances: [1, 1], groupVariances: [[.infinity]]
        ).reconcile(bottom: [1, -2], groups: [[5]])
        #expect(result.bottom == [1, 0])
    }

    @Test func mistakesAreRefused() throws {
        #expect(throws: ForecastError.self) { try ForecastHierarchy(bottomCount: 0, levels: []) }
        for groups in [[0], [0, 5], [-1, 0]] {
            #expect(throws: ForecastError.self) {
                try ForecastHierarchy(bottomCount: 2, levels: [.init(name: "l", groups: groups, groupCount: 2)])
            }
        }
        #expect(throws: ForecastError.self) {
            try ForecastHierarchy(bottomCount: 1, levels: [.init(name: "l", groups: [0], groupCount: 100_000)])
        }
        let tree = try ForecastHierarchy(
            bottomCount: 2, levels: [.init(name: "total", groups: [0, 0], groupCount: 1)])
        for (bottom, groups) in [
            ([1.0], [[1.0]]), ([1, -1], [[1]]), ([1, 1], []), ([1, 1], [[1, 2]]), ([1, 1], [[-1]]),
        ] {
            #expect(throws: ForecastError.self) {
                try Reconciliation(hierarchy: tree, bottomVariances: bottom, groupVariances: groups)
            }
        }
        let good = try Reconciliation(hierarchy: tree, bottomVariances: [1, 1], groupVariances: [[1]])
        for (bottom, groups) in [([1.0], [[1.0]]), ([1, .nan], [[1]]), ([1, 1], [[.infinity]]), ([1, 1], [])] {
            #expect(throws: ForecastError.self) { try good.reconcile(bottom: bottom, groups: groups) }
        }
    }
}
