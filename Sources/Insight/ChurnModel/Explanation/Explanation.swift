/// Why one row has the score it has: the margin taken apart by feature.
public struct Explanation: Sendable, Equatable {
    /// The share of one feature. The feature is associated with the risk; nothing is said about causes.
    public struct Contribution: Sendable, Equatable {
        /// The name of the source column.
        public let feature: String
        /// The value of the row.
        public let value: FeatureValue
        public let unit: String
        /// Log-odds; above 0 the value goes with a higher risk than the average row's.
        public let contribution: Double
    }

    /// The expected margin of the training rows.
    public let base: Double
    /// One entry per source column, the largest share first.
    public let contributions: [Contribution]
    /// `base` plus all contributions.
    public let margin: Double
    /// The calibrated probability.
    public let probability: Double
}

extension FittedChurnModel {
    /// Explains one row.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)``, also for a row outside the table.
    public func explain(_ table: FeatureTable, row: Int) throws(ChurnModelError) -> Explanation {
        try explain(table, rows: [row])[0]
    }

    /// Explains some rows, for instance the flagged list. For one after the other keep a ``ModelExplainer``.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)``, also for a row outside the table.
    public func explain(
        _ table: FeatureTable, rows: [Int], threadCount: Int = 1
    ) throws(ChurnModelError) -> [Explanation] {
        if let outside = rows.first(where: { !(0..<table.rowCount).contains($0) }) {
            throw .featureMismatch("row \(outside) is outside the table of \(table.rowCount) rows")
        }
        let explainer = ModelExplainer(self)
        let made = try rows.map { row throws(ChurnModelError) in try explainer.row(encoder.values(table, row: row)) }
        return Workers(threadCount: threadCount).map(made.count) { explainer.explain(made[$0]) }
    }
}
