/// Checks that a model cannot see what it must not see.
public enum LeakCheck {
    /// The result of training on shuffled labels.
    public struct ShuffledResult: Sendable, Equatable {
        /// The area under the ROC curve of the shuffled labels on held-out rows; 0.5 is expected.
        public let areaUnderROC: Interval
        /// How many standard errors the area is away from 0.5.
        public let standardErrors: Double
        /// Whether it is further away than three standard errors: then features carry the label or splits are mixed.
        public var isSuspicious: Bool { standardErrors > 3 }
    }

    /// The labels in random order inside each snapshot, so that base rates stay what they were.
    ///
    /// All rows of a customer in a snapshot are shuffled singly; labels never move between snapshots.
    public static func shuffledLabels(_ data: TrainingData, seed: UInt64) -> [Bool] {
        var rowsOf: [Int: [Int]] = [:]
        for (row, snapshot) in data.snapshots.enumerated() { rowsOf[snapshot, default: []].append(row) }
        var shuffled = data.labels
        var generator = SplitMix64(seed: seed)
        for (_, rows) in rowsOf.sorted(by: { $0.key < $1.key }) {
            for (place, source) in zip(rows, generator.permutation(rows.count)) {
                shuffled[place] = data.labels[rows[source]]
            }
        }
        return shuffled
    }

    /// Trains on shuffled labels and ranks held-out rows.
    ///
    /// Rows of one customer stay together; one fifth of the customers is held out.
    /// - Throws: as ``fit(_:settings:)``; ``ChurnModelError/refused(_:)`` when a part has one class only.
    public static func run(
        _ data: TrainingData,
        settings: ChurnModelSettings = ChurnModelSettings()
    ) throws(ChurnModelError) -> ShuffledResult {
        let shuffled = data.relabelled(shuffledLabels(data, seed: settings.seed))
        let folds = CustomerSplit.folds(
            labels: shuffled.labels, groups: shuffled.groups, foldCount: 5, seed: settings.seed
        )
        let learned = shuffled.rows(folds.indices.filter { folds[$0] != 0 })
        let held = shuffled.rows(folds.indices.filter { folds[$0] == 0 })
        let fitted = try GradientBoosting.fit(
            learned, settings: settings.boosting, seed: settings.seed, threadCount: settings.threadCount
        )
        let margins = try fitted.margins(held.table, threadCount: settings.threadCount)
        guard let area = RankingQuality.areaUnderROC(scores: margins, labels: held.labels) else {
            throw .refused(
                TrainingRefusal(
                    reason: .oneClassOnly, rows: held.rowCount, positives: held.labels.count { $0 },
                    negatives: held.labels.count { !$0 },
                    description: "the leak check needs churned and retained rows among the held-out ones; "
                        + "give more labelled rows"
                )
            )
        }
        // Scores without any spread rank nothing: the area is 0.5 and its error 0.
        let distance = abs(area.value - 0.5)
        let errors = distance == 0 ? 0 : distance / max(area.standardError, 1e-12)
        return ShuffledResult(areaUnderROC: area, standardErrors: errors)
    }

    /// The first row whose two scores differ in any bit: nil is what dropping later records must give.
    public static func firstDifference(_ first: [Double], _ second: [Double]) -> Int? {
        let shorter = min(first.count, second.count)
        for row in 0..<shorter where first[row].bitPattern != second[row].bitPattern { return row }
        return first.count == second.count ? nil : shorter
    }
}
