import Testing

@testable import ChurnModel

/// The histograms against the definition, and the result against what can be known at all.
struct ParityTests {
    @Test(arguments: [1, 2] as [UInt64]) func histogramsAgreeWithTheDefinition(seed: UInt64) throws {
        let data = try SyntheticChurn.data(rows: 240, seed: seed, missingShare: 0.15)
        var settings = BoostingSettings()
        settings.learningRate = 0.2
        settings.leavesMax = 6
        settings.depthMax = 4
        settings.rowsPerLeafMin = 8
        settings.binsMax = 12
        let fitted = try GradientBoosting.fit(data, settings: settings, rounds: 4)
        let encoded = try fitted.encoder.encode(data.table)
        let reference = ReferenceBooster(
            rows: (0..<240).map { fitted.encoder.featureVector(encoded, row: $0) }, labels: data.labels,
            settings: settings
        )
        for (margin, wanted) in zip(try fitted.margins(data.table), reference.margins(rounds: 4)) {
            #expect(abs(margin - wanted) < 1e-9)
        }
    }

    /// No model can rank better than the chances the labels were drawn from; a good one comes close.
    @Test func theChosenModelComesCloseToTheTruth() throws {
        var generator = SplitMix64(seed: 3)
        func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
        func draw(_ count: Int) throws -> (TrainingData, [Double]) {
            let first = (0..<count).map { _ in uniform() * 4 - 2 }
            let second = (0..<count).map { _ in uniform() * 4 - 2 }
            let noise = (0..<count).map { _ in uniform() }
            let chances = zip(first, second).map { a, b in Sigmoid.probability(1.5 * a * b - 0.5) }
            let data = try TrainingData(
                table: FeatureTable(columns: [
                    FeatureColumn(name: "a", values: .double(first)), FeatureColumn(name: "b", values: .double(second)),
                    FeatureColumn(name: "noise", values: .double(noise)),
                ]),
                labels: chances.map { uniform() < $0 }, groups: (0..<count).map { UInt64($0) }
            )
            return (data, chances)
        }
        let (learned, _) = try draw(2_400)
        let (examined, chances) = try draw(1_500)
        let model = try fit(learned, settings: SyntheticChurn.quickSettings)
        let report = QualityReport(probabilities: try model.predict(examined.table), labels: examined.labels)
        let truth = QualityReport(probabilities: chances, labels: examined.labels)
        let area = try #require(report.areaUnderROC).value
        let best = try #require(truth.areaUnderROC).value
        #expect(best > 0.75)
        #expect(area > best - 0.03)
        #expect(report.brier < 1.08 * truth.brier)
        #expect(report.expectedCalibrationError < truth.expectedCalibrationError + 0.035)
    }
}
