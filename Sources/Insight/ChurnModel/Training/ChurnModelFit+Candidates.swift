extension ChurnModelFit {
    /// Fits trees on the learning rows of every split and scores the examined ones.
    func examineTrees(
        _ learner: BoostedLearner, plan: ValidationPlan, encoder: FeatureEncoder, encoded: EncodedTable
    ) -> Examination {
        var examination = Examination()
        for split in plan.splits {
            let result = learner.fit(rows: split.learned)
            add(.boosted(result.ensemble), split: split, to: &examination, encoder: encoder, encoded: encoded)
        }
        return examination
    }

    /// The same for logistic regression.
    func examineLogistic(plan: ValidationPlan, encoder: FeatureEncoder, encoded: EncodedTable) -> Examination {
        var examination = Examination()
        for split in plan.splits {
            let model = LogisticRegression.fit(
                encoded, encoder: encoder, labels: data.labels, rows: split.learned, settings: settings.logistic,
                workers: workers
            )
            add(.logistic(model), split: split, to: &examination, encoder: encoder, encoded: encoded)
        }
        return examination
    }

    private func add(
        _ estimator: Estimator, split: ValidationPlan.Split, to examination: inout Examination,
        encoder: FeatureEncoder, encoded: EncodedTable
    ) {
        examination.margins += estimator.margins(encoded.rows(split.examined), encoder: encoder, workers: workers)
        if examination.first == nil { examination.first = estimator }
    }

    /// The winner on all rows. Trees look for their number again: more rows carry more trees.
    func finalEstimator(
        choosesTrees: Bool, learner: BoostedLearner?, encoder: FeatureEncoder, encoded: EncodedTable
    ) -> Estimator {
        let rows = Array(0..<data.rowCount)
        if choosesTrees, let learner { return .boosted(learner.fit(rows: rows).ensemble) }
        return .logistic(
            LogisticRegression.fit(
                encoded, encoder: encoder, labels: data.labels, rows: rows, settings: settings.logistic,
                workers: workers
            )
        )
    }

    static func sentence(_ comparison: ModelComparison, ranksWorse: Bool) -> String {
        let difference = decimal(comparison.meanImprovement)
        let error = decimal(comparison.standardError)
        switch comparison.verdict {
        case .challengerBetter:
            return ranksWorse
                ? "logistic regression: trees have the lower log loss (by \(difference) ± \(error)) but rank worse"
                : "boosted trees: lower log loss by \(difference) ± \(error) per row"
        case .championBetter:
            let advantage = decimal(-comparison.meanImprovement)
            return "logistic regression: lower log loss by \(advantage) ± \(error) per row"
        case .withinNoise:
            return "logistic regression: trees differ by \(difference) ± \(error) log loss per row, within noise"
        }
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
