/// A fitted sum of trees: margin (log-odds) = base + learning rate · sum of leaf values.
public struct TreeEnsemble: Sendable, Equatable {
    /// The log-odds of the weighted base rate.
    public let base: Double
    /// The factor on every leaf value.
    public let learningRate: Double
    /// The number of features that nodes may refer to.
    public let featureCount: Int
    /// The cut points of every source column; empty for a category.
    public let cuts: [[Double]]
    /// The trees in the order in which they were grown.
    public let trees: [DecisionTree]

    /// The margin of one row of features (NaN where missing).
    public func margin(_ features: [Double]) -> Double {
        var sum = 0.0
        for tree in trees { sum += tree.value(features) }
        return base + learningRate * sum
    }
}
