import Forecasting
import Foundation

/// Fourier rows, changepoint places and automatic seasonalities.
enum UnitVectorChecks {
    static func run(_ file: ReferenceObject) throws -> [ReferenceCheck] {
        var fourier = 0.0
        for entry in file.objects("fourier") {
            let timestamps = entry.texts("ds").compactMap(Timestamp.parse)
            let settings = ProphetSettings(
                changepoints: .given([]), yearlySeasonality: .off, weeklySeasonality: .off, dailySeasonality: .off,
                seasonalities: [
                    Seasonality(
                        name: "cycle", periodDays: entry.number("period") ?? 1,
                        fourierOrder: Int(entry.number("order") ?? 1))
                ])
            let series = ForecastSeries(timestamps: timestamps, values: timestamps.indices.map(Double.init))
            let design = try ProphetDesign(series: series, settings: settings)
            for (row, expected) in entry.matrix("values").enumerated() {
                fourier = max(fourier, ReferenceChecks.largest(design.featureRow(row), expected))
            }
        }
        var changepoints = 0.0
        for entry in file.objects("changepoints_daily_from_2020_01_01") {
            let count = Int(entry.number("n") ?? 0)
            let settings = ProphetSettings(
                changepoints: .automatic(
                    count: Int(entry.number("n_changepoints") ?? 25), range: entry.number("range") ?? 0.8))
            let design = try ProphetDesign(series: daily(count: count), settings: settings)
            let rows = design.changepointTimestamps.map { Double(($0 - 1_577_836_800) / 86_400) }
            changepoints = max(
                changepoints, ReferenceChecks.largest(rows, entry.numbers("indices")),
                ReferenceChecks.largest(design.changepointTimes, entry.numbers("t")))
        }
        return [
            ReferenceCheck(name: "fourier", deviation: fourier, limit: 1e-9),
            ReferenceCheck(name: "changepoints", deviation: changepoints, limit: 1e-9),
            ReferenceCheck(name: "auto_seasonality", deviation: Double(try wrongSeasonalities(file)), limit: 0),
        ]
    }

    private static func daily(count: Int, step: Int64 = 86_400) -> ForecastSeries {
        ForecastSeries(
            timestamps: (0..<Int64(count)).map { 1_577_836_800 + $0 * step }, values: (0..<count).map(Double.init))
    }

    private static func wrongSeasonalities(_ file: ReferenceObject) throws -> Int {
        var wrong = 0
        for entry in file.objects("auto_seasonality") {
            let words = (entry.text("case") ?? "").split(separator: " ")
            guard words.count >= 2, let count = Int(words[0]) else { continue }
            var series: ForecastSeries
            switch words[1] {
            case "daily": series = daily(count: count)
            case "weekly": series = daily(count: count, step: 604_800)
            case "hourly": series = daily(count: count, step: 3600)
            case "monthly":
                let times = CalendarStep.month.timestamps(after: 1_577_836_800 - 31 * 86_400, count: count)
                series = ForecastSeries(timestamps: times, values: times.indices.map(Double.init))
            default:
                series = daily(count: count * 7 / 5)
                series = series.selecting(
                    rows: series.timestamps.indices.filter { (series.timestamps[$0] / 86_400 + 3) % 7 < 5 })
            }
            let names = try ProphetDesign(series: series).columnNames
            var enabled: [String: Int] = [:]
            for name in names where name != "zeros" {
                enabled[String(name.split(separator: "_")[0]), default: 0] += 1
            }
            let expected = entry["enabled"]
            let matches = expected.keys.allSatisfy { Double(enabled[$0] ?? 0) == 2 * (expected.number($0) ?? -1) }
            if !matches || expected.keys.count != enabled.count { wrong += 1 }
        }
        return wrong
    }
}

/// Rows and metrics of a cross-validation.
enum CrossValidationChecks {
    static func run(_ file: ReferenceObject) throws -> [ReferenceCheck] {
        let reference = try ReferenceCase(file)
        func seconds(_ key: String) -> Int64? {
            file["cv"].text(key).flatMap { Int64($0.split(separator: " ")[0]) }.map { $0 * 86_400 }
        }
        let validation = CrossValidation(
            horizonSeconds: seconds("horizon") ?? 86_400, periodSeconds: seconds("period"),
            initialSeconds: seconds("initial"))
        let own = try validation.run(reference.series, settings: reference.settings)
        let rows = file["rows"]
        let expected = rows.texts("ds").indices.map { row in
            CrossValidation.Row(
                timestamp: Timestamp.parse(rows.texts("ds")[row]) ?? 0,
                cutoff: Timestamp.parse(rows.texts("cutoff")[row]) ?? 0, y: rows.numbers("y")[row],
                yhat: rows.numbers("yhat")[row], lower: rows.numbers("yhat_lower")[row],
                upper: rows.numbers("yhat_upper")[row])
        }
        let scale = reference.series.values.filter { !$0.isNaN }.map { abs($0) }.max() ?? 1
        let sameRows = own.map(\.timestamp) == expected.map(\.timestamp) && own.map(\.cutoff) == expected.map(\.cutoff)
        var checks = [
            ReferenceCheck(name: "cv_rows", deviation: sameRows ? 0 : 1, limit: 0),
            ReferenceCheck(
                name: "cv_yhat", deviation: ReferenceChecks.largest(own.map(\.yhat), expected.map(\.yhat)) / scale,
                limit: 0.02),
        ]
        // The rows are stated to seven digits, the metrics were computed before rounding.
        let rounding = 0.5 * pow(10, (log10(expected.map { abs($0.yhat) }.max() ?? 1)).rounded(.up) - 7)
        let limit = 1e-9 + 4 * rounding * max(1, expected.map { abs($0.y - $0.yhat) }.max() ?? 1)
        let metrics = file["performance_metrics"]
        for key in metrics.keys {
            let stated = metrics[key]
            let measured = try ForecastMetrics(rows: expected, rollingWindow: Double(key) ?? 0)
            var deviation = ReferenceChecks.largest(
                measured.horizons.map { Double($0) / 86_400 }, stated.numbers("horizon"))
            let columns = [
                ("mse", measured.mse), ("rmse", measured.rmse), ("mae", measured.mae), ("mape", measured.mape ?? []),
                ("mdape", measured.mdape), ("smape", measured.smape), ("coverage", measured.coverage),
            ]
            for (name, values) in columns {
                deviation = max(deviation, ReferenceChecks.largest(values, stated.numbers(name)))
            }
            checks.append(ReferenceCheck(name: "metrics_window_\(key)", deviation: deviation, limit: limit))
        }
        return checks
    }
}

extension ReferenceObject {
    /// A list of lists of numbers.
    func matrix(_ key: String) -> [[Double]] { lists(key).map { $0.map { ($0 as? NSNumber)?.doubleValue ?? .nan } } }
}
