import Foundation

@testable import Forecasting

/// The folder of reference files, if there is one.
enum SharedData {
    static let missing = "shared data folder not found"

    static let folder: URL? = {
        let environment = ProcessInfo.processInfo.environment["AURA_SHARED"]
        let root =
            environment.map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("../shared")
        let folder = root.appendingPathComponent("reference/forecast")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    static var isAvailable: Bool { folder != nil }

    /// Names of the files with one fitted series each.
    static var seriesFiles: [String] {
        guard let folder else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".json") && !$0.hasPrefix("00_") && !$0.hasPrefix("cv_") }.sorted()
    }

    static func object(_ name: String) throws -> ReferenceFile {
        let url = (folder ?? URL(fileURLWithPath: "/")).appendingPathComponent(name)
        return ReferenceFile(try JSONSerialization.jsonObject(with: Data(contentsOf: url)))
    }
}

/// A JSON object of a reference file, read by key.
struct ReferenceFile {
    private let fields: [String: Any]

    init(_ value: Any?) { fields = value as? [String: Any] ?? [:] }

    var keys: [String] { fields.keys.sorted() }
    subscript(_ key: String) -> ReferenceFile { ReferenceFile(fields[key]) }
    func text(_ key: String) -> String? { fields[key] as? String }
    func number(_ key: String) -> Double? { (fields[key] as? NSNumber)?.doubleValue }
    func texts(_ key: String) -> [String] { fields[key] as? [String] ?? [] }
    func objects(_ key: String) -> [ReferenceFile] { (fields[key] as? [Any] ?? []).map(ReferenceFile.init) }

    /// Numbers of a list; null entries become NaN.
    func numbers(_ key: String) -> [Double] {
        (fields[key] as? [Any] ?? []).map { ($0 as? NSNumber)?.doubleValue ?? .nan }
    }

    func matrix(_ key: String) -> [[Double]] {
        (fields[key] as? [[Any]] ?? []).map { $0.map { ($0 as? NSNumber)?.doubleValue ?? .nan } }
    }

    /// Timestamps of a list of `YYYY-MM-DD[ HH:MM:SS]`.
    func timestamps(_ key: String) -> [Int64] {
        texts(key).map { text in
            let parts = text.split { !$0.isNumber }.compactMap { Int64($0) }
            let day = CivilDate.dayNumber(year: Int(parts[0]), month: Int(parts[1]), day: Int(parts[2]))
            let seconds = parts.count >= 6 ? parts[3] * 3600 + parts[4] * 60 + parts[5] : 0
            return Int64(day) * 86_400 + seconds
        }
    }

    private func column(_ key: String, _ count: Int) -> [Double]? {
        if let scalar = number(key) { return [Double](repeating: scalar, count: count) }
        let values = numbers(key)
        return values.isEmpty ? nil : values
    }

    /// The series under `data`.
    var series: ForecastSeries {
        let data = self["data"]
        let times = data.timestamps("ds")
        let names = data["regressors"].keys
        return ForecastSeries(
            timestamps: times, values: data.numbers("y"), capacity: data.column("cap", times.count),
            floor: data.column("floor", times.count),
            regressors: Dictionary(uniqueKeysWithValues: names.map { ($0, data["regressors"].numbers($0)) }))
    }

    /// The rows under `future`, capacities as under `data`.
    var future: FutureFrame {
        let times = self["future"].timestamps("ds")
        let regressors = self["future"]["regressors"]
        return FutureFrame(
            timestamps: times, capacity: self["data"].column("cap", times.count),
            floor: self["data"].column("floor", times.count),
            regressors: Dictionary(uniqueKeysWithValues: regressors.keys.map { ($0, regressors.numbers($0)) }))
    }

    /// The settings under `config`.
    var settings: ProphetSettings {
        let config = self["config"]
        func mode(_ text: String?) -> ProphetSettings.Mode? {
            text.map { $0 == "multiplicative" ? .multiplicative : .additive }
        }
        let growth: ProphetSettings.Growth =
            switch config.text("growth") {
            case "logistic": .logistic
            case "flat": .flat
            default: .linear
            }
        return ProphetSettings(
            growth: growth,
            changepoints: .automatic(
                count: Int(config.number("n_changepoints") ?? 25), range: config.number("changepoint_range") ?? 0.8),
            changepointPriorScale: config.number("changepoint_prior_scale") ?? 0.05,
            seasonalities: config.objects("custom_seasonalities").map {
                Seasonality(
                    name: $0.text("name") ?? "", periodDays: $0.number("period") ?? 1,
                    fourierOrder: Int($0.number("fourier_order") ?? 1), priorScale: $0.number("prior_scale"),
                    mode: mode($0.text("mode")))
            },
            seasonalityMode: mode(config.text("seasonality_mode")) ?? .additive,
            seasonalityPriorScale: config.number("seasonality_prior_scale") ?? 10,
            holidays: config.objects("holidays").map {
                Holiday(
                    name: $0.text("holiday") ?? "", dayNumber: Int(($0.timestamp("ds") ?? 0) / 86_400),
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

    private func timestamp(_ key: String) -> Int64? {
        ReferenceFile(["list": [text(key) ?? ""]]).timestamps("list").first
    }

    /// Parameters under `key`.
    func parameters(_ key: String) -> ProphetParameters? {
        let object = self[key]
        guard let rate = object.number("k"), let offset = object.number("m"), let noise = object.number("sigma_obs")
        else { return nil }
        return ProphetParameters(
            rate: rate, offset: offset, rateChanges: object.numbers("delta"),
            coefficients: object.numbers("beta"), noise: noise)
    }
}

/// Largest absolute difference; infinite for lists of different length.
func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
