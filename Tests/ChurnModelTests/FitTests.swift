import Glibc
import Testing

@testable import ChurnModel

struct FitTests {
    @Test func theSameArgumentsGiveTheSameBytesForAnyThreadCount() throws {
        let data = try SyntheticChurn.data(rows: 1_200, seed: 1)
        var settings = SyntheticChurn.quickSettings
        settings.trainedOnDay = 20_000
        let first = try fit(data, settings: settings)
        settings.threadCount = 3
        let second = try fit(data, settings: settings)
        #expect(first.encoded() == second.encoded())
        settings.seed = 2
        #expect(try fit(data, settings: settings).encoded() != first.encoded())
        #expect(first.record.trainedOnDay == 20_000)
        #expect(first.record.rows == 1_200)
        #expect(first.record.customers == 1_200)
    }

    @Test func probabilitiesAreSaneAndBetterThanTheBaseRate() throws {
        let data = try SyntheticChurn.data(rows: 1_500, seed: 2)
        let later = try SyntheticChurn.data(rows: 800, seed: 3)
        let model = try fit(data, settings: SyntheticChurn.quickSettings)
        let probabilities = try model.predict(later.table)
        #expect(probabilities.allSatisfy { $0 > 0 && $0 < 1 })
        let report = QualityReport(probabilities: probabilities, labels: later.labels)
        let base = Double(data.labels.count { $0 }) / 1_500
        let flat = [Double](repeating: base, count: 800)
        #expect(report.logLoss < ProbabilityQuality.logLoss(probabilities: flat, labels: later.labels) - 0.02)
        #expect((report.areaUnderROC?.value ?? 0) > 0.65)
        #expect((0.8...1.25).contains(report.observedOverExpected))
        let claimed = try #require(model.report.chosen.areaUnderROC)
        let found = try #require(report.areaUnderROC)
        #expect(abs(claimed.value - found.value) < 0.08)
    }

