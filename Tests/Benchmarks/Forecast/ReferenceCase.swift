import Forecasting
import Foundation

/// A JSON object of a reference file, read by key.
struct ReferenceObject {
    private let fields: [String: Any]

    init(_ value: Any?) { fields = value as? [String: Any] ?? [:] }

    init(contentsOf url: URL) throws {
        self.init(try JSONSerialization.jsonObject(with: Data(contentsOf: url)))
    }

    var keys: [String] { fields.keys.sorted() }
    subscript(_ key: String) -> ReferenceObject { ReferenceObject(fields[key]) }
    func has(_ key: String) -> Bool { fields[key] != nil && !(fields[key] is NSNull) }
    func text(_ key: String) -> String? { fields[key] as? String }
    func number(_ key: String) -> Double? { (fields[key] as? NSNumber)?.doubleValue }
    func texts(_ key: String) -> [String] { fields[key] as? [String] ?? [] }
    func objects(_ key: String) -> [ReferenceObject] { (fields[key] as? [Any] ?? []).map(ReferenceObject.init) }

    func lists(_ key: String) -> [[Any]] { fields[key] as? [[Any]] ?? [] }

    /// Numbers of a list; null entries become NaN.
    func numbers(_ key: String) -> [Double] {
        (fields[key] as? [Any] ?? []).map { ($0 as? NSNumber)?.doubleValue ?? .nan }
    }
}

/// A series with its settings, as the reference files state them.
struct ReferenceCase {
    let file: ReferenceObject
    let series: ForecastSeries
    let settings: ProphetSettings
    let future: FutureFrame

    init(_ file: ReferenceObject) throws {
        self.file = file
        let data = file["data"]
        let timestamps = data.texts("ds").compactMap(Timestamp.parse)
        let regressors = data["regressors"].keys.map { ($0, data["regressors"].numbers($0)) }
        func column(_ key: String, _ count: Int) -> [Double]? {
            if let scalar = data.number(key) { return [Double](repeating: scalar, count: count) }
            let values = data.numbers(key)
            return values.isEmpty ? nil : values
        }
        series = ForecastSeries(
            timestamps: timestamps, values: data.numbers("y"), capacity: column("cap", timestamps.count),
            floor: column("floor", timestamps.count), regressors: Dictionary(uniqueKeysWithValues: regressors))
        let futureTimes = file["future"].texts("ds").compactMap(Timestamp.parse)
        let futureRegressors = file["future"]["regressors"]
        future = FutureFrame(
            timestamps: futureTimes, capacity: column("cap", futureTimes.count),
            floor: column("floor", futureTimes.count),
            regressors: Dictionary(
                uniqueKeysWithValues: futureRegressors.keys.map { ($0, futureRegressors.numbers($0)) }))
        settings = Self.settings(file["config"])
    }

    private static func settings(_ config: ReferenceObject) -> ProphetSettings {
        func mode(_ text: String?) -> ProphetSettings.Mode? {
            text.map { $0 == "multiplicative" ? .multiplicative : .additive }
        }
        func day(_ text: String) -> Int { Int((Timestamp.parse(text) ?? 0) / 86_400) }
        return ProphetSettings(
            growth: config.text("growth") == "logistic"
                ? .logistic : (config.text("growth") == "flat" ? .flat : .linear),
            changepoints: .automatic(
                count: Int(config.number("n_changepoints") ?? 25), range: config.number("changepoint_range") ?? 0.8),
            changepointPriorScale: config.number("changepoint_prior_scale") ?? 0.05,
            seasonalities: config.objects("custom_seasonalities").map {
                Seasonality(
                    name: $0.text("name") ?? "", periodDays: $0.number("period") ?? 1,
                    fourierOrder: Int($0.number("fourier_order") ?? 1), priorScale: $0.number("prior_scale"),
                    mode: mode($0.text("mode")), conditionName: $0.text("condition_name"))
            },
            seasonalityMode: mode(config.text("seasonality_mode")) ?? .additive,
            seasonalityPriorScale: config.number("seasonality_prior_scale") ?? 10,
            holidays: config.objects("holidays").map {
                Holiday(
                    name: $0.text("holiday") ?? "", dayNumber: day($0.text("ds") ?? ""),
                    lowerWindowDays: Int($0.number("lower_window") ?? 0),
                    upperWindowDays: Int($0.number("upper_window") ?? 0), priorScale: $0.number("prior_scale"))
            },
            holidaysMode: mode(config.text("holidays_mode")),
            holidaysPriorScale: config.number("holidays_prior_scale") ?? 10,
            regressors: config.objects("regressors").map {
                Regressor(
                    name: $0.text("name") ?? "", priorScale: $0.number("prior_scale"), mode: mode($0.text("mode")))
            },
            scaling: config.text("scaling") == "minmax" ? .minmax : .absmax,
            intervalWidth: config.number("interval_width") ?? 0.8
        )
    }

    /// Parameters as a reference file states them.
    static func parameters(_ object: ReferenceObject) -> ProphetParameters? {
        guard let rate = object.number("k"), let offset = object.number("m"), let noise = object.number("sigma_obs")
        else { return nil }
        return ProphetParameters(
            rate: rate, offset: offset, rateChanges: object.numbers("delta"),
            coefficients: object.numbers("beta"), noise: noise)
    }
}

/// Timestamps of the files: `YYYY-MM-DD` or with ` HH:MM:SS` or `THH:MM:SS`.
enum Timestamp {
    static func parse(_ text: String) -> Int64? {
        let parts = text.split { !$0.isNumber }.compactMap { Int64($0) }
        guard parts.count >= 3 else { return nil }
        var components = tm()
        components.tm_year = Int32(parts[0] - 1900)
        components.tm_mon = Int32(parts[1] - 1)
        components.tm_mday = Int32(parts[2])
        let seconds = parts.count >= 6 ? parts[3] * 3600 + parts[4] * 60 + parts[5] : 0
        return Int64(timegm(&components)) + seconds
    }
}
