import Testing

@testable import ChurnModel

struct ShapleyTests {
    /// The expected margin when only the features of the set are known, by the covers of the tree.
    private func expectation(_ tree: DecisionTree, _ known: Int, _ features: [Double], node: Int = 0) -> Double {
        let current = tree.nodes[node]
        if current.isLeaf { return current.value }
        let left = Int(current.left)
        let right = Int(current.right)
        if known >> Int(current.feature) & 1 == 1 {
            return expectation(
                tree, known, features, node: current.goesLeft(features[Int(current.feature)]) ? left : right
            )
        }
        let share = Double(tree.nodes[left].cover) / Double(current.cover)
        return share * expectation(tree, known, features, node: left)
            + (1 - share) * expectation(tree, known, features, node: right)
    }

    private func bruteForce(_ ensemble: TreeEnsemble, _ features: [Double]) -> [Double] {
        let count = ensemble.featureCount
        let values = (0..<(1 << count)).map { known in
            ensemble.trees.reduce(0.0) { $0 + expectation($1, known, features) } * ensemble.learningRate
        }
        var factorial = [1.0]
        for number in 1...count { factorial.append(factorial[number - 1] * Double(number)) }
        return (0..<count).map { feature in
            var sum = 0.0
            for known in 0..<(1 << count) where known >> feature & 1 == 0 {
                let size = known.nonzeroBitCount
                let weight = factorial[size] * factorial[count - size - 1] / factorial[count]
                sum += weight * (values[known | 1 << feature] - values[known])
            }
            return sum
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func agreesWithAllSubsets(seed: UInt64) throws {
        let data = try SyntheticChurn.data(rows: 500, seed: seed, missingShare: 0.2)
        var settings = SyntheticChurn.quickBoosting
        settings.leavesMax = 12
        settings.rowsPerLeafMin = 5
        let fitted = try GradientBoosting.fit(data, settings: settings, rounds: 6)
        #expect(fitted.ensemble.featureCount == 9)
        let encoded = try fitted.encoder.encode(data.table)
        for row in stride(from: 0, to: 500, by: 61) {
            let features = fitted.encoder.featureVector(encoded, row: row)
            let walked = TreeShapley(fitted.ensemble).values(features)
            let tables = try #require(ShapleyTables(fitted.ensemble))
            let lookedUp = tables.values(tables.answers.words(features))
            #expect(walked.base == lookedUp.base)
            let subsets = bruteForce(fitted.ensemble, features)
            for feature in subsets.indices {
                #expect(abs(walked.values[feature] - subsets[feature]) < 1e-9)
                #expect(abs(lookedUp.values[feature] - subsets[feature]) < 1e-9)
            }
        }
    }

    @Test func sharesAddUpToTheMargin() throws {
        let data = try SyntheticChurn.data(rows: 800, seed: 4)
        let fitted = try GradientBoosting.fit(data, settings: SyntheticChurn.quickBoosting, rounds: 40)
        let margins = try fitted.margins(data.table)
        for row in stride(from: 0, to: 800, by: 7) {
            let shapley = try fitted.shapley(data.table, row: row)
            #expect(abs(shapley.base + shapley.values.reduce(0, +) - margins[row]) < 1e-9)
        }
    }

    @Test func linearSharesAddUpToTheMargin() throws {
        let data = try SyntheticChurn.data(rows: 600, seed: 5)
        let fitted = try LogisticRegression.fit(data)
        let encoded = try fitted.encoder.encode(data.table)
        let margins = try fitted.margins(data.table)
        for row in 0..<600 {
            let features = fitted.encoder.featureVector(encoded, row: row)
            let shares = fitted.model.contributions(features)
            #expect(abs(shares.base + shares.values.reduce(0, +) - margins[row]) < 1e-9)
            #expect(abs(fitted.model.margin(features) - margins[row]) < 1e-9)
        }
    }

    @Test func aTreeWithoutSplitsSharesNothing() {
        let ensemble = TreeEnsemble(
            base: 0.5, learningRate: 0.1, featureCount: 2, cuts: [[], []],
            trees: [DecisionTree(nodes: [.leaf(value: 2, cover: 10)])]
        )
        let shapley = TreeShapley(ensemble).values([1, 2])
        #expect(shapley.values == [0, 0])
        #expect(abs(shapley.base - 0.7) < 1e-12)
    }
}
