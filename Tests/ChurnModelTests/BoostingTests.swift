import Testing

@testable import ChurnModel

struct BoostingTests {
    @Test func marginsDoNotDependOnThreadsOrRowOrder() throws {
        let data = try SyntheticChurn.data(rows: 3_000, seed: 1)
        let settings = SyntheticChurn.quickBoosting
        let single = try GradientBoosting.fit(data, settings: settings, rounds: 8)
        for threads in [2, 3, 5] {
            let many = try GradientBoosting.fit(data, settings: settings, rounds: 8, threadCount: threads)
            #expect(many.ensemble == single.ensemble)
            let manyMargins = try many.margins(data.table, threadCount: threads)
            let singleMargins = try single.margins(data.table)
            #expect(LeakCheck.firstDifference(manyMargins, singleMargins) == nil)
        }
        var generator = SplitMix64(seed: 9)
        let order = generator.permutation(data.rowCount)
        let shuffled = try GradientBoosting.fit(data.rows(order), settings: settings, rounds: 8)
        let margins = try single.margins(data.table)
        for (position, margin) in try shuffled.margins(data.table.rows(order)).enumerated() {
            #expect(abs(margin - margins[order[position]]) <= 1e-12)
        }
    }

    @Test func earlyStoppingIsRepeatableAndStops() throws {
        let data = try SyntheticChurn.data(rows: 1_500, seed: 2)
        var settings = SyntheticChurn.quickBoosting
        settings.learningRate = 0.5
        settings.roundsMax = 200
        let first = try GradientBoosting.fit(data, settings: settings, seed: 4)
        let second = try GradientBoosting.fit(data, settings: settings, seed: 4, threadCount: 2)
        #expect(first.ensemble == second.ensemble)
        #expect(first.heldBackLogLoss.count < 200)
        let best = first.ensemble.trees.count
        #expect(best >= 1 && best <= first.heldBackLogLoss.count)
        let lowest = first.heldBackLogLoss[best - 1]
        #expect(first.heldBackLogLoss.allSatisfy { $0 >= lowest - settings.improvementMin })
    }

    @Test func lateSnapshotsWatchEarlyStopping() throws {
        let data = try SyntheticChurn.data(rows: 1_200, seed: 3, snapshots: 4)
        let fitted = try GradientBoosting.fit(data, settings: SyntheticChurn.quickBoosting)
        #expect(!fitted.heldBackLogLoss.isEmpty)
    }

    @Test func scoringFollowsTheThresholdsOfTheTrees() throws {
        let data = try SyntheticChurn.data(rows: 1_000, seed: 5)
        let fitted = try GradientBoosting.fit(data, settings: SyntheticChurn.quickBoosting, rounds: 10)
        let encoded = try fitted.encoder.encode(data.table)
        let binned = BinnedTable(encoded, encoder: fitted.encoder, binsMax: 64, workers: Workers(threadCount: 1))
        let margins = try fitted.margins(data.table)
        for row in 0..<data.rowCount {
            let features = fitted.encoder.featureVector(encoded, row: row)
            #expect(margins[row] == fitted.ensemble.margin(features))
            for tree in fitted.ensemble.trees {
                var byThreshold = 0
                var byBin = 0
                while !tree.nodes[byThreshold].isLeaf {
                    let node = tree.nodes[byThreshold]
                    let feature = fitted.encoder.features[Int(node.feature)]
                    let bin = binned.bins[feature.source * data.rowCount + row]
                    let isLeft =
                        if let level = feature.level { bin != level } else {
                            bin == 0 ? node.missingLeft : bin <= node.bin
                        }
                    byThreshold = Int(node.goesLeft(features[Int(node.feature)]) ? node.left : node.right)
                    byBin = Int(isLeft ? node.left : node.right)
                    #expect(byThreshold == byBin)
                }
            }
        }
    }

    @Test func leafValuesAndCoversAddUp() throws {
        let data = try SyntheticChurn.data(rows: 900, seed: 6)
        var settings = SyntheticChurn.quickBoosting
        settings.rowsPerLeafMin = 25
        let fitted = try GradientBoosting.fit(data, settings: settings, rounds: 5)
        for tree in fitted.ensemble.trees {
            #expect(tree.nodes.count { $0.isLeaf } <= settings.leavesMax)
            #expect(tree.depth <= settings.depthMax)
            for node in tree.nodes {
                #expect(node.cover >= 25)
                guard !node.isLeaf else { continue }
                #expect(tree.nodes[Int(node.left)].cover + tree.nodes[Int(node.right)].cover == node.cover)
                #expect(node.right == node.left + 1)
            }
        }
    }

