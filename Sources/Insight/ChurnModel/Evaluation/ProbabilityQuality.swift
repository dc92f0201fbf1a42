import Glibc

/// How close probabilities are to what happened.
public enum ProbabilityQuality {
    /// The mean squared difference; 0 is perfect. Rows must not be empty.
    public static func brier(probabilities: [Double], labels: [Bool]) -> Double {
        var sum = 0.0
        for (probability, label) in zip(probabilities, labels) {
            let difference = probability - (label ? 1 : 0)
            sum += difference * difference
        }
        return sum / Double(max(1, labels.count))
    }

    /// The log loss of every row, with probabilities held inside [1e-15, 1 - 1e-15].
    public static func logLosses(probabilities: [Double], labels: [Bool]) -> [Double] {
        zip(probabilities, labels).map { probability, label in
            let bounded = min(max(probability, 1e-15), 1 - 1e-15)
            return label ? -log(bounded) : -log1p(-bounded)
        }
    }

    /// The mean log loss.
    public static func logLoss(probabilities: [Double], labels: [Bool]) -> Double {
        var sum = 0.0
        for loss in logLosses(probabilities: probabilities, labels: labels) { sum += loss }
        return sum / Double(max(1, labels.count))
    }

    /// The expected calibration error over bins of equal numbers of rows: the mean distance between the mean
    /// probability and the share of churners of a bin, weighted by its rows.
    public static func expectedCalibrationError(
        probabilities: [Double], labels: [Bool], binCount: Int = 10
    ) -> Double {
        var sum = 0.0
        for bin in CalibrationBin.curve(probabilities: probabilities, labels: labels, binCount: binCount) {
            sum += Double(bin.rows) * abs(bin.meanProbability - bin.observedShare)
        }
        return sum / Double(max(1, labels.count))
    }
}
