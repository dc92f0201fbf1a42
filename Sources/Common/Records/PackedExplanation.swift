/// An explanation as plain numbers, some hundred bytes long, so that those of all clients can be kept. Names, units and
/// sentences are made of it when it is asked for.
public struct PackedExplanation: Sendable {
    /// What one source contributes.
    public struct Share: Sendable {
        /// Of the model's encoder.
        public var source: Int32 = 0
        /// By the model's list of levels; -1 for a number and where unknown, -2 for a level that is not in the list.
        public var level: Int32 = -1
        /// Log-odds.
        public var contribution = 0.0
        /// NaN where unknown.
        public var value = Double.nan
        /// The same measure of now and of the time before, where ``ChurnText`` sets them side by side.
        public var now = Double.nan
        public var before = Double.nan

        public init() {}
    }

    /// What another value of one source would change.
    public struct Change: Sendable {
        public var source: Int32 = 0
        public var from = Double.nan
        public var to = 0.0
        public var marginChange = 0.0

        public init() {}
    }

    public static let sharesMax = 8
    public static let changesMax = 3

    /// Log-odds before calibration.
    public var margin = 0.0
    public var base = 0.0
    /// The largest first; only the first ``shareCount`` mean something.
    public var shares = InlineArray<8, Share>(repeating: Share())
    public var shareCount: UInt8 = 0
    public var changes = InlineArray<3, Change>(repeating: Change())
    public var changeCount: UInt8 = 0
    /// -1 beyond the months looked ahead.
    public var medianDays: Int32 = -1
    /// -1 without a model of the time to churn.
    public var meanDays: Int32 = -1

    public init() {}
}
