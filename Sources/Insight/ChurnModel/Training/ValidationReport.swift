/// What is known about a fitted model, all of it from rows the examined models did not learn from.
public struct ValidationReport: Sendable, Equatable {
    /// How rows were divided into learning and examination.
    public enum Kind: String, Sendable, Equatable, CaseIterable {
        case latestSnapshot
        case heldOutCustomers
        case customerFolds
    }

    /// Scores that nothing was learned for, on the same rows.
    public struct Baseline: Sendable, Equatable {
        public let areaUnderROC: Interval
        public let liftTopTenth: Double?
    }

    /// Observed and expected churners of one snapshot.
    public struct Window: Sendable, Equatable {
        public let snapshot: Int
        /// The day number of the snapshot; nil when unknown.
        public let day: Int?
        public let rows: Int
        public let observed: Int
        /// The sum of the uncalibrated probabilities.
        public let expected: Double
        /// Observed divided by expected.
        public var ratio: Double { expected > 0 ? Double(observed) / expected : 0 }
    }

    public let kind: Kind
    /// The division in words.
    public let statement: String
    /// The number of examined rows.
    public let rows: Int
    /// Logistic regression before calibration.
    public let logistic: QualityReport?
    /// Trees before calibration; nil when they were not considered.
    public let boosted: QualityReport?
    /// The chosen model after calibration, each half of the customers calibrated with the other half.
    public let chosen: QualityReport
    /// Trees (challenger) against logistic regression (champion); nil when only one was considered.
    public let comparison: ModelComparison?
    /// Why the chosen model was chosen, in words.
    public let choice: String
    /// The rules on the same rows; nil when their scores were not given.
    public let baseline: Baseline?
    /// Observed against expected churners, snapshot by snapshot.
    public let windows: [Window]
    /// The features by falling mean share of the margin.
    public let importance: [FeatureImportance]
    /// The simplest rival on the same rows; nil when its scores were not given.
    public let rival: Baseline?
}
