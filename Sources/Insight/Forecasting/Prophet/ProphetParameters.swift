/// The parameters of a fitted model, on the model's scale.
public struct ProphetParameters: Sendable, Equatable {
    /// Base rate k.
    public var rate: Double
    /// Offset m.
    public var offset: Double
    /// Rate change at each changepoint.
    public var rateChanges: [Double]
    /// Coefficient of each feature column.
    public var coefficients: [Double]
    /// Standard deviation of the observation noise, > 0.
    public var noise: Double

    public init(rate: Double, offset: Double, rateChanges: [Double], coefficients: [Double], noise: Double) {
        self.rate = rate
        self.offset = offset
        self.rateChanges = rateChanges
        self.coefficients = coefficients
        self.noise = noise
    }

    var areFinite: Bool {
        rate.isFinite && offset.isFinite && noise.isFinite && rateChanges.allSatisfy(\.isFinite)
            && coefficients.allSatisfy(\.isFinite)
    }
}
