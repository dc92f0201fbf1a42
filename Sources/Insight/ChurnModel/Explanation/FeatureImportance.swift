/// How much a model leans on a feature overall. "Associated with", never "because of".
public struct FeatureImportance: Sendable, Equatable {
    /// The name of the source column.
    public let feature: String
    /// The mean absolute share of the margin, in log-odds, the levels of a category taken together.
    public let meanAbsoluteContribution: Double
    /// How far the area under the ROC curve falls on examined rows when the column is permuted: the mean.
    public let permutationDrop: Double
    /// The standard deviation of the fall over the permutations.
    public let permutationSpread: Double
}
