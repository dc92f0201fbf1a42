import Outlook
import Records
import Rollup
import Snapshots

/// Forecasts of what stands at the end of each day: populations whose parts add up, and any other selection.
struct LevelPass {
    let source: ForecastSource

    /// By scope. What a whole comes to is the sum of its smallest parts.
    func groups(_ cells: [GroupForecasts.Cell], _ metric: ForecastMetric) -> [ForecastKey: DailyForecast] {
        let trendDays = LevelForecaster.trendDays(of: ForecastSource.sum(cells.indices, of: cells).withoutSilence)
        func forecast(_ parts: some Sequence<Int>) -> DailyForecast {
            LevelForecaster.forecast(
                ForecastSource.sum(parts, of: cells).withoutSilence, asOf: source.snapshot.asOf, trendDays: trendDays)
        }
        let bottom = cells.indices.map { cell in
            let made = forecast(CollectionOfOne(cell))
            return (0..<made.count).map { Double(made.baseValues[$0]) }
        }
        var forecasts: [ForecastKey: DailyForecast] = [:]
        for (scope, parts) in ForecastSource.scopes(of: cells) {
            var made = forecast(parts)
            made.reconciled = (0..<made.count).map { day in parts.reduce(0) { $0 + bottom[$1][day] } }
            forecasts[ForecastKey(metric, scope)] = made
        }
        return forecasts
    }

    /// The forecast of one series; a client alone has no trend.
    func forecast(_ series: DailySeries, whole: DailySeries, isSingle: Bool) -> DailyForecast {
        LevelForecaster.forecast(
            series, asOf: source.snapshot.asOf, trendDays: isSingle ? 0 : LevelForecaster.trendDays(of: whole))
    }
}
