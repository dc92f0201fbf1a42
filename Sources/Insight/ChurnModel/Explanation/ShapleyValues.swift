/// A margin taken apart: `base` plus the sum of `values` is the margin.
public struct ShapleyValues: Sendable, Equatable {
    /// The expected margin over the training rows.
    public let base: Double
    /// One share of the margin per feature, in log-odds.
    public let values: [Double]
}
