/// Settings of logistic regression.
public struct LogisticSettings: Sendable, Equatable {
    /// The weight of the data against the penalty: the objective is the summed log loss plus |b|² / (2 C) over the
    /// coefficients of standardised columns, the intercept left free.
    public var inversePenalty = 1.0
    /// The gradient norm at which Newton's method is done.
    public var gradientNormMax = 1e-8
    /// The most columns for Newton's method; above it L-BFGS.
    public var newtonColumnsMax = 100
    /// The most iterations.
    public var iterationsMax = 200

    /// The default settings.
    public init() {}

    func validate() throws(ChurnModelError) {
        guard inversePenalty > 0, inversePenalty.isFinite else {
            throw .invalidSettings("inversePenalty is \(inversePenalty); use a number above 0")
        }
        guard gradientNormMax > 0, gradientNormMax.isFinite else {
            throw .invalidSettings("gradientNormMax is \(gradientNormMax); use a number above 0")
        }
        guard newtonColumnsMax >= 1, iterationsMax >= 1 else {
            throw .invalidSettings("newtonColumnsMax and iterationsMax must be 1 or more")
        }
    }
}
