/// Settings of gradient boosting. The defaults are the ones the acceptance figures were measured with.
public struct BoostingSettings: Sendable, Equatable {
    /// The share of each tree's step that is taken, in (0, 1].
    public var learningRate = 0.05
    /// The most trees.
    public var roundsMax = 600
    /// The most leaves of a tree, at least 2.
    public var leavesMax = 15
    /// The most splits between the root and a leaf, at least 1.
    public var depthMax = 6
    /// The L2 penalty on leaf values, 0 or more.
    public var lambda = 1.0
    /// The fewest rows of a leaf.
    public var rowsPerLeafMin = 20
    /// The smallest sum of second derivatives of a leaf.
    public var hessianPerLeafMin = 1e-3
    /// The weight of a positive row against 1 for a negative one, at most 1000. It moves the base rate: calibrate.
    public var positiveWeight = 1.0
    /// The most bins of a numeric feature, the one for missing values included (3...256).
    public var binsMax = 256
    /// Rounds without improvement after which early stopping ends.
    public var patienceRounds = 40
    /// The smallest fall of the log loss that counts as improvement.
    public var improvementMin = 1e-7
    /// The share of customers held back for early stopping, in (0, 0.5].
    public var heldBackShare = 0.15
    /// Whether early stopping may watch the latest of three or more snapshots. Only where label windows do not overlap:
    /// otherwise the watched rows share churns with those that are learned from, and customers are held back instead.
    public var watchesLatestSnapshot = true
    /// By source name: +1 lets the risk only rise with the number, -1 only fall. Empty by default, because the sign of
    /// a feature such as recency differs between businesses.
    public var monotone: [String: Int] = [:]

    /// The default settings.
    public init() {}

    func validate() throws(ChurnModelError) {
        func require(_ holds: Bool, _ statement: String) throws(ChurnModelError) {
            guard holds else { throw .invalidSettings(statement) }
        }
        try require(learningRate > 0 && learningRate <= 1, "learningRate is \(learningRate); use 0 < rate <= 1")
        try require((1...100_000).contains(roundsMax), "roundsMax is \(roundsMax); use 1...100000")
        try require((2...1_024).contains(leavesMax), "leavesMax is \(leavesMax); use 2...1024")
        try require((1...64).contains(depthMax), "depthMax is \(depthMax); use 1...64")
        try require(lambda >= 0 && lambda.isFinite, "lambda is \(lambda); use 0 or more")
        try require(rowsPerLeafMin >= 1, "rowsPerLeafMin is \(rowsPerLeafMin); use 1 or more")
        try require(
            hessianPerLeafMin > 0 && hessianPerLeafMin.isFinite,
            "hessianPerLeafMin is \(hessianPerLeafMin); use a number above 0"
        )
        try require(
            positiveWeight > 0 && positiveWeight <= 1_000, "positiveWeight is \(positiveWeight); use 0 < weight <= 1000"
        )
        try require((3...256).contains(binsMax), "binsMax is \(binsMax); use 3...256")
        try require(patienceRounds >= 1, "patienceRounds is \(patienceRounds); use 1 or more")
        try require(improvementMin >= 0, "improvementMin is \(improvementMin); use 0 or more")
        try require(
            heldBackShare > 0 && heldBackShare <= 0.5, "heldBackShare is \(heldBackShare); use 0 < share <= 0.5"
        )
        for (name, sign) in monotone.sorted(by: { $0.key < $1.key }) {
            try require(sign == 1 || sign == -1, "monotone['\(name)'] is \(sign); use 1 or -1, or leave it out")
        }
    }

    /// The sign for every feature, 0 for none.
    func signs(for encoder: FeatureEncoder) throws(ChurnModelError) -> [Int8] {
        var signs = [Int8](repeating: 0, count: encoder.features.count)
        for (name, sign) in monotone.sorted(by: { $0.key < $1.key }) {
            guard let source = encoder.sources.firstIndex(where: { $0.name == name }) else {
                throw .invalidSettings("monotone names '\(name)', which is no feature of the table")
            }
            guard encoder.sources[source].kind == .number else {
                throw .invalidSettings("monotone names '\(name)', which is a category; only numbers have an order")
            }
            signs[encoder.featureRanges[source].lowerBound] = Int8(sign)
        }
        return signs
    }
}
