import Testing

@testable import ChurnModel

struct DegenerateInputTests {
    private func refusal(_ data: TrainingData) -> TrainingRefusal? {
        do throws(ChurnModelError) {
            _ = try fit(data, settings: SyntheticChurn.quickSettings)
            return nil
        } catch {
            guard case .refused(let refusal) = error else { return nil }
            #expect(error.description == refusal.description)
            return refusal
        }
    }

    private func data(_ columns: [FeatureColumn], labels: [Bool]) throws -> TrainingData {
        try TrainingData(
            table: FeatureTable(columns: columns), labels: labels, groups: labels.indices.map { UInt64($0) }
        )
    }

    @Test func fortyRowsAreRefusedInWords() throws {
        let found = try #require(refusal(try SyntheticChurn.data(rows: 40, seed: 1)))
        #expect(found.reason == .tooFewPositives)
        #expect(found.description.contains("at least 30 are needed"))
        #expect(found.rows == 40)
    }

    @Test func oneClassIsRefused() throws {
        let column = FeatureColumn(name: "x", values: .double((0..<500).map { Double($0) }))
        for label in [true, false] {
            let found = try #require(refusal(try data([column], labels: [Bool](repeating: label, count: 500))))
            #expect(found.reason == .oneClassOnly)
            #expect(found.description.contains(label ? "churned" : "retained"))
        }
        let fewRetained = try #require(refusal(try data([column], labels: (0..<500).map { $0 >= 20 })))
        #expect(fewRetained.reason == .tooFewNegatives)
    }

    @Test func nothingToLearnFromIsRefused() throws {
        let labels = (0..<400).map { $0 % 3 == 0 }
        let constant: [FeatureColumn] = [
            FeatureColumn(name: "a", values: .double([Double](repeating: 1, count: 400))),
            FeatureColumn(name: "b", values: .double([Double](repeating: .nan, count: 400))),
            FeatureColumn(name: "c", values: .float([Float](repeating: .infinity, count: 400))),
            FeatureColumn(name: "d", texts: [String?](repeating: "x", count: 400)),
            FeatureColumn(name: "e", texts: [String?](repeating: nil, count: 400)),
        ]
        #expect(refusal(try data(constant, labels: labels))?.reason == .nothingVaries)
        let empty = try TrainingData(table: FeatureTable(columns: []), labels: [], groups: [])
        #expect(refusal(empty)?.reason == .noFeatures)
        let noRows = try data([FeatureColumn(name: "a", values: .double([]))], labels: [])
        #expect(refusal(noRows)?.reason == .noRows)
        #expect(throws: ChurnModelError.self) { try GradientBoosting.fit(noRows) }
        #expect(throws: ChurnModelError.self) { try LogisticRegression.fit(noRows) }
    }

    @Test func uselessColumnsBesideAGoodOneDoNoHarm() throws {
        let good = try SyntheticChurn.data(rows: 900, seed: 2)
        var generator = SplitMix64(seed: 3)
        let wild = [.infinity, -.infinity, .nan, 1e308, -1e308, Double.leastNonzeroMagnitude]
        let columns =
            good.table.columns + [
                FeatureColumn(name: "constant", values: .double([Double](repeating: 7, count: 900))),
                FeatureColumn(name: "empty", values: .double([Double](repeating: .nan, count: 900))),
                FeatureColumn(name: "empty text", texts: [String?](repeating: nil, count: 900)),
                FeatureColumn(name: "identifier", texts: (0..<900).map { "customer \($0)" }),
                FeatureColumn(name: "wild", values: .double((0..<900).map { _ in wild[Int(generator.next() % 6)] })),
            ]
        let model = try fit(try data(columns, labels: good.labels), settings: SyntheticChurn.quickSettings)
        let table = try FeatureTable(columns: columns)
        let probabilities = try model.predict(table)
        #expect(probabilities.allSatisfy { $0 > 0 && $0 < 1 })
        for row in [0, 1, 2] {
            let explanation = try model.explain(table, row: row)
            #expect(explanation.contributions.allSatisfy { $0.contribution.isFinite })
        }
        let drift = try model.inputDrift(table)
        #expect(drift.allSatisfy { $0.populationStabilityIndex.isFinite && $0.level == .stable })
        #expect(try FittedChurnModel(decoding: model.encoded()) == model)
    }

    @Test func onlyAMissingFlagCanBeLearntFrom() throws {
        let values = (0..<600).map { $0 % 2 == 0 ? Double.nan : 4 }
        let labels = (0..<600).map { $0 % 2 == 0 ? $0 % 10 < 6 : $0 % 10 == 1 }
        let model = try fit(
            try data([FeatureColumn(name: "x", values: .double(values))], labels: labels),
            settings: SyntheticChurn.quickSettings
        )
        let table = try FeatureTable(columns: [FeatureColumn(name: "x", values: .double([.nan, 4]))])
        let probabilities = try model.predict(table)
        #expect(probabilities[0] > probabilities[1] + 0.2)
    }

    @Test func everyCustomerInOneGroupIsRefusedNotCrashed() throws {
        let good = try SyntheticChurn.data(rows: 500, seed: 4)
        let oneGroup = try TrainingData(
            table: good.table, labels: good.labels, groups: [UInt64](repeating: 7, count: 500)
        )
        #expect(throws: ChurnModelError.self) { try fit(oneGroup, settings: SyntheticChurn.quickSettings) }
        // Trees alone fall back to a fixed number of rounds.
        let fitted = try GradientBoosting.fit(oneGroup, settings: SyntheticChurn.quickBoosting)
        #expect(fitted.heldBackLogLoss.isEmpty)
    }

    @Test func emptyTablesAreScoredAsEmpty() throws {
        let good = try SyntheticChurn.data(rows: 700, seed: 5)
        let model = try fit(good, settings: SyntheticChurn.quickSettings)
        let none = good.table.rows([])
        #expect(try model.predict(none).isEmpty)
        #expect(try model.explain(good.table, rows: []).isEmpty)
        #expect(throws: ChurnModelError.self) { try model.inputDrift(none) }
        #expect(throws: ChurnModelError.self) { try model.calibrationDrift(none, labels: []) }
        #expect(throws: ChurnModelError.self) { try model.explain(good.table, row: 700) }
        #expect(throws: ChurnModelError.self) { try model.whatWouldHelp(good.table, row: -1) }
        #expect(throws: ChurnModelError.self) { try model.predict(good.table.dropping(["plan"])) }
    }

    @Test func errorsSayWhatToDo() {
        let errors: [ChurnModelError] = [
            .invalidTable("t"), .invalidTrainingData("d"), .invalidSettings("s"), .featureMismatch("f"),
            .undecodable("u"),
        ]
        #expect(Set(errors.map(\.description)).count == 5)
        #expect(errors[0].description == "feature table refused: t")
    }
}
