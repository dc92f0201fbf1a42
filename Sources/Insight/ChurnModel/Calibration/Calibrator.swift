/// Turns a margin into a probability that matches observed frequencies.
public enum Calibrator: Sendable, Equatable {
    /// The logistic function of the margin, as the model learnt it.
    case none
    case platt(PlattCalibrator)
    case isotonic(IsotonicCalibrator)

    /// How a calibrator is chosen.
    public enum Method: String, Sendable, Equatable {
        /// Platt below 1,000 rows; from there on isotonic where a training finds it better on rows it was not fitted to.
        case automatic
        case none
        case platt
        case isotonic
    }

    /// The number of rows from which ``Method/automatic`` may be isotonic.
    public static let isotonicRowsMin = 1_000

    /// Fits a calibrator on margins the model did not learn from.
    /// - Returns: ``none`` when only one class occurs, because then nothing can be learnt.
    public static func fit(margins: [Double], labels: [Bool], method: Method = .automatic) -> Calibrator {
        let positives = labels.count { $0 }
        guard positives > 0, positives < labels.count, margins.count == labels.count else { return .none }
        switch method {
        case .none: return .none
        case .platt: return .platt(PlattCalibrator(margins: margins, labels: labels))
        case .isotonic: return .isotonic(IsotonicCalibrator(margins: margins, labels: labels))
        case .automatic:
            return labels.count < isotonicRowsMin
                ? .platt(PlattCalibrator(margins: margins, labels: labels))
                : .isotonic(IsotonicCalibrator(margins: margins, labels: labels))
        }
    }

    /// How much of the plain logistic curve is mixed into an isotonic one.
    static let orderShare = 1e-3

    /// The calibrated probability, strictly between 0 and 1.
    ///
    /// An isotonic curve is flat over whole blocks of rows and would lose their order, and with it some of the area
    /// under the ROC curve of a list sorted by probability. A thousandth of the logistic curve of the margin restores it
    /// and moves no probability by more than that.
    public func probability(_ margin: Double) -> Double {
        let probability =
            switch self {
            case .none: Sigmoid.probability(margin)
            case .platt(let calibrator): calibrator.probability(margin)
            case .isotonic(let calibrator):
                (1 - Calibrator.orderShare) * calibrator.probability(margin)
                    + Calibrator.orderShare * Sigmoid.probability(margin)
            }
        return min(max(probability, 1e-12), 1 - 1e-12)
    }
}