    @Test func theReportSaysWhatWasComparedAndWhy() throws {
        let data = try SyntheticChurn.data(rows: 1_500, seed: 4)
        let report = try fit(data, settings: SyntheticChurn.quickSettings).report
        #expect(report.kind == .customerFolds)
        #expect(report.rows == 1_500)
        #expect(report.logistic?.rows == 1_500 && report.boosted?.rows == 1_500)
        #expect(report.comparison?.rows == 1_500)
        #expect(report.choice.contains("±"))
        #expect(report.baseline != nil)
        #expect(report.windows.count == 1 && report.windows[0].day == 19_000)
        #expect((0.8...1.25).contains(report.windows[0].ratio))
        #expect(report.importance.count == 6)
        #expect(
            zip(report.importance, report.importance.dropFirst())
                .allSatisfy { $0.meanAbsoluteContribution >= $1.meanAbsoluteContribution }
        )
        #expect(report.importance[0].permutationDrop > 0)
    }

    @Test func aLaterSnapshotExaminesTheEarlierOnes() throws {
        let data = try SyntheticChurn.data(rows: 2_000, seed: 5, snapshots: 4)
        var settings = SyntheticChurn.quickSettings
        let model = try fit(data, settings: settings)
        #expect(model.report.kind == .latestSnapshot)
        #expect(model.report.rows == 500)
        #expect(model.report.windows.map(\.snapshot) == [3])
        #expect(model.record.firstSnapshotDay == 19_000 && model.record.lastSnapshotDay == 19_090)
        // A horizon of 60 days reaches over the snapshot before: it must not teach.
        settings.labelDefinition.horizonDays = 60
        let plan = ValidationPlan(data, settings: settings)
        #expect(Set(plan.splits[0].learned.map { data.snapshots[$0] }) == [0, 1])
        settings.labelDefinition.horizonDays = 365
        let folds = ValidationPlan(data, settings: settings)
        #expect(folds.kind == .customerFolds)
        #expect(folds.statement.contains("too few"))
    }

    @Test func customersNeverStandOnBothSides() throws {
        let data = try SyntheticChurn.data(rows: 900, seed: 6, snapshots: 3)
        var settings = SyntheticChurn.quickSettings
        settings.labelDefinition.horizonDays = 365
        var plans = [ValidationPlan(data, settings: settings)]
        settings.singleHoldoutRowsMin = 100
        settings.singleHoldoutRarerMin = 100
        plans.append(ValidationPlan(data, settings: settings))
        #expect(plans[1].kind == .heldOutCustomers)
        for plan in plans {
            for split in plan.splits {
                let learned = Set(split.learned.map { data.groups[$0] })
                #expect(split.examined.allSatisfy { !learned.contains(data.groups[$0]) })
                #expect(split.learned.count + split.examined.count == 900)
                let share = Double(split.examined.count { data.labels[$0] }) / Double(split.examined.count)
                let overall = Double(data.labels.count { $0 }) / 900
                #expect(abs(share - overall) < 0.1)
            }
        }
    }

    @Test func candidatesCanBeFixed() throws {
        let data = try SyntheticChurn.data(rows: 900, seed: 7)
        var settings = SyntheticChurn.quickSettings
        settings.candidates = .logisticOnly
        let logistic = try fit(data, settings: settings)
        guard case .logistic = logistic.estimator else { return #expect(Bool(false), "logistic was asked for") }
        #expect(logistic.report.boosted == nil && logistic.report.comparison == nil)
        settings.candidates = .boostedOnly
        settings.calibration = .platt
        let boosted = try fit(data, settings: settings)
        guard case .boosted = boosted.estimator else { return #expect(Bool(false), "trees were asked for") }
        #expect(boosted.report.logistic == nil)
        #expect(boosted.estimator.name == "boosted trees" && logistic.estimator.name == "logistic regression")
        guard case .platt = boosted.calibrator else { return #expect(Bool(false), "Platt was asked for") }
    }

    /// Churn that hangs on a straight line only: trees must not win, and the choice must say so.
    @Test func fewPositivesMeanLogisticRegression() throws {
        let data = try SyntheticChurn.data(rows: 400, seed: 8)
        let positives = data.labels.count { $0 }
        #expect(positives < 200 && positives >= 30)
        let model = try fit(data, settings: SyntheticChurn.quickSettings)
        guard case .logistic = model.estimator else { return #expect(Bool(false), "logistic was expected") }
        #expect(model.report.choice.contains("\(positives) churned rows"))
    }

    /// One straight line under sixty columns of noise: the usual penalty learns the noise. The smooth calibrator is enough
    /// for such a model.
    @Test func aHeavierPenaltyIsTakenWhereFeaturesAreManyAndRowsFew() throws {
        var generator = SplitMix64(seed: 13)
        func normal() -> Double {
            (0..<12).reduce(-6.0) { sum, _ in sum + Double(generator.next() >> 11) * 0x1p-53 }
        }
        let signal = (0..<1_000).map { _ in normal() }
        let noise = (0..<60).map { _ in (0..<1_000).map { _ in normal() } }
        let labels = signal.map { value in
            Double(generator.next() >> 11) * 0x1p-53 < 1 / (1 + exp(1 - 0.5 * value))
        }
        let data = try TrainingData(
            table: FeatureTable(
                columns: [FeatureColumn(name: "signal", values: .double(signal))]
                    + noise.enumerated().map { FeatureColumn(name: "noise \($0)", values: .double($1)) }),
            labels: labels, groups: (0..<1_000).map { UInt64($0) })
        var settings = SyntheticChurn.quickSettings
        settings.candidates = .logisticOnly
        let searched = try fit(data, settings: settings)
        settings.penaltyFactors = [1]
        let usual = try fit(data, settings: settings)
        let losses = [searched, usual].map { $0.report.logistic?.logLoss ?? .infinity }
        #expect(losses[0] < losses[1] - 0.01)
        guard case .platt = searched.calibrator else { return #expect(Bool(false), "Platt was expected") }
        func length(_ model: FittedChurnModel) -> Double {
            guard case .logistic(let logistic) = model.estimator else { return .nan }
            return logistic.terms.reduce(0) { $0 + $1.coefficient * $1.coefficient }.squareRoot()
        }
        #expect(length(searched) < 0.9 * length(usual))
        // Above the limit the first factor is taken without a search.
        settings = SyntheticChurn.quickSettings
        settings.candidates = .logisticOnly
        settings.penaltySearchRowsMax = 100
        #expect(try fit(data, settings: settings).report.logistic == usual.report.logistic)
    }

    /// One churned row in a hundred: a fifth of them would judge nothing.
    @Test func rareChurnIsExaminedInFolds() throws {
        let data = try SyntheticChurn.data(rows: 900, seed: 14)
        var settings = SyntheticChurn.quickSettings
        settings.singleHoldoutRowsMin = 100
        let positives = data.labels.count { $0 }
        settings.singleHoldoutRarerMin = positives
        #expect(ValidationPlan(data, settings: settings).kind == .heldOutCustomers)
        settings.singleHoldoutRarerMin = positives + 1
        #expect(ValidationPlan(data, settings: settings).kind == .customerFolds)
    }

    /// Churn that hangs on an exclusive-or of two flags: no line can learn it.
    @Test func treesWinWhereLinesCannot() throws {
        var generator = SplitMix64(seed: 9)
        let first = (0..<1_200).map { _ in Double(generator.next() % 2) }
        let second = (0..<1_200).map { _ in Double(generator.next() % 2) }
        let labels = zip(first, second).map { a, b in generator.next() % 10 < (a != b ? 7 : 2) }
        let data = try TrainingData(
            table: FeatureTable(columns: [
                FeatureColumn(name: "a", values: .double(first)), FeatureColumn(name: "b", values: .double(second)),
            ]),
            labels: labels, groups: (0..<1_200).map { UInt64($0) }
        )
        let model = try fit(data, settings: SyntheticChurn.quickSettings)
        guard case .boosted = model.estimator else { return #expect(Bool(false), "trees were expected") }
        #expect(model.report.comparison?.verdict == .challengerBetter)
        #expect((model.report.chosen.areaUnderROC?.value ?? 0) > 0.7)
    }

    @Test func theChoiceIsPutIntoWords() {
        func comparison(_ mean: Double) -> ModelComparison {
            ModelComparison(rows: 10, meanImprovement: mean, standardError: 0.01, requiredStandardErrors: 1)
        }
        func choice(_ mean: Double, trees: Double, logistic: Double, factor: Double = 1) -> CandidateChoice {
            CandidateChoice(comparison(mean), areas: (trees: trees, logistic: logistic), penaltyFactor: factor)
        }
        let better = choice(0.02, trees: 0.8, logistic: 0.7)
        #expect(better.takesTrees && better.sentence == "boosted trees: lower log loss by 0.02000 ± 0.01000 per row")
        let worseRanking = choice(0.02, trees: 0.7, logistic: 0.71)
        #expect(!worseRanking.takesTrees && worseRanking.sentence.contains("rank worse"))
        let line = choice(-0.02, trees: 0.8, logistic: 0.7)
        #expect(!line.takesTrees && line.sentence.contains("by 0.02000"))
        let tie = choice(-0.002, trees: 0.8, logistic: 0.7, factor: 0.001)
        #expect(!tie.takesTrees && tie.sentence.contains("-0.00200") && tie.sentence.contains("1,000 times"))
        let ranking = choice(0.002, trees: 0.704, logistic: 0.7)
        #expect(ranking.takesTrees && ranking.sentence.contains("rank better"))
        #expect(!choice(0.002, trees: 0.702, logistic: 0.7).takesTrees)
    }

    @Test func recentringFollowsACompletedWindow() throws {
        let model = try fit(try SyntheticChurn.data(rows: 1_200, seed: 10), settings: SyntheticChurn.quickSettings)
        let same = try SyntheticChurn.data(rows: 800, seed: 11)
        #expect(try model.recentred(on: same.table, labels: same.labels) == model)
        // The same clients with half of the churners gone.
        var generator = SplitMix64(seed: 12)
        let fewer = same.labels.map { $0 && generator.next() % 2 == 0 }
        let moved = try model.recentred(on: same.table, labels: fewer)
        #expect(moved.recentring.offset < -0.3)
        let expected = try moved.predict(same.table).reduce(0, +)
        #expect(abs(expected - Double(fewer.count { $0 })) < 0.5)
        #expect(throws: ChurnModelError.self) { try model.recentred(on: same.table, labels: [true]) }
    }

    @Test func settingsAreChecked() throws {
        let data = try SyntheticChurn.data(rows: 300, seed: 1)
        let changes: [(inout ChurnModelSettings) -> Void] = [
            { $0.foldCount = 1 }, { $0.threadCount = 0 }, { $0.selectionStandardErrors = -1 },
            { $0.importanceRowsMax = -1 }, { $0.importancePermutations = 0 }, { $0.labelDefinition.horizonDays = 0 },
            { $0.gate.positivesMin = 0 }, { $0.penaltyFactors = [] }, { $0.penaltyFactors = [1, 0] },
        ]
        for change in changes {
            var settings = SyntheticChurn.quickSettings
            change(&settings)
            #expect(throws: ChurnModelError.self) { try fit(data, settings: settings) }
        }
    }
}
