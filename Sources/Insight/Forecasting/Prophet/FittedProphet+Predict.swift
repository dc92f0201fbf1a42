/// What a prediction computes beside the forecast itself.
public struct ProphetPredictionParts: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Bounds of the forecast.
    public static let interval = ProphetPredictionParts(rawValue: 1)
    /// Bounds of the trend.
    public static let trendInterval = ProphetPredictionParts(rawValue: 2)
    /// Contributions of the single components.
    public static let components = ProphetPredictionParts(rawValue: 4)
    public static let all: ProphetPredictionParts = [.interval, .trendInterval, .components]
}

extension FittedProphet {
    /// Predicts the rows of `frame`.
    ///
    /// With a floor and multiplicative components the whole trend, floor included, is multiplied, as in the
    /// original; fitted means multiply the trend above the floor.
    ///
    /// - Parameters:
    ///   - frame: rows in any order, with every column the settings ask for.
    ///   - holidays: the occurrences known now; nil takes those of the fit. Names without a column are ignored.
    ///   - seed: of the simulated paths; unused by exact intervals.
    public func predict(
        _ frame: FutureFrame,
        holidays: [Holiday]? = nil,
        parts: ProphetPredictionParts = .all,
        seed: UInt64 = 0
    ) throws(ForecastError) -> ProphetForecast {
        try frame.validate()
        let frame = frame.sorted()
        let rows = frame.timestamps.count
        let times = frame.timestamps.map { scaling.scaledTime($0) }
        let floors = try scaling.floors(of: frame)
        let capacities = settings.growth == .logistic ? try scaling.capacities(of: frame, floors: floors) : []
        let scaledTrend = ProphetTrend.values(
            growth: settings.growth, times: times, capacities: capacities,
            changepoints: changepointTimes, parameters: parameters
        )
        let features = try layout.matrix(of: frame, holidays: holidays ?? settings.holidays)
        let contributions = ComponentSums(layout: layout, coefficients: parameters.coefficients)
        let additive = contributions.sum(features, rows: rows, columns: contributions.additiveColumns)
        let additiveTerms = additive.map { $0 * scaling.yScale }
        let multiplicativeTerms = contributions.sum(features, rows: rows, columns: contributions.multiplicativeColumns)
        let trend = zip(scaledTrend, floors).map { $0 * scaling.yScale + $1 }
        var yhat = [Double](repeating: 0, count: rows)
        for row in 0..<rows { yhat[row] = trend[row] * (1 + multiplicativeTerms[row]) + additiveTerms[row] }

        var forecast = ProphetForecast(
            timestamps: frame.timestamps, yhat: yhat, lower: yhat, upper: yhat, trend: trend, trendLower: trend,
            trendUpper: trend, additiveTerms: additiveTerms, multiplicativeTerms: multiplicativeTerms, components: []
        )
        if parts.contains(.components) {
            forecast.components = contributions.components(features, rows: rows, yScale: scaling.yScale)
        }
        if !parts.isDisjoint(with: [.interval, .trendInterval]), settings.uncertainty != .none {
            let uncertainty = ForecastUncertainty(
                model: self, times: times, capacities: capacities, scaledTrend: scaledTrend,
                multiplicativeTerms: multiplicativeTerms
            )
            uncertainty.apply(to: &forecast, parts: parts, seed: seed)
        }
        guard forecast.yhat.allSatisfy(\.isFinite), forecast.lower.allSatisfy(\.isFinite),
            forecast.upper.allSatisfy(\.isFinite)
        else { throw .noFiniteOptimum }
        return forecast
    }
}

/// Sums of feature columns times coefficients, per component.
struct ComponentSums {
    private let layout: FeatureLayout
    private let coefficients: [Double]
    let additiveColumns: [Int]
    let multiplicativeColumns: [Int]

    init(layout: FeatureLayout, coefficients: [Double]) {
        self.layout = layout
        self.coefficients = coefficients
        let additive = layout.additive
        let multiplicative = layout.multiplicative
        additiveColumns = additive.indices.filter { additive[$0] != 0 }
        multiplicativeColumns = multiplicative.indices.filter { multiplicative[$0] != 0 }
    }

    /// One value per row: the sum over `columns` of feature times coefficient.
    func sum(_ features: [Double], rows: Int, columns: [Int]) -> [Double] {
        var result = [Double](repeating: 0, count: rows)
        features.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                guard let base = source.baseAddress, let out = target.baseAddress else { return }
                for column in columns where coefficients[column] != 0 {
                    DenseKernels.addScaled(out, coefficients[column], base + column * rows, rows)
                }
            }
        }
        return result
    }

    /// Every component: seasonalities, holiday names and their sum, regressors and their sums per mode.
    func components(_ features: [Double], rows: Int, yScale: Double) -> [ProphetForecast.Component] {
        var result: [ProphetForecast.Component] = []
        func add(_ name: String, _ mode: ProphetSettings.Mode, _ columns: [Int]) {
            var values = sum(features, rows: rows, columns: columns)
            if mode == .additive { for row in values.indices { values[row] *= yScale } }
            result.append(ProphetForecast.Component(name: name, mode: mode, values: values))
        }
        var column = 0
        for seasonality in layout.seasonalities {
            let end = column + 2 * seasonality.fourierOrder
            add(seasonality.name, seasonality.mode, Array(column..<end))
            column = end
        }
        let firstHoliday = column
        var names: [String] = []
        for holiday in layout.holidayColumns where !names.contains(holiday.name) { names.append(holiday.name) }
        for name in names {
            let columns = layout.holidayColumns.indices.filter { layout.holidayColumns[$0].name == name }
            add(name, layout.holidaysMode, columns.map { firstHoliday + $0 })
        }
        column += layout.holidayColumns.count
        if !names.isEmpty { add("holidays", layout.holidaysMode, Array(firstHoliday..<column)) }
        for (index, regressor) in layout.regressors.enumerated() {
            add(regressor.name, regressor.mode, [column + index])
        }
        for (mode, name) in [
            (ProphetSettings.Mode.additive, "extra_regressors_additive"),
            (.multiplicative, "extra_regressors_multiplicative"),
        ] {
            let columns = layout.regressors.indices.filter { layout.regressors[$0].mode == mode }.map { column + $0 }
            if !columns.isEmpty { add(name, mode, columns) }
        }
        return result
    }
}
