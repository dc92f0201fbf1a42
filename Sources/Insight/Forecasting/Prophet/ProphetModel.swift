/// Fitting of the additive regression model.
public enum ProphetModel {
    /// Fits one series.
    ///
    /// - Parameters:
    ///   - series: rows in any order; rows without an observation are left out.
    ///   - previous: an earlier fit of the same series to start from, or nil. It only shortens the search.
    /// - Throws: a `ForecastError` for data or settings that no model can be fitted to.
    public static func fit(
        _ series: ForecastSeries,
        settings: ProphetSettings = ProphetSettings(),
        previous: FittedProphet? = nil
    ) throws(ForecastError) -> FittedProphet {
        try settings.validate()
        let history = try ProphetHistory(series, settings: settings)
        let design = try ProphetDesign(history: history.observed, settings: settings)
        return try design.fit(history, previous: previous).fitted
    }

    /// Fits many series; those observed at the same times share the costly part of the work.
    ///
    /// - Parameter previous: earlier fits in the same order (nil where there is none), or an empty array.
    /// - Returns: one result per series, in the order given. A series that cannot be fitted does not affect others.
    public static func fit(
        batch: [ForecastSeries],
        settings: ProphetSettings = ProphetSettings(),
        previous: [FittedProphet?] = []
    ) throws(ForecastError) -> [Result<FittedProphet, ForecastError>] {
        try settings.validate()
        var cache = DesignCache(settings: settings)
        var results: [Result<FittedProphet, ForecastError>] = []
        results.reserveCapacity(batch.count)
        for (index, series) in batch.enumerated() {
            do throws(ForecastError) {
                let history = try ProphetHistory(series, settings: settings)
                let design = try cache.design(for: history.observed)
                let earlier = index < previous.count ? previous[index] : nil
                results.append(.success(try design.fit(history, previous: earlier).fitted))
            } catch {
                results.append(.failure(error))
            }
        }
        return results
    }
}

/// A validated history: observed rows in ascending time.
struct ProphetHistory: Sendable {
    let observed: ForecastSeries
    /// The last timestamp, rows without an observation included.
    let lastTimestamp: Int64
    let step: CalendarStep

    init(_ series: ForecastSeries, settings: ProphetSettings) throws(ForecastError) {
        try series.validate()
        let order = stableAscendingOrder(of: series.timestamps)
        let rows = order.filter { !series.values[$0].isNaN }
        guard rows.count >= 2 else { throw .tooFewObservations(found: rows.count, needed: 2) }
        observed =
            rows.count == series.timestamps.count && order == rows && rows == Array(series.timestamps.indices)
            ? series : series.selecting(rows: rows)
        lastTimestamp = order.last.map { series.timestamps[$0] } ?? 0
        step = CalendarStep.inferred(from: order.map { series.timestamps[$0] })
        if settings.growth == .logistic && series.capacity == nil { throw .missingColumn(name: "cap") }
        for regressor in settings.regressors where series.regressors[regressor.name] == nil {
            throw .missingColumn(name: regressor.name)
        }
        for seasonality in settings.seasonalities {
            if let name = seasonality.conditionName, series.conditions[name] == nil {
                throw .missingColumn(name: name)
            }
        }
    }

    /// The history up to a time, inclusive.
    func prefix(through timestamp: Int64) -> ProphetHistory {
        guard let last = observed.timestamps.last, last > timestamp else { return self }
        let count = observed.timestamps.firstIndex { $0 > timestamp } ?? observed.timestamps.count
        return ProphetHistory(
            observed: observed.selecting(rows: Array(0..<count)), lastTimestamp: timestamp, step: step)
    }

    /// The same rows with other values.
    func replacing(values: [Double]) -> ProphetHistory {
        var observed = observed
        observed.values = values
        return ProphetHistory(observed: observed, lastTimestamp: lastTimestamp, step: step)
    }

    init(observed: ForecastSeries, lastTimestamp: Int64, step: CalendarStep) {
        self.observed = observed
        self.lastTimestamp = lastTimestamp
        self.step = step
    }
}
