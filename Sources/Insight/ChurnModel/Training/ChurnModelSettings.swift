/// Settings of ``fit(_:settings:)``. The defaults suit customer tables from a few hundred to a few million rows.
public struct ChurnModelSettings: Sendable, Equatable {
    /// Which models may be chosen.
    public enum Candidates: String, Sendable, Equatable {
        /// Trees when they beat logistic regression on rows that neither learned from, else logistic regression.
        case automatic
        case boostedOnly
        case logisticOnly
    }

    public var candidates = Candidates.automatic
    public var boosting = BoostingSettings()
    public var logistic = LogisticSettings()
    /// What ``LogisticSettings/inversePenalty`` is multiplied with in turn; the factor with the lowest log loss on examined
    /// rows is taken. With few rows the usual penalty lets a regression on many features learn the noise; with many it
    /// makes no difference.
    public var penaltyFactors = [1.0, 0.1, 0.01, 0.001]
    /// Above this many learning rows the first factor is taken without a search.
    public var penaltySearchRowsMax = 20_000
    public var gate = TrainingGate()
    public var calibration = Calibrator.Method.automatic
    public var labelDefinition = LabelDefinition()
    /// Decides how customers are divided; the only source of chance.
    public var seed: UInt64 = 1
    /// How many threads may work; the result is the same for any number.
    public var threadCount = 1
    /// How many standard errors of the paired log-loss difference trees must win by.
    public var selectionStandardErrors = 1.0
    /// The number of customer folds when there is no later snapshot to validate on.
    public var foldCount = 5
    /// From this many rows on, one fifth of the customers is held out once instead of folds…
    public var singleHoldoutRowsMin = 20_000
    /// …where churned and retained rows both are at least so many: a fifth of fewer tells too little of the models.
    public var singleHoldoutRarerMin = 5_000
    /// The most validation rows that importance is measured on.
    public var importanceRowsMax = 4_000
    /// How often each feature is permuted for its importance.
    public var importancePermutations = 5
    /// The day number on which the model is trained, for the record.
    public var trainedOnDay: Int?

    /// The default settings.
    public init() {}

    func validate() throws(ChurnModelError) {
        try boosting.validate()
        try logistic.validate()
        guard (2...50).contains(foldCount) else {
            throw .invalidSettings("foldCount is \(foldCount); use 2...50")
        }
        guard threadCount >= 1 else { throw .invalidSettings("threadCount is \(threadCount); use 1 or more") }
        guard selectionStandardErrors >= 0, selectionStandardErrors.isFinite else {
            throw .invalidSettings("selectionStandardErrors is \(selectionStandardErrors); use 0 or more")
        }
        guard !penaltyFactors.isEmpty, penaltyFactors.allSatisfy({ $0 > 0 && $0.isFinite }), penaltySearchRowsMax >= 0
        else {
            throw .invalidSettings(
                "penaltyFactors must be numbers above 0, at least one, and penaltySearchRowsMax 0 or more")
        }
        guard importanceRowsMax >= 0, (1...1_000).contains(importancePermutations) else {
            throw .invalidSettings("importanceRowsMax must be 0 or more and importancePermutations 1...1000")
        }
        guard labelDefinition.horizonDays >= 1 else {
            throw .invalidSettings("horizonDays is \(labelDefinition.horizonDays); use 1 or more")
        }
        guard gate.positivesMin >= 1, gate.negativesMin >= 1, gate.positivesForTreesMin >= 1 else {
            throw .invalidSettings("the limits of the training gate must be 1 or more")
        }
    }
}
