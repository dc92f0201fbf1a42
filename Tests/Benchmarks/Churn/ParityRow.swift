import ChurnModel
import Foundation

/// One line of the result: a model on a data set, all folds of one repetition together.
struct ParityRow {
    let set: String
    let repetition: Int
    let model: String
    let report: QualityReport
    let cpuSeconds: Double

    static let heading =
        "set                     repeat  model      rows   AUC     PR-AUC  Brier   ECE     lift10  CPU s"

    /// The line of the table.
    var line: String {
        let figures = [
            report.areaUnderROC?.value, report.averagePrecision, report.brier, report.expectedCalibrationError,
            report.liftTopTenth,
        ]
        return pad(set, 24) + pad("\(repetition)", 8) + pad(model, 11) + pad("\(report.rows)", 7)
            + figures.map { pad($0.map { decimal($0, 4) } ?? "-", 8) }.joined() + decimal(cpuSeconds, 2)
    }

    /// The line as JSON.
    var json: String {
        let name = set.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        let figures: [(String, Double?)] = [
            ("auc", report.areaUnderROC?.value), ("pr_auc", report.averagePrecision), ("brier", report.brier),
            ("ece", report.expectedCalibrationError), ("lift_10", report.liftTopTenth),
            ("log_loss", report.logLoss), ("cpu_seconds", cpuSeconds),
        ]
        return "{\"set\":\"\(name)\",\"repeat\":\(repetition),\"model\":\"\(model)\",\"rows\":\(report.rows),"
            + figures.map { "\"\($0.0)\":\($0.1.map { "\($0)" } ?? "null")" }.joined(separator: ",") + "}"
    }

    private func decimal(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

    private func pad(_ text: String, _ width: Int) -> String {
        text.count < width ? text + String(repeating: " ", count: width - text.count) : text + " "
    }
}
