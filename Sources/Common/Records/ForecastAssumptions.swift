/// What whoever asks for a forecast knows beside the data.
public struct ForecastAssumptions: Sendable, Hashable {
    /// Which observations say nothing about what is to come.
    public enum Exclusion: String, Sendable, Hashable, CaseIterable {
        /// Values far outside the usual spread around level and season.
        case outliers
        /// Those, and runs of zeros in a series that is otherwise hardly ever zero.
        case outliersAndStockOuts = "outliers_and_stock_outs"
    }

    /// The most a day can come to, > 0: growth levels off towards it, and nothing is forecast above it.
    public var capacity: Double?
    public var leavesOut: Exclusion?

    public init(capacity: Double? = nil, leavesOut: Exclusion? = nil) {
        self.capacity = capacity
        self.leavesOut = leavesOut
    }

    /// Whether nothing is known.
    public var isEmpty: Bool { capacity == nil && leavesOut == nil }
}