    /// The first tree of a one-feature problem, computed by hand: every split tried, derivatives at the base rate.
    @Test func theFirstSplitIsTheBestOneByEnumeration() throws {
        var generator = SplitMix64(seed: 11)
        let values = (0..<200).map { _ in generator.next() % 8 == 0 ? Double.nan : Double(generator.next() % 20) }
        let labels = values.map { $0.isNaN ? generator.next() % 3 == 0 : Double(generator.next() % 20) < $0 }
        let data = try TrainingData(
            table: FeatureTable(columns: [FeatureColumn(name: "x", values: .double(values))]), labels: labels,
            groups: (0..<200).map { UInt64($0) }
        )
        var settings = BoostingSettings()
        settings.leavesMax = 2
        let fitted = try GradientBoosting.fit(data, settings: settings, rounds: 1)
        let rate = Double(labels.count { $0 }) / 200
        func score(_ rows: [Int]) -> Double {
            let gradient = rows.reduce(0.0) { $0 + rate - (labels[$1] ? 1 : 0) }
            return gradient * gradient / (Double(rows.count) * rate * (1 - rate) + 1)
        }
        var bestGain = -Double.infinity
        var best = (threshold: 0.0, missingLeft: false)
        for missingLeft in [false, true] {
            for threshold in fitted.ensemble.cuts[0] + [.infinity] {
                let left = values.indices.filter { values[$0].isNaN ? missingLeft : values[$0] <= threshold }
                let right = values.indices.filter { !left.contains($0) }
                guard left.count >= 20, right.count >= 20 else { continue }
                let gain = (score(left) + score(right) - score(Array(values.indices))) / 2
                if gain > bestGain + 1e-10 {
                    bestGain = gain
                    best = (threshold, missingLeft)
                }
            }
        }
        let root = fitted.ensemble.trees[0].nodes[0]
        #expect(root.threshold == best.threshold)
        #expect(root.missingLeft == best.missingLeft)
    }

    @Test(arguments: [1, -1]) func monotoneConstraintsHoldEverywhere(sign: Int) throws {
        let data = try SyntheticChurn.data(rows: 1_500, seed: 7)
        var settings = SyntheticChurn.quickBoosting
        settings.monotone = ["days_since_last_login": sign, "spend_28d": sign]
        let fitted = try GradientBoosting.fit(data, settings: settings, rounds: 25)
        let encoded = try fitted.encoder.encode(data.table)
        for row in stride(from: 0, to: data.rowCount, by: 50) {
            var features = fitted.encoder.featureVector(encoded, row: row)
            for feature in [0, 2] {
                let kept = features[feature]
                var last = -Double.infinity
                for step in 0...60 {
                    features[feature] = Double(step) * 2 - 10
                    let margin = Double(sign) * fitted.ensemble.margin(features)
                    #expect(margin >= last - 1e-12)
                    last = margin
                }
                features[feature] = kept
            }
        }
    }

    @Test func monotoneNamesAreChecked() throws {
        let data = try SyntheticChurn.data(rows: 300, seed: 8)
        for (name, sign) in [("nothing", 1), ("plan", 1), ("spend_28d", 2)] {
            var settings = SyntheticChurn.quickBoosting
            settings.monotone = [name: sign]
            #expect(throws: ChurnModelError.self) { try GradientBoosting.fit(data, settings: settings, rounds: 1) }
        }
    }

    @Test func copiesOfAColumnAreNeverUsed() throws {
        let data = try SyntheticChurn.data(rows: 1_000, seed: 9)
        let fitted = try GradientBoosting.fit(data, settings: SyntheticChurn.quickBoosting, rounds: 20)
        let copy = try #require(fitted.encoder.sources.firstIndex { $0.name == "days_again" })
        let feature = fitted.encoder.featureRanges[copy].lowerBound
        for tree in fitted.ensemble.trees { #expect(!tree.nodes.contains { Int($0.feature) == feature }) }
    }

    @Test func positiveWeightMovesTheBase() throws {
        let data = try SyntheticChurn.data(rows: 600, seed: 10)
        var settings = SyntheticChurn.quickBoosting
        settings.positiveWeight = 3
        let fitted = try GradientBoosting.fit(data, settings: settings, rounds: 3)
        let positives = Double(data.labels.count { $0 })
        let odds = 3 * positives / (600 - positives)
        #expect(abs(Sigmoid.probability(fitted.ensemble.base) - odds / (1 + odds)) < 1e-12)
        let margins = try fitted.margins(data.table)
        #expect(margins.allSatisfy { $0.isFinite })
    }

    @Test func settingsOutsideTheirRangesAreRefused() throws {
        let data = try SyntheticChurn.data(rows: 200, seed: 1)
        let changes: [(inout BoostingSettings) -> Void] = [
            { $0.learningRate = 0 }, { $0.roundsMax = 0 }, { $0.leavesMax = 1 }, { $0.depthMax = 0 },
            { $0.lambda = -1 }, { $0.rowsPerLeafMin = 0 }, { $0.hessianPerLeafMin = 0 }, { $0.positiveWeight = .nan },
            { $0.binsMax = 257 }, { $0.patienceRounds = 0 }, { $0.improvementMin = -1 }, { $0.heldBackShare = 0.6 },
        ]
        for change in changes {
            var settings = BoostingSettings()
            change(&settings)
            #expect(throws: ChurnModelError.self) { try GradientBoosting.fit(data, settings: settings) }
        }
        #expect(throws: ChurnModelError.self) { try GradientBoosting.fit(data, rounds: 0) }
    }

    @Test func extremeNumbersAndLargeMarginsStayFinite() throws {
        let rows = 400
        let values = (0..<rows).map { $0 % 2 == 0 ? 1e308 : -1e308 }
        let data = try TrainingData(
            table: FeatureTable(columns: [FeatureColumn(name: "x", values: .double(values))]),
            labels: (0..<rows).map { $0 % 2 == 0 }, groups: (0..<rows).map { UInt64($0) }
        )
        var settings = BoostingSettings()
        settings.learningRate = 1
        settings.lambda = 0
        let fitted = try GradientBoosting.fit(data, settings: settings, rounds: 60)
        let margins = try fitted.margins(data.table)
        #expect(margins.allSatisfy { $0.isFinite })
        #expect(margins[0] > 5 && margins[1] < -5)
        let regression = try LogisticRegression.fit(data)
        let linear = try regression.margins(data.table)
        #expect(linear.allSatisfy { $0.isFinite })
    }
}
