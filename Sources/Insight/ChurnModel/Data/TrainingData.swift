/// Labelled rows: one row is one customer at one snapshot day.
public struct TrainingData: Sendable {
    /// The features, read from records dated before the snapshot day of each row.
    public let table: FeatureTable
    /// Whether the customer churned within the horizon after the snapshot day.
    public let labels: [Bool]
    /// The customer of each row as a hash (``CustomerHash``); rows of one group never stand on both sides of a split.
    public let groups: [UInt64]
    /// The snapshot of each row, counted from 0 in time order.
    public let snapshots: [Int]
    /// The day number of each snapshot, ascending; empty when unknown.
    public let snapshotDays: [Int]
    /// The score of the rules for each row, higher meaning riskier: reported beside the model on the same rows.
    public let baselineScores: [Double]?
    /// A score of the simplest kind for each row, such as days since a customer was last seen, higher meaning riskier:
    /// reported beside the model on the same rows.
    public let rivalScores: [Double]?

    /// Checks that everything has one entry per row.
    ///
    /// - Parameters:
    ///   - snapshots: one index per row; all rows belong to snapshot 0 when omitted.
    ///   - snapshotDays: ascending day numbers, one per snapshot; lets the fit drop training snapshots whose label
    ///     window reaches into the validation snapshot.
    /// - Throws: ``ChurnModelError/invalidTrainingData(_:)``.
    public init(
        table: FeatureTable,
        labels: [Bool],
        groups: [UInt64],
        snapshots: [Int]? = nil,
        snapshotDays: [Int] = [],
        baselineScores: [Double]? = nil,
        rivalScores: [Double]? = nil
    ) throws(ChurnModelError) {
        let rowCount = table.rowCount
        let snapshots = snapshots ?? [Int](repeating: 0, count: rowCount)
        for (name, count) in [
            ("labels", labels.count), ("groups", groups.count), ("snapshots", snapshots.count),
            ("baseline scores", baselineScores?.count ?? rowCount),
            ("rival scores", rivalScores?.count ?? rowCount),
        ] where count != rowCount {
            throw .invalidTrainingData("\(count) \(name) for \(rowCount) rows; give exactly one per row")
        }
        if let negative = snapshots.first(where: { $0 < 0 }) {
            throw .invalidTrainingData("the snapshot index \(negative) is negative; count snapshots from 0")
        }
        if !snapshotDays.isEmpty {
            let largest = snapshots.max() ?? 0
            guard largest < snapshotDays.count else {
                throw .invalidTrainingData("snapshot \(largest) has no day; \(snapshotDays.count) days were given")
            }
            guard zip(snapshotDays, snapshotDays.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw .invalidTrainingData("snapshot days must ascend; sort the snapshots by day")
            }
        }
        for (name, scores) in [("baseline", baselineScores), ("rival", rivalScores)] {
            guard let scores, !scores.allSatisfy(\.isFinite) else { continue }
            throw .invalidTrainingData("a \(name) score is not a finite number; leave the scores out instead")
        }
        self.table = table
        self.labels = labels
        self.groups = groups
        self.snapshots = snapshots
        self.snapshotDays = snapshotDays
        self.baselineScores = baselineScores
        self.rivalScores = rivalScores
    }

    private init(
        unchecked table: FeatureTable,
        _ labels: [Bool],
        _ groups: [UInt64],
        _ snapshots: [Int],
        _ snapshotDays: [Int],
        _ baselineScores: [Double]?,
        _ rivalScores: [Double]?
    ) {
        self.table = table
        self.labels = labels
        self.groups = groups
        self.snapshots = snapshots
        self.snapshotDays = snapshotDays
        self.baselineScores = baselineScores
        self.rivalScores = rivalScores
    }

    /// The number of rows.
    public var rowCount: Int { table.rowCount }

    /// The rows at the given positions, in that order.
    public func rows(_ rows: [Int]) -> TrainingData {
        TrainingData(
            unchecked: table.rows(rows),
            rows.map { labels[$0] },
            rows.map { groups[$0] },
            rows.map { snapshots[$0] },
            snapshotDays,
            baselineScores.map { scores in rows.map { scores[$0] } },
            rivalScores.map { scores in rows.map { scores[$0] } }
        )
    }

    /// The same rows with other labels.
    func relabelled(_ labels: [Bool]) -> TrainingData {
        TrainingData(unchecked: table, labels, groups, snapshots, snapshotDays, baselineScores, rivalScores)
    }

    /// The same rows without the named features.
    public func dropping(_ names: Set<String>) -> TrainingData {
        TrainingData(
            unchecked: table.dropping(names), labels, groups, snapshots, snapshotDays, baselineScores, rivalScores)
    }
}
