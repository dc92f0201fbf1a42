/// Gradient boosting of histogram trees with logistic loss.
public enum GradientBoosting {
    /// A fitted ensemble with what is needed to use it.
    public struct Fitted: Sendable {
        /// How tables are encoded for the trees.
        public let encoder: FeatureEncoder
        /// The trees.
        public let ensemble: TreeEnsemble
        /// The log loss on the held-back rows after each round of the early-stopping pass.
        public let heldBackLogLoss: [Double]

        /// The margin (log-odds) of every row.
        public func margins(_ table: FeatureTable, threadCount: Int = 1) throws(ChurnModelError) -> [Double] {
            let encoded = try encoder.encode(table)
            return EnsembleScorer(ensemble: ensemble, encoder: encoder)
                .margins(encoded, workers: Workers(threadCount: threadCount))
        }

        /// The share of the margin of one row that belongs to each feature.
        public func shapley(_ table: FeatureTable, row: Int) throws(ChurnModelError) -> ShapleyValues {
            let encoded = try encoder.encode(table.rows([row]))
            return TreeShapley(ensemble).values(encoder.featureVector(encoded, row: 0))
        }
    }

    /// Fits trees.
    ///
    /// Without `rounds` the number of trees comes from early stopping: on the latest snapshot when there are at least
    /// three and both labels occur in it, otherwise on a share of the customers (with few rows on three such shares, of
    /// which the middle number counts); then all rows are fitted with it.
    ///
    /// - Parameters:
    ///   - rounds: a fixed number of trees instead of early stopping.
    ///   - seed: decides which customers are held back.
    ///   - threadCount: how many threads may work; the result is the same for any number.
    /// - Throws: ``ChurnModelError/invalidSettings(_:)``, or ``ChurnModelError/refused(_:)`` when only one class occurs.
    public static func fit(
        _ data: TrainingData,
        settings: BoostingSettings = BoostingSettings(),
        rounds: Int? = nil,
        seed: UInt64 = 1,
        threadCount: Int = 1
    ) throws(ChurnModelError) -> Fitted {
        let encoder = FeatureEncoder(fittedTo: data.table)
        let encoded = try encoder.encode(data.table)
        let learner = try BoostedLearner(
            data: data, encoder: encoder, encoded: encoded, settings: settings, seed: seed,
            workers: Workers(threadCount: threadCount)
        )
        if let refusal = TrainingGate.refusalOfOneClass(data.labels) { throw .refused(refusal) }
        if let rounds, rounds < 1 { throw .invalidSettings("rounds is \(rounds); use 1 or more") }
        let result = learner.fit(rows: Array(0..<data.rowCount), rounds: rounds)
        return Fitted(encoder: encoder, ensemble: result.ensemble, heldBackLogLoss: result.heldBackLogLoss)
    }
}
