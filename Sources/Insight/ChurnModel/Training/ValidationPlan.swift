/// How candidates are judged: which rows teach and which rows examine.
struct ValidationPlan: Sendable {
    struct Split: Sendable {
        let learned: [Int]
        let examined: [Int]
    }

    let kind: ValidationReport.Kind
    let splits: [Split]
    /// The plan in words, for reports.
    let statement: String

    /// Prefers the latest snapshot, with training snapshots whose label window ends before it; otherwise customers are
    /// divided, so that no customer is on both sides.
    init(_ data: TrainingData, settings: ChurnModelSettings) {
        var obstacle = ""
        let snapshots = Set(data.snapshots).sorted()
        if snapshots.count >= 2, let latest = snapshots.last {
            if let split = ValidationPlan.timeForward(data, latest: latest, settings: settings) {
                kind = .latestSnapshot
                splits = [split]
                statement =
                    "trained on \(split.learned.count) rows of earlier snapshots whose label windows end before the "
                    + "latest one, examined on the \(split.examined.count) rows of the latest snapshot"
                return
            }
            obstacle = "; the latest snapshot or the ones before it hold too few churned or retained rows"
        }
        let positives = data.labels.count { $0 }
        let rarer = min(positives, data.rowCount - positives)
        if data.rowCount >= settings.singleHoldoutRowsMin, rarer >= settings.singleHoldoutRarerMin {
            let held = CustomerSplit.heldBack(
                labels: data.labels, groups: data.groups, share: 0.2, seed: settings.seed &+ 1
            )
            kind = .heldOutCustomers
            splits = [
                Split(learned: held.indices.filter { !held[$0] }, examined: held.indices.filter { held[$0] })
            ]
            statement = "examined once on a fifth of the customers\(obstacle)"
            return
        }
        let folds = CustomerSplit.folds(
            labels: data.labels, groups: data.groups, foldCount: settings.foldCount, seed: settings.seed &+ 1
        )
        kind = .customerFolds
        splits = (0..<settings.foldCount).map { fold in
            Split(
                learned: folds.indices.filter { folds[$0] != fold },
                examined: folds.indices.filter { folds[$0] == fold }
            )
        }
        statement = "\(settings.foldCount) folds of customers, each examined by a model of the others\(obstacle)"
    }

    private static func timeForward(
        _ data: TrainingData, latest: Int, settings: ChurnModelSettings
    ) -> Split? {
        let examined = data.snapshots.indices.filter { data.snapshots[$0] == latest }
        let horizon = settings.labelDefinition.horizonDays
        let learned = data.snapshots.indices.filter { row in
            let snapshot = data.snapshots[row]
            guard snapshot < latest else { return false }
            guard !data.snapshotDays.isEmpty else { return true }
            return data.snapshotDays[snapshot] + horizon <= data.snapshotDays[latest]
        }
        func holds(_ rows: [Int], _ positivesMin: Int, _ negativesMin: Int) -> Bool {
            let positives = rows.count { data.labels[$0] }
            return positives >= positivesMin && rows.count - positives >= negativesMin
        }
        guard holds(examined, 10, 10), holds(learned, settings.gate.positivesMin, settings.gate.negativesMin) else {
            return nil
        }
        return Split(learned: learned, examined: examined)
    }
}
