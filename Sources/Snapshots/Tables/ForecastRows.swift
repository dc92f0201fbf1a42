import Records

/// Rows of `forecasts`: one per kept forecast and horizon.
enum ForecastRows {
    typealias Column = PublishedTable.Column

    static let columns: [Column] = [
        Column("metric", .text), Column("level", .text), Column("segment", .text), Column("region", .text),
        Column("customer_id", .text), Column("horizon_days", .integer), Column("first_day", .day),
        Column("last_day", .day), Column("yhat", .real), Column("yhat_lower", .real), Column("yhat_upper", .real),
        Column("interval", .real), Column("model", .text), Column("basis", .text), Column("backtest_mae", .real),
        Column("history_days", .integer), Column("reconciled", .integer),
    ]

    static func count(_ forecasts: ForecastBook?) -> Int {
        (forecasts?.keys.count ?? 0) * DailyForecast.horizons.count
    }

    static func write(_ row: Int, of forecasts: ForecastBook, _ snapshot: Snapshot, _ sink: inout CellBatch) {
        let key = forecasts.keys[row / DailyForecast.horizons.count]
        let days = DailyForecast.horizons[row % DailyForecast.horizons.count]
        let forecast = forecasts[key]
        sink.text(key.metric.rawValue)
        sink.text(key.scope.level)
        writeNames(key.scope, snapshot, &sink)
        sink.integer(Int64(days))
        guard let forecast, let total = forecast.total(days) else {
            for _ in 0..<(columns.count - 6) { sink.null() }
            return
        }
        sink.day(forecast.first.rawValue)
        sink.day(forecast.first.advanced(by: days - 1).rawValue)
        sink.optionalReal(total.yhat)
        sink.optionalReal(total.lower)
        sink.optionalReal(total.upper)
        sink.optionalReal(DailyForecast.intervalWidth)
        sink.text(forecast.model)
        sink.text(forecast.basis.rawValue)
        sink.optionalReal(forecast.errors.last { $0.days <= days }?.mae)
        sink.integer(Int64(forecast.historyDays))
        sink.integer(forecast.reconciled == nil ? 0 : 1)
    }

    /// Segment, region and client, as far as the scope has them.
    private static func writeNames(_ scope: ForecastScope, _ snapshot: Snapshot, _ sink: inout CellBatch) {
        var segment = ""
        var region = ""
        var customer = ""
        switch scope {
        case .total: break
        case .segment(let name): segment = name
        case .region(let name): region = name
        case .segmentRegion(let segmentName, let regionName):
            segment = segmentName
            region = regionName
        case .customer(let id):
            customer = id
            if let position = snapshot.position(ofCustomer: id) {
                let dimensions = snapshot.gold.dimensions
                segment = dimensions.segment.values[Int(dimensions.segment.codes[position])]
                region = dimensions.region.values[Int(dimensions.region.codes[position])]
            }
        }
        for name in [segment, region, customer] { sink.text(name) }
    }
}
