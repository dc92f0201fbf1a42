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

    /// The same for logistic regression, with every penalty that is tried.
    /// - Returns: the examination with the lowest log loss, and the factor on the inverse penalty that belongs to it.
    func examineLogistic(
        plan: ValidationPlan, encoder: FeatureEncoder, encoded: EncodedTable, labels: [Bool]
    ) -> (examination: Examination, factor: Double) {
        let searches = plan.splits.allSatisfy { $0.learned.count <= settings.penaltySearchRowsMax }
        let factors = searches ? settings.penaltyFactors : Array(settings.penaltyFactors.prefix(1))
        var examinations = factors.map { _ in Examination() }
        for split in plan.splits {
            let models = LogisticRegression.path(
                encoded, encoder: encoder, labels: data.labels, rows: split.learned, settings: settings.logistic,
                factors: factors, workers: workers
            )
            for (position, model) in models.enumerated() {
                add(
                    .logistic(model), split: split, to: &examinations[position], encoder: encoder, encoded: encoded)
            }
        }
        var best = (examination: examinations[0], factor: factors[0])
        var lowest = ProbabilityQuality.logLoss(probabilities: examinations[0].probabilities, labels: labels)
        for (examination, factor) in zip(examinations, factors).dropFirst() {
            let loss = ProbabilityQuality.logLoss(probabilities: examination.probabilities, labels: labels)
            if loss < lowest { (best, lowest) = ((examination, factor), loss) }
        }
        return best
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
        choosesTrees: Bool, learner: BoostedLearner?, penaltyFactor: Double, encoder: FeatureEncoder,
        encoded: EncodedTable
    ) -> Estimator {
        let rows = Array(0..<data.rowCount)
        if choosesTrees, let learner { return .boosted(learner.fit(rows: rows).ensemble) }
        var logistic = settings.logistic
        logistic.inversePenalty *= penaltyFactor
        return .logistic(
            LogisticRegression.fit(
                encoded, encoder: encoder, labels: data.labels, rows: rows, settings: logistic, workers: workers
            )
        )
    }
}
