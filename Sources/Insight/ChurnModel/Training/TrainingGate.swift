/// The least amount of labelled history a model may be trained on.
public struct TrainingGate: Sendable, Equatable {
    /// Fewer churned rows than this and nothing is trained.
    public var positivesMin = 30
    /// Fewer retained rows than this and nothing is trained.
    public var negativesMin = 30
    /// Fewer churned rows than this and trees are not considered.
    public var positivesForTreesMin = 200

    /// The default limits.
    public init() {}

    /// What the gate lets through.
    public enum Outcome: Sendable, Equatable {
        /// Trees and logistic regression may compete.
        case bothCandidates
        /// Logistic regression only; the sentence says why.
        case logisticOnly(String)
        /// Nothing is trained.
        case refused(TrainingRefusal)
    }

    /// Judges labelled rows before any training.
    public func judge(_ data: TrainingData) -> Outcome {
        let positives = data.labels.count { $0 }
        let negatives = data.rowCount - positives
        func refused(_ reason: TrainingRefusal.Reason, _ sentence: String) -> Outcome {
            .refused(
                TrainingRefusal(
                    reason: reason, rows: data.rowCount, positives: positives, negatives: negatives,
                    description: sentence + " Until then the risk rules rank the clients."
                )
            )
        }
        if data.table.columns.isEmpty {
            return refused(.noFeatures, "no churn model was trained: the table has no features; give at least one.")
        }
        if let refusal = TrainingGate.refusalOfOneClass(data.labels) { return .refused(refusal) }
        if positives < positivesMin {
            return refused(
                .tooFewPositives,
                "no churn model was trained: \(positives) churned rows among \(data.rowCount), "
                    + "at least \(positivesMin) are needed."
            )
        }
        if negatives < negativesMin {
            return refused(
                .tooFewNegatives,
                "no churn model was trained: \(negatives) retained rows among \(data.rowCount), "
                    + "at least \(negativesMin) are needed."
            )
        }
        if !data.table.columns.contains(where: TrainingGate.varies) {
            return refused(
                .nothingVaries,
                "no churn model was trained: none of the \(data.table.columns.count) features takes two different "
                    + "values; give features that differ between clients."
            )
        }
        if positives < positivesForTreesMin {
            return .logisticOnly(
                "logistic regression by rule: \(positives) churned rows are fewer than the \(positivesForTreesMin) "
                    + "from which trees compete"
            )
        }
        return .bothCandidates
    }

    static func refusalOfOneClass(_ labels: [Bool]) -> TrainingRefusal? {
        let positives = labels.count { $0 }
        let negatives = labels.count - positives
        if labels.isEmpty {
            return TrainingRefusal(
                reason: .noRows, rows: 0, positives: 0, negatives: 0,
                description: "no churn model was trained: there are no labelled rows; wait for a completed label "
                    + "window. Until then the risk rules rank the clients."
            )
        }
        guard positives == 0 || negatives == 0 else { return nil }
        return TrainingRefusal(
            reason: .oneClassOnly, rows: labels.count, positives: positives, negatives: negatives,
            description: "no churn model was trained: all \(labels.count) rows are "
                + (positives == 0 ? "retained" : "churned")
                + "; both kinds are needed. Until then the risk rules rank the clients."
        )
    }

    /// Whether a column takes at least two values, missing counted as one.
    private static func varies(_ column: FeatureColumn) -> Bool {
        switch column.values {
        case .double(let values):
            guard let first = values.first.map(EncodedTable.clean) else { return false }
            return values.contains { value in
                let value = EncodedTable.clean(value)
                return value != first && !(value.isNaN && first.isNaN)
            }
        case .float(let values):
            guard let first = values.first.map({ EncodedTable.clean(Double($0)) }) else { return false }
            return values.contains { value in
                let value = EncodedTable.clean(Double(value))
                return value != first && !(value.isNaN && first.isNaN)
            }
        case .category(let codes, _):
            guard let first = codes.first.map({ max($0, -1) }) else { return false }
            return codes.contains { max($0, -1) != first }
        }
    }
}
