/// Everything about a fit that depends on the calendar and the settings but not on the observations: times,
/// changepoints, the feature matrix and the factored normal equations. Series observed at the same times share
/// one design, which makes a further fit cost a fraction of the first.
public struct ProphetDesign: Sendable {
    public let settings: ProphetSettings
    /// Observed timestamps, ascending.
    public let timestamps: [Int64]
    /// Observed times scaled to 0...1.
    public let times: [Double]
    /// Changepoint timestamps; empty when there are none.
    public let changepointTimestamps: [Int64]
    /// Scaled changepoint times; a single 0 stands in when there are none.
    public let changepointTimes: [Double]
    let layout: FeatureLayout
    /// Column-major features, `timestamps.count` rows.
    let features: [Double]
    let priorScales: [Double]
    let additive: [Double]
    let multiplicative: [Double]
    /// Set for models that are linear in all parameters.
    let normalEquations: NormalEquations?

    /// Builds the design of an ascending, fully observed history.
    ///
    /// - Parameter keeping: resolved seasonalities of an earlier fit, or nil to resolve them from this history.
    init(
        history: ForecastSeries,
        settings: ProphetSettings,
        keeping: [FeatureLayout.ResolvedSeasonality]? = nil
    ) throws(ForecastError) {
        guard history.timestamps.count >= 2 else {
            throw .tooFewObservations(found: history.timestamps.count, needed: 2)
        }
        guard let start = history.timestamps.first, let end = history.timestamps.last, end > start else {
            throw .singleTimestamp
        }
        self.settings = settings
        timestamps = history.timestamps
        let span = Double(end - start)
        times = history.timestamps.map { Double($0 - start) / span }
        changepointTimestamps = try ChangepointPlacement.timestamps(
            history: history.timestamps, changepoints: settings.changepoints)
        changepointTimes =
            changepointTimestamps.isEmpty ? [0] : changepointTimestamps.map { Double($0 - start) / span }
        layout = try FeatureLayout(resolving: settings, history: history, keeping: keeping)
        features = try layout.matrix(of: history.future, holidays: settings.holidays)
        priorScales = layout.priorScales
        additive = layout.additive
        multiplicative = layout.multiplicative
        if settings.growth != .logistic, multiplicative.allSatisfy({ $0 == 0 }) {
            normalEquations = try NormalEquations(
                growth: settings.growth, times: times, changepoints: changepointTimes,
                features: features, priorScales: priorScales
            )
        } else {
            normalEquations = nil
        }
    }

    var rowCount: Int { timestamps.count }
    var columnCount: Int { priorScales.count }

    /// Feature column names, in the notation `<component>_delim_<part>`.
    public var columnNames: [String] { layout.columnNames }

    /// The product of the features with `coefficients`, restricted to columns whose flag is not 0.
    func combination(_ coefficients: [Double], flags: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: rowCount)
        features.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                guard let base = source.baseAddress, let out = target.baseAddress else { return }
                for column in coefficients.indices where flags[column] != 0 && coefficients[column] != 0 {
                    DenseKernels.addScaled(out, coefficients[column], base + column * rowCount, rowCount)
                }
            }
        }
        return result
    }
}
