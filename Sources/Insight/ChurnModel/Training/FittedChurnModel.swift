/// A fitted churn model: scores clients, explains scores and knows how well it did.
public struct FittedChurnModel: Sendable, Equatable {
    /// How tables are encoded: names, kinds and levels of the features.
    public let encoder: FeatureEncoder
    /// The model behind the margin.
    public let estimator: Estimator
    /// Turns margins into probabilities.
    public let calibrator: Calibrator
    /// The shift to the base rate of the newest completed window.
    public let recentring: Recentring
    /// What the probability is a probability of.
    public let labelDefinition: LabelDefinition
    /// What the model was trained on.
    public let record: TrainingRecord
    /// The distribution of the inputs in training, for drift.
    public let profile: InputProfile
    /// How the model did on rows it did not learn from.
    public let report: ValidationReport

    /// The calibrated probability of churn within the horizon for every row, strictly between 0 and 1.
    ///
    /// Columns are found by name; further columns are ignored, unknown levels count as "other".
    /// - Throws: ``ChurnModelError/featureMismatch(_:)``.
    public func predict(_ table: FeatureTable, threadCount: Int = 1) throws(ChurnModelError) -> [Double] {
        try margins(table, threadCount: threadCount).map(probability)
    }

    /// The margin (log-odds before calibration) of every row. It orders rows more finely than the probability, which
    /// may be the same for neighbours.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)``.
    public func margins(_ table: FeatureTable, threadCount: Int = 1) throws(ChurnModelError) -> [Double] {
        estimator.margins(try encoder.encode(table), encoder: encoder, workers: Workers(threadCount: threadCount))
    }

    /// The calibrated and re-centred probability of a margin.
    func probability(_ margin: Double) -> Double {
        min(max(recentring.probability(calibrator.probability(margin)), 1e-12), 1 - 1e-12)
    }

    /// The model with its base rate set to that of a completed window, when observed and expected churners are further
    /// apart than ``Recentring/tolerance``; the same model otherwise or when the window has one class only.
    public func recentred(
        on table: FeatureTable, labels: [Bool], threadCount: Int = 1
    ) throws(ChurnModelError) -> FittedChurnModel {
        guard labels.count == table.rowCount else {
            throw .invalidTrainingData("\(labels.count) labels for \(table.rowCount) rows; give exactly one per row")
        }
        let plain = try margins(table, threadCount: threadCount).map(calibrator.probability)
        let current = plain.map(recentring.probability)
        let expected = current.reduce(0, +)
        let ratio = expected > 0 ? Double(labels.count { $0 }) / expected : 1
        guard !Recentring.tolerance.contains(ratio), let shift = Recentring(probabilities: plain, labels: labels) else {
            return self
        }
        return FittedChurnModel(
            encoder: encoder, estimator: estimator, calibrator: calibrator, recentring: shift,
            labelDefinition: labelDefinition, record: record, profile: profile, report: report
        )
    }
}
