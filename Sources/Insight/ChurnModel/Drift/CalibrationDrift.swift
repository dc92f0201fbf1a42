import Glibc

/// How the probabilities of a model held in a window whose labels are complete.
public struct CalibrationDrift: Sendable, Equatable {
    /// What to do about it.
    public enum Advice: String, Sendable, Equatable {
        /// The model holds.
        case keep
        /// The ranking holds, the level does not: shift the base rate.
        case recentre
        /// The ranking or the spread of the probabilities no longer holds: fit again.
        case retrain
        /// Too few churners to tell.
        case wait
    }

    public let report: QualityReport
    /// The 95 % interval of observed divided by expected churners.
    public let ratioLower: Double
    public let ratioUpper: Double
    /// The slope of the outcome on the log-odds: 1 is right, below 1 the probabilities are too extreme; nil with one
    /// class only.
    public let slope: Double?
    /// The change of the area under the ROC curve against the validation at training time; nil when not comparable.
    public let areaChange: Double?
    public let advice: Advice
    /// The advice with its reason, in words.
    public let statement: String

    /// Judges a window.
    /// - Parameter validated: the area under the ROC curve at training time.
    public init(probabilities: [Double], labels: [Bool], validated: Interval?) {
        report = QualityReport(probabilities: probabilities, labels: labels)
        var expected = 0.0
        var variance = 0.0
        for probability in probabilities {
            expected += probability
            variance += probability * (1 - probability)
        }
        let observed = Double(report.positives)
        // Without drift the number of churners varies like the sum of the clients' own chances.
        let reach = 1.959963984540054 * max(variance, observed).squareRoot()
        ratioLower = expected > 0 ? max(0, observed - reach) / expected : 0
        ratioUpper = expected > 0 ? (observed + reach) / expected : 0
        let hasBoth = report.positives > 0 && report.positives < report.rows
        slope =
            hasBoth
            ? PlattCalibrator.fit(margins: probabilities.map(Sigmoid.logit), targets: labels.map { $0 ? 1 : 0 }).slope
            : nil
        var isRankingLost = false
        if let validated, let now = report.areaUnderROC {
            let change = now.value - validated.value
            let error =
                (now.standardError * now.standardError + validated.standardError * validated.standardError).squareRoot()
            areaChange = change
            isRankingLost = change < -0.03 && change < -2 * error
        } else {
            areaChange = nil
        }
        let enough = min(report.positives, report.rows - report.positives) >= 30
        let isSpreadLost = enough && slope.map { !(0.6...1.6).contains($0) } ?? false
        let ratio = report.observedOverExpected
        let isLevelLost = !Recentring.tolerance.contains(ratio) && !(ratioLower...ratioUpper).contains(1)
        if !enough {
            advice = .wait
            statement = "\(report.positives) churned of \(report.rows) rows are too few to judge the model"
        } else if isRankingLost || isSpreadLost {
            advice = .retrain
            statement =
                isRankingLost
                ? "the model ranks worse than at training time; fit it again"
                : "the probabilities are spread wrongly; fit the model again"
        } else if isLevelLost {
            advice = .recentre
            statement = "the ranking holds, the level does not; re-centre on this window"
        } else {
            advice = .keep
            statement = "the model holds"
        }
    }
}

extension FittedChurnModel {
    /// Judges the model on a completed window.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)``; ``ChurnModelError/invalidTrainingData(_:)`` for a wrong number
    ///   of labels or no rows.
    public func calibrationDrift(
        _ table: FeatureTable, labels: [Bool], threadCount: Int = 1
    ) throws(ChurnModelError) -> CalibrationDrift {
        guard labels.count == table.rowCount, !labels.isEmpty else {
            throw .invalidTrainingData(
                "\(labels.count) labels for \(table.rowCount) rows; give one per row and at least one row"
            )
        }
        return CalibrationDrift(
            probabilities: try predict(table, threadCount: threadCount), labels: labels,
            validated: report.chosen.areaUnderROC
        )
    }
}
