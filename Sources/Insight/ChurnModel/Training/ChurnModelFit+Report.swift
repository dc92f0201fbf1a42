extension ChurnModelFit {
    /// The kind of calibrator: where rows are many, the smooth one unless the steps of the other are better beyond noise
    /// on rows they were not fitted to. Steps cost a weak model some of its ranking.
    func calibrationMethod(
        _ margins: [Double], labels: [Bool], groups: [UInt64]
    ) throws(ChurnModelError) -> Calibrator.Method {
        guard settings.calibration == .automatic else { return settings.calibration }
        guard margins.count >= Calibrator.isotonicRowsMin else { return .platt }
        let comparison = try ModelComparison(
            champion: crossCalibrated(margins, labels: labels, groups: groups, method: .platt),
            challenger: crossCalibrated(margins, labels: labels, groups: groups, method: .isotonic), labels: labels,
            groups: groups, requiredStandardErrors: settings.selectionStandardErrors)
        return comparison.verdict == .challengerBetter ? .isotonic : .platt
    }

    /// Calibrated probabilities for the report: each half of the customers with the calibrator of the other half.
    func crossCalibrated(
        _ margins: [Double], labels: [Bool], groups: [UInt64], method: Calibrator.Method
    ) -> [Double] {
        let half = CustomerSplit.folds(labels: labels, groups: groups, foldCount: 2, seed: settings.seed &+ 2)
        var probabilities = [Double](repeating: 0, count: margins.count)
        for side in 0..<2 {
            let others = half.indices.filter { half[$0] != side }
            let calibrator = Calibrator.fit(
                margins: others.map { margins[$0] }, labels: others.map { labels[$0] }, method: method
            )
            for row in half.indices where half[row] == side {
                probabilities[row] = calibrator.probability(margins[row])
            }
        }
        return probabilities
    }

    /// How scores that nothing was learned for rank the examined rows.
    func baseline(_ scores: [Double]?, _ examined: [Int], labels: [Bool]) -> ValidationReport.Baseline? {
        guard let scores = scores.map({ scores in examined.map { scores[$0] } }),
            let area = RankingQuality.areaUnderROC(scores: scores, labels: labels)
        else { return nil }
        return ValidationReport.Baseline(
            areaUnderROC: area, liftTopTenth: RankingQuality.lift(scores: scores, labels: labels, topShare: 0.1)
        )
    }

    func windows(_ examined: [Int], probabilities: [Double]) -> [ValidationReport.Window] {
        var rows: [Int: (rows: Int, observed: Int, expected: Double)] = [:]
        for (row, probability) in zip(examined, probabilities) {
            var window = rows[data.snapshots[row]] ?? (0, 0, 0)
            window.rows += 1
            window.observed += data.labels[row] ? 1 : 0
            window.expected += probability
            rows[data.snapshots[row]] = window
        }
        return rows.sorted { $0.key < $1.key }.map { snapshot, window in
            ValidationReport.Window(
                snapshot: snapshot,
                day: data.snapshotDays.isEmpty ? nil : data.snapshotDays[snapshot],
                rows: window.rows, observed: window.observed, expected: window.expected
            )
        }
    }

    /// Mean shares come from the final model, permutation drops from an examined one on rows it did not learn from.
    func importance(
        final: Estimator, examining: Estimator, plan: ValidationPlan, encoder: FeatureEncoder, encoded: EncodedTable
    ) -> [FeatureImportance] {
        guard settings.importanceRowsMax > 0, let split = plan.splits.first else { return [] }
        let rows = sample(split.examined, count: settings.importanceRowsMax)
        var explained = rows
        if case .boosted(let ensemble) = final {
            // Exact shares cost about a microsecond per leaf: hold the whole to a second or so.
            explained = sample(rows, count: max(200, 200_000 / max(1, ensemble.trees.count)))
        }
        let means = ImportanceMeasure.meanAbsoluteContributions(
            final, encoder: encoder, table: encoded, rows: explained, workers: workers
        )
        let drops = ImportanceMeasure.permutationDrops(
            examining, encoder: encoder, table: encoded.rows(rows), labels: rows.map { data.labels[$0] },
            permutations: settings.importancePermutations, seed: settings.seed &+ 3, workers: workers
        )
        return encoder.sources.indices
            .map { source in
                FeatureImportance(
                    feature: encoder.sources[source].name, meanAbsoluteContribution: means[source],
                    permutationDrop: drops[source].mean, permutationSpread: drops[source].spread
                )
            }
            .enumerated()
            .sorted { first, second in
                let (one, other) = (first.element.meanAbsoluteContribution, second.element.meanAbsoluteContribution)
                return one != other ? one > other : first.offset < second.offset
            }
            .map(\.element)
    }

    /// Rows of the customers whose hashes come first: the same for any order of rows.
    private func sample(_ rows: [Int], count: Int) -> [Int] {
        guard rows.count > count else { return rows }
        return rows.map { (order: SplitMix64.mix(data.groups[$0] ^ settings.seed), row: $0) }
            .sorted { ($0.order, $0.row) < ($1.order, $1.row) }
            .prefix(count).map(\.row).sorted()
    }

    func record() -> TrainingRecord {
        let days = Set(data.snapshots).sorted().compactMap { snapshot in
            data.snapshotDays.isEmpty ? nil : data.snapshotDays[snapshot]
        }
        return TrainingRecord(
            rows: data.rowCount,
            positives: data.labels.count { $0 },
            customers: Set(data.groups).count,
            firstSnapshotDay: days.first,
            lastSnapshotDay: days.last,
            trainedOnDay: settings.trainedOnDay,
            seed: settings.seed,
            fingerprint: DataFingerprint.digest(data)
        )
    }
}
