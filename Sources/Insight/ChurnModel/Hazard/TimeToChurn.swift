import Glibc

/// A hazard model made ready to foretell when single clients leave.
public struct TimeToChurn: Sendable {
    /// When a client is expected to leave, counted from now. Between the ends of two months the risk is taken to be spread
    /// evenly (a constant rate), so that fractions of months have a meaning.
    public struct Outlook: Sendable, Equatable {
        /// Until half of such clients are gone; nil when that lies beyond the months looked ahead.
        public let medianMonths: Double?
        /// The mean time that such clients stay, those who outstay the months looked ahead counted with these (the
        /// restricted mean survival time).
        public let meanMonths: Double
    }

    public let monthsAhead: Int
    private let encoder: FeatureEncoder
    private let features: LogisticModel
    /// The share of the margin by completed months.
    private let times: [Double]

    /// - Parameter monthsAhead: how far to look, 1 or more.
    public init(_ model: HazardModel, monthsAhead: Int) {
        self.monthsAhead = max(1, monthsAhead)
        encoder = model.encoder
        features = model.features
        times = model.timeMargins
    }

    /// The columns that ``outlook(_:completedMonths:)`` wants, in their order.
    public var columns: [String] { encoder.sources.map(\.name) }

    /// - Parameters:
    ///   - values: one per column; a value of the other kind is missing.
    ///   - completedMonths: since the relationship began; below 0 counts as 0.
    /// - Throws: ``ChurnModelError/featureMismatch(_:)`` for another number of values.
    public func outlook(_ values: [FeatureValue], completedMonths: Int) throws(ChurnModelError) -> Outlook {
        guard values.count == encoder.sources.count else {
            throw .featureMismatch(
                "\(values.count) values for the \(encoder.sources.count) columns of the model; give one for each")
        }
        let margin = features.margin(encoder.features(of: values))
        var alive = 1.0
        var median: Double?
        var mean = 0.0
        for ahead in 0..<monthsAhead {
            let hazard = Sigmoid.probability(margin + times[min(max(0, completedMonths) + ahead, times.count - 1)])
            let rate = -log1p(-hazard)
            let rest = alive * (1 - hazard)
            if median == nil, rest < 0.5 {
                // Certain churn leaves no rate; then half of it is over in no time.
                median = Double(ahead) + (rate.isFinite ? log(alive / 0.5) / rate : 0)
            }
            // The integral of the survival curve over the month; for a small rate its limit.
            mean += rate > 1e-12 ? rate.isFinite ? (alive - rest) / rate : 0 : alive
            alive = rest
        }
        return Outlook(medianMonths: median, meanMonths: mean)
    }
}
