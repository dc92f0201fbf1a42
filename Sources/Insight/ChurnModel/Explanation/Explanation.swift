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

    /// Explains some rows, for instance the flagged list. Costs about a millisecond per row with several hundred trees.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)``, also for a row outside the table.
    public func explain(
        _ table: FeatureTable, rows: [Int], threadCount: Int = 1
    ) throws(ChurnModelError) -> [Explanation] {
        if let outside = rows.first(where: { !(0..<table.rowCount).contains($0) }) {
            throw .featureMismatch("row \(outside) is outside the table of \(table.rowCount) rows")
        }
        let picked = table.rows(rows)
        let encoded = try encoder.encode(picked)
        let explain = estimator.explainer(featureCount: encoder.features.count)
        let columns = encoder.sources.map { source in picked.column(named: source.name) }
        return Workers(threadCount: threadCount).map(rows.count) { position in
            let features = encoder.featureVector(encoded, row: position)
            let shares = explain(features)
            let margin = estimator.margin(features)
            let contributions = encoder.sources.indices.map { source in
                Explanation.Contribution(
                    feature: encoder.sources[source].name,
                    value: columns[source]?.value(row: position) ?? .missing,
                    unit: encoder.sources[source].unit,
                    contribution: shares.values[encoder.featureRanges[source]].reduce(0, +)
                )
            }
            let ranked = contributions.enumerated().sorted {
                (abs($1.element.contribution), $0.offset) < (abs($0.element.contribution), $1.offset)
            }
            return Explanation(
                base: shares.base, contributions: ranked.map(\.element), margin: margin,
                probability: probability(margin)
            )
        }
    }
}
