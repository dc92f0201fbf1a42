/// Fits a churn model: judges the amount of data, lets logistic regression and boosted trees compete on rows they did
/// not learn from, calibrates the winner, refits it on all rows and writes the report.
///
/// - Parameters:
///   - data: labelled rows.
///   - settings: everything that can be set; seed and day included, so that the same arguments give the same bytes.
///   - isCancelled: asked after every tree, from any of the threads; true ends the fit.
/// - Throws: ``ChurnModelError/refused(_:)`` when there is too little to learn from,
///   ``ChurnModelError/invalidSettings(_:)`` when a setting is out of range, ``ChurnModelError/cancelled``.
public func fit(
    _ data: TrainingData,
    settings: ChurnModelSettings = ChurnModelSettings(),
    isCancelled: @escaping @Sendable () -> Bool = { false }
) throws(ChurnModelError) -> FittedChurnModel {
    try settings.validate()
    return try ChurnModelFit(data: data, settings: settings, isCancelled: isCancelled).run()
}

/// One run of ``fit(_:settings:)``.
struct ChurnModelFit {
    let data: TrainingData
    let settings: ChurnModelSettings
    let workers: Workers

    init(data: TrainingData, settings: ChurnModelSettings, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.data = data
        self.settings = settings
        workers = Workers(threadCount: settings.threadCount, isCancelled: isCancelled)
    }

    private func checkCancellation() throws(ChurnModelError) {
        if workers.isCancelled() { throw .cancelled }
    }

    /// Margins of one candidate on the examined rows, in the order of the splits.
    struct Examination {
        var margins: [Double] = []
        /// The model of the first split, for importance.
        var first: Estimator?
        var probabilities: [Double] { margins.map(Sigmoid.probability) }
    }

    func run() throws(ChurnModelError) -> FittedChurnModel {
        var allowsTrees = settings.candidates != .logisticOnly
        var choice = "logistic regression by setting"
        switch settings.gate.judge(data) {
        case .refused(let refusal): throw .refused(refusal)
        case .logisticOnly(let reason):
            if settings.candidates == .automatic {
                allowsTrees = false
                choice = reason
            }
        case .bothCandidates: break
        }
        let encoder = FeatureEncoder(fittedTo: data.table)
        let encoded = try encoder.encode(data.table)
        let plan = ValidationPlan(data, settings: settings)
        let learner =
            allowsTrees
            ? try BoostedLearner(
                data: data, encoder: encoder, encoded: encoded, settings: settings.boosting, seed: settings.seed,
                workers: workers
            ) : nil
        // A fold may by chance hold all rows of one class; then nothing can be learnt from the rest.
        for split in plan.splits {
            if let refusal = TrainingGate.refusalOfOneClass(split.learned.map { data.labels[$0] }) {
                throw .refused(refusal)
            }
        }
        let examined = plan.splits.flatMap(\.examined)
        let labels = examined.map { data.labels[$0] }
        let groups = examined.map { data.groups[$0] }
        let boosted = learner.map { examineTrees($0, plan: plan, encoder: encoder, encoded: encoded) }
        let linear =
            settings.candidates == .boostedOnly
            ? nil : examineLogistic(plan: plan, encoder: encoder, encoded: encoded, labels: labels)
        let logistic = linear?.examination

        try checkCancellation()
        var comparison: ModelComparison?
        var choosesTrees = logistic == nil
        if let boosted, let logistic {
            let result = try ModelComparison(
                champion: logistic.probabilities, challenger: boosted.probabilities, labels: labels, groups: groups,
                requiredStandardErrors: settings.selectionStandardErrors
            )
            comparison = result
            let areas = [boosted, logistic].map {
                RankingQuality.areaUnderROC(scores: $0.margins, labels: labels)?.value ?? 0.5
            }
            let chosen = CandidateChoice(
                result, areas: (trees: areas[0], logistic: areas[1]), penaltyFactor: linear?.factor ?? 1)
            choosesTrees = chosen.takesTrees
            choice = chosen.sentence
        } else if choosesTrees {
            choice = "boosted trees by setting"
        }
        guard let winner = choosesTrees ? boosted : logistic else {
            throw .invalidSettings("no candidate is left; allow logistic regression or trees")
        }
        let method = try calibrationMethod(winner.margins, labels: labels, groups: groups)
        let calibrator = Calibrator.fit(margins: winner.margins, labels: labels, method: method)
        let calibrated = crossCalibrated(winner.margins, labels: labels, groups: groups, method: method)
        let estimator = finalEstimator(
            choosesTrees: choosesTrees, learner: learner, penaltyFactor: linear?.factor ?? 1, encoder: encoder,
            encoded: encoded
        )
        try checkCancellation()
        let report = ValidationReport(
            kind: plan.kind,
            statement: plan.statement,
            rows: examined.count,
            logistic: logistic.map { QualityReport(probabilities: $0.probabilities, labels: labels) },
            boosted: boosted.map { QualityReport(probabilities: $0.probabilities, labels: labels) },
            chosen: QualityReport(probabilities: calibrated, labels: labels),
            comparison: comparison,
            choice: choice,
            baseline: baseline(data.baselineScores, examined, labels: labels),
            windows: windows(examined, probabilities: winner.probabilities),
            importance: importance(
                final: estimator, examining: winner.first ?? estimator, plan: plan, encoder: encoder, encoded: encoded
            ),
            rival: baseline(data.rivalScores, examined, labels: labels)
        )
        return FittedChurnModel(
            encoder: encoder,
            estimator: estimator,
            calibrator: calibrator,
            recentring: Recentring(offset: 0),
            labelDefinition: settings.labelDefinition,
            record: record(),
            profile: InputProfile(data.table, encoded: encoded, encoder: encoder),
            report: report
        )
    }
}
