/// An estimate with its uncertainty.
public struct Interval: Sendable, Equatable {
    /// The estimate.
    public let value: Double
    /// The standard error of the estimate.
    public let standardError: Double
    /// The lower end of the 95 % interval.
    public let lower: Double
    /// The upper end of the 95 % interval.
    public let upper: Double
}
