import Records

/// Rows of `forecasts`: one per kept forecast and horizon.
enum ForecastRows {
    struct Row {
        var key: ForecastKey
        /// Of the horizon.
        var days: Int
        var forecast: DailyForecast?
        /// Nil where the forecast does not reach so far: then the row says nothing but whose it would be.
        var total: DailyForecast.Total?
        var segment = ""
        var region = ""
        var customer = ""

        /// What is known of a forecast that reaches as far as the row.
        fileprivate func known<Value>(_ value: (DailyForecast) -> Value?) -> Value? {
            total == nil ? nil : forecast.flatMap(value)
        }
    }

    static let columns: [RowColumn<Row>] = [
        .text("metric") { $0.key.metric.rawValue },
        .text("level") { $0.key.scope.level },
        .text("segment") { $0.segment },
        .text("region") { $0.region },
        .text("customer_id") { $0.customer },
        .integer("horizon_days") { $0.days },
        .day("first_day") { row in row.known { $0.first } },
        .day("last_day") { row in row.known { $0.first.advanced(by: row.days - 1) } },
        .real("yhat") { $0.total?.yhat },
        .real("yhat_lower") { $0.total?.lower },
        .real("yhat_upper") { $0.total?.upper },
        .real("interval") { row in row.known { _ in DailyForecast.intervalWidth } },
        .text("model") { row in row.known { $0.model } },
        .text("basis") { row in row.known { $0.basis.rawValue } },
        .real("backtest_mae") { row in row.known { $0.errors.last { $0.days <= row.days }?.mae } },
        .integer("history_days") { row in row.known { $0.historyDays } },
        .integer("reconciled") { row in row.known { $0.reconciled == nil ? 0 : 1 } },
    ]

    static func count(_ forecasts: ForecastBook?) -> Int {
        (forecasts?.keys.count ?? 0) * DailyForecast.horizons.count
    }

    static func row(_ number: Int, of forecasts: ForecastBook, _ snapshot: Snapshot) -> Row {
        let key = forecasts.keys[number / DailyForecast.horizons.count]
        let days = DailyForecast.horizons[number % DailyForecast.horizons.count]
        let forecast = forecasts[key]
        var row = Row(key: key, days: days, forecast: forecast, total: forecast?.total(days))
        switch key.scope {
        case .total: break
        case .segment(let name): row.segment = name
        case .region(let name): row.region = name
        case .segmentRegion(let segment, let region): (row.segment, row.region) = (segment, region)
        case .customer(let id):
            row.customer = id
            if let position = snapshot.position(ofCustomer: id) {
                let dimensions = snapshot.gold.dimensions
                row.segment = dimensions.segment.values[Int(dimensions.segment.codes[position])]
                row.region = dimensions.region.values[Int(dimensions.region.codes[position])]
            }
        }
        return row
    }
}
