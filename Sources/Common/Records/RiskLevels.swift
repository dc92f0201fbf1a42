/// Lower bounds of the risk levels above `low`.
public struct RiskLevels: Sendable, Equatable, BitwiseCopyable {
    public var medium: Double
    public var high: Double
    public var critical: Double

    public init(medium: Double = 0.3, high: Double = 0.6, critical: Double = 0.9) {
        self.medium = medium
        self.high = high
        self.critical = critical
    }

    /// The level of a score; nil where it is unknown.
    @inlinable
    public func level(of score: Double) -> RiskScores.Level? {
        if score.isNaN { return nil }
        if score >= critical { return .critical }
        if score >= high { return .high }
        return score >= medium ? .medium : .low
    }
}
