/// The model inside a fitted churn model.
public enum Estimator: Sendable, Equatable {
    case boosted(TreeEnsemble)
    case logistic(LogisticModel)

    /// The name for reports.
    public var name: String {
        switch self {
        case .boosted: "boosted trees"
        case .logistic: "logistic regression"
        }
    }

    /// The margin (log-odds) of one row of features (NaN where missing).
    func margin(_ features: [Double]) -> Double {
        switch self {
        case .boosted(let ensemble): ensemble.margin(features)
        case .logistic(let model): model.margin(features)
        }
    }

    /// The margin of every row.
    func margins(_ table: EncodedTable, encoder: FeatureEncoder, workers: Workers) -> [Double] {
        switch self {
        case .boosted(let ensemble):
            EnsembleScorer(ensemble: ensemble, encoder: encoder).margins(table, workers: workers)
        case .logistic(let model): model.margins(table, encoder: encoder)
        }
    }

    /// Something that takes margins of single rows apart; made once for many rows.
    func explainer(featureCount: Int) -> @Sendable ([Double]) -> ShapleyValues {
        switch self {
        case .boosted(let ensemble):
            if let tables = ShapleyTables(ensemble) { return { tables.values(tables.answers.words($0)) } }
            let shapley = TreeShapley(ensemble)
            return { shapley.values($0) }
        case .logistic(let model): return { model.contributions($0) }
        }
    }

    /// The part of the model that reads any of the features, without the constant.
    func part(reading features: Range<Int>) -> Estimator {
        switch self {
        case .boosted(let ensemble):
            return .boosted(
                TreeEnsemble(
                    base: 0, learningRate: ensemble.learningRate, featureCount: ensemble.featureCount, cuts: [],
                    trees: ensemble.trees.filter { tree in
                        tree.nodes.contains { !$0.isLeaf && features.contains(Int($0.feature)) }
                    }
                )
            )
        case .logistic(let model):
            return .logistic(
                LogisticModel(intercept: 0, terms: model.terms.filter { features.contains($0.feature) })
            )
        }
    }

    /// Whether nothing but the constant is left.
    var isConstant: Bool {
        switch self {
        case .boosted(let ensemble): ensemble.trees.allSatisfy { $0.nodes.count == 1 }
        case .logistic(let model): model.terms.isEmpty
        }
    }
}
