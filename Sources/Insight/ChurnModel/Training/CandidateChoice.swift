/// Trees or logistic regression, judged on rows that neither learned from, and why in words.
///
/// The log loss decides where it differs beyond noise. Where it does not, the simpler model is taken, unless the other one
/// is clearly the better ranking and not the worse in log loss: with few churned rows the log loss says little.
struct CandidateChoice: Equatable {
    let takesTrees: Bool
    let sentence: String

    /// Areas under the ROC curve that are closer than this count as equal.
    static let areaTie = 0.003

    /// - Parameters:
    ///   - comparison: trees as the challenger of logistic regression.
    ///   - areas: under the ROC curve on the same rows.
    ///   - penaltyFactor: of ``ChurnModelSettings/penaltyFactors``, the one that logistic regression was taken with.
    init(_ comparison: ModelComparison, areas: (trees: Double, logistic: Double), penaltyFactor: Double = 1) {
        let difference = CandidateChoice.decimal(comparison.meanImprovement)
        let error = CandidateChoice.decimal(comparison.standardError)
        let logistic =
            "logistic regression"
            + (penaltyFactor == 1 ? "" : " with \(CandidateChoice.times(1 / penaltyFactor)) the usual penalty")
        switch comparison.verdict {
        case .challengerBetter where areas.trees < areas.logistic - CandidateChoice.areaTie:
            takesTrees = false
            sentence = "\(logistic): trees have the lower log loss (by \(difference) ± \(error)) but rank worse"
        case .challengerBetter:
            takesTrees = true
            sentence = "boosted trees: lower log loss by \(difference) ± \(error) per row"
        case .championBetter:
            takesTrees = false
            let advantage = CandidateChoice.decimal(-comparison.meanImprovement)
            sentence = "\(logistic): lower log loss by \(advantage) ± \(error) per row"
        case .withinNoise
        where comparison.meanImprovement > 0 && areas.trees > areas.logistic + CandidateChoice.areaTie:
            takesTrees = true
            sentence =
                "boosted trees: they rank better, and their log loss is lower by \(difference) ± \(error) per row, within "
                + "noise"
        case .withinNoise:
            takesTrees = false
            sentence = "\(logistic): trees differ by \(difference) ± \(error) log loss per row, within noise"
        }
    }

    /// `1,000 times`
    private static func times(_ value: Double) -> String {
        let rounded = value.rounded()
        guard rounded >= 1, rounded < 1e15 else { return "another multiple of" }
        var digits = String(Int(rounded))
        var groups: [String] = []
        while digits.utf8.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: ",") + " times"
    }

    /// A number with five decimals.
    private static func decimal(_ value: Double) -> String {
        let scaled = (abs(value) * 100_000).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let digits = String(Int(scaled) % 100_000)
        let padded = String(repeating: "0", count: 5 - digits.count) + digits
        return (value < 0 && scaled > 0 ? "-" : "") + "\(Int(scaled) / 100_000).\(padded)"
    }
}
