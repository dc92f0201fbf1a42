import Invoicing
import Outlook
import Records
import Rollup

/// The forecasts of revenue that are kept, by what is due. Parts add up to wholes as they are.
struct ContractPass {
    let source: ForecastSource
    let contracts: ContractOutlook
    let isCancelled: () -> Bool

    /// - Returns: by scope of populations; nil when it was cancelled.
    func groups(_ cells: [GroupForecasts.Cell], _ values: DailyValues) -> [ForecastKey: DailyForecast]? {
        let places = source.cells()
        var members = [[Int]](repeating: [], count: places.names.count)
        for (position, cell) in places.ofPosition.enumerated() { members[Int(cell)].append(position) }
        var forecasts: [ForecastKey: DailyForecast] = [:]
        for (scope, parts) in ForecastSource.scopes(of: cells) {
            if isCancelled() { return nil }
            let made = source.contractForecast(
                contracts, positions: parts.lazy.flatMap { members[$0] },
                revenue: ForecastSource.sum(parts, of: cells).withoutSilence,
                isSingle: false)
            forecasts[ForecastKey(values.metric, scope)] = made.addingUp
        }
        return forecasts
    }

    /// The forecast of one client's revenue.
    func client(_ request: SeriesRequest, position: Int) -> DailyForecast {
        var made = source.contractForecast(
            contracts, positions: CollectionOfOne(position), revenue: request.series, isSingle: true
        ).forecast
        made.roundValues()
        return made
    }
}

extension ContractForecast {
    /// The forecast of a population, whose parts add up to it.
    var addingUp: DailyForecast {
        var made = forecast
        made.reconciled = (0..<made.count).map { day in components.reduce(0) { $0 + $1.values[day] } }
        return made
    }
}

extension DailySeries {
    /// Before its first value a population was not there.
    var withoutSilence: DailySeries {
        let silent = min(values.prefix { $0 == 0 }.count, max(0, values.count - 2))
        return DailySeries(first: first.advanced(by: silent), values: Array(values.dropFirst(silent)))
    }
}
