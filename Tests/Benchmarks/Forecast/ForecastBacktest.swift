import ArgumentParser
import Forecasting
import Foundation

/// Rolling-origin accuracy of the automatic forecast on files of real series, beside the plain regression model.
struct ForecastBacktest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast-backtest",
        abstract: "Measure the accuracy of automatic forecasts on files ds,y by rolling origin.")

    @Argument(help: "Folder with *.csv files (ds,y), one folder per group of series.")
    var directory: String

    @Option(help: "Origins per series, one longest horizon apart, from the end of the series.")
    var origins = 3

    @Flag(help: "Print ratios to the regression model per group and horizon, and their geometric means, instead.")
    var summary = false

    @Option(
        help: "A Python interpreter with prophet and statsforecast: prints ratios to prophet for them too, instead.")
    var python: String?

    @Option(help: "Lines that peers/accuracy.py printed earlier for the same folder and origins, instead of --python.")
    var peerLines: String?

    @Flag(help: "One JSON object per line.")
    var json = false

    func run() throws {
        let forecaster = try AutomaticForecaster()
        var cells: [String: BacktestCell] = [:]
        var cpu = 0.0
        var fits = 0.0
        let columns = [
            ("group", 30), ("series", 34), ("origin", 7), ("horizon", 8), ("model", 20), ("mase", 9), ("smape", 9),
            ("coverage", 9), ("rmse", 9), ("total", 9), ("prophet_mase", 13), ("prophet_coverage", 17),
            ("prophet_rmse", 13), ("prophet_total", 14),
        ]
        var peers = PeerTable()
        let output = summary || python != nil || peerLines != nil ? nil : RowOutput(json: json, columns: columns)
        for file in try SeriesFile.all(in: directory) {
            let plan = OriginPlan(series: file.series, count: origins)
            for (number, origin) in plan.origins.enumerated() {
                let history = file.series.selecting(rows: Array(0..<origin))
                let actual = file.series.selecting(rows: Array(origin..<(origin + plan.longest)))
                let future = FutureFrame(timestamps: actual.timestamps)
                let begin = ForecastSpeed.cpuSeconds()
                let own = try forecaster.forecast(.init(series: history, future: future))
                cpu += ForecastSpeed.cpuSeconds() - begin
                fits += 1
                let plain = try ProphetModel.fit(history).predict(future, parts: .interval)
                let scale = plan.scale(history.values)
                for horizon in plan.horizons {
                    let ownScores = BacktestScores(
                        actual: actual.values, yhat: own.yhat, lower: own.lower, upper: own.upper, rows: horizon,
                        scale: scale)
                    let plainScores = BacktestScores(
                        actual: actual.values, yhat: plain.yhat, lower: plain.lower, upper: plain.upper,
                        rows: horizon, scale: scale)
                    peers.add(
                        "aura", group: file.group, horizon: horizon,
                        [ownScores.mase, ownScores.rmse, ownScores.total, ownScores.coverage])
                    cells["\(file.group)\t\(horizon)", default: BacktestCell()].add(ownScores, plainScores)
                    output?.write([
                        .text(file.group), .text(file.name), .number(Double(number + 1)), .number(Double(horizon)),
                        .text(own.modelName), .number(ownScores.mase), .number(ownScores.smape),
                        .number(ownScores.coverage), .number(ownScores.rmse), .number(ownScores.total),
                        .number(plainScores.mase), .number(plainScores.coverage), .number(plainScores.rmse),
                        .number(plainScores.total),
                    ])
                }
            }
        }
        if let peerLines {
            for line in try String(contentsOfFile: peerLines, encoding: .utf8).split(separator: "\n") {
                if let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] {
                    peers.add(object)
                }
            }
            peers.write(json: json)
        } else if let python {
            let lines = try PeerProgram.run(
                "accuracy.py", python: python, [directory, "--origins", String(origins)])
            for line in lines { peers.add(line) }
            peers.write(json: json)
        }
        if summary { summarise(cells, cpuPerFit: cpu / max(1, fits), fits: fits) }
    }

    /// Rows ahead at which accuracy is stated: days, and weeks.
    static let statedHorizons: Set<Int> = [14, 30, 90, 13]

    private func summarise(_ cells: [String: BacktestCell], cpuPerFit: Double, fits: Double) {
        let output = RowOutput(
            json: json,
            columns: [
                ("group", 34), ("horizon", 8), ("fits", 6), ("mae_ratio", 10), ("rmse_ratio", 11),
                ("total_ratio", 12), ("interval_ratio", 15), ("coverage", 9), ("prophet_coverage", 17),
            ])
        var rows: [(horizon: Int, values: [Double])] = []
        var groups: [String: [Double]] = [:]
        for (key, cell) in cells.sorted(by: { $0.key < $1.key }) {
            let parts = key.split(separator: "\t")
            let ratios = cell.ratios
            rows.append(
                (Int(parts[1]) ?? 0, ratios + [abs(cell.coverage.own - 0.8), abs(cell.coverage.plain - 0.8)]))
            groups[String(parts[0]), default: []].append(ratios[0])
            output.write(
                [.text(String(parts[0])), .number(Double(parts[1]) ?? 0), .number(cell.count)]
                    + ratios.map { .number($0) } + [.number(cell.coverage.own), .number(cell.coverage.plain)])
        }
        func writeMeans(_ name: String, of rows: [[Double]]) {
            guard !rows.isEmpty else { return }
            func mean(_ column: Int, logarithmic: Bool) -> Double {
                let values = rows.map { logarithmic ? log($0[column]) : $0[column] }
                let average = values.reduce(0, +) / Double(values.count)
                return logarithmic ? exp(average) : average
            }
            output.write(
                [.text(name), .number(0), .number(Double(rows.count))]
                    + (0..<4).map { .number(mean($0, logarithmic: true)) }
                    + [.number(mean(4, logarithmic: false)), .number(mean(5, logarithmic: false))])
        }
        writeMeans("geometric mean of all cells", of: rows.map(\.values))
        writeMeans(
            "of days 14, 30, 90 and weeks 13",
            of: rows.filter { Self.statedHorizons.contains($0.horizon) }.map(\.values))
        let ordered = groups.mapValues { exp($0.map { log($0) }.reduce(0, +) / Double($0.count)) }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        for (name, ratio) in ordered.prefix(2) {
            output.write([
                .text("worst group: \(name)"), .number(0), .number(Double(groups[name]?.count ?? 0)), .number(ratio),
                .number(0), .number(0), .number(0), .number(0), .number(0),
            ])
        }
        output.write([
            .text("cpu_ms per forecast"), .number(0), .number(fits), .number(cpuPerFit * 1000), .number(0), .number(0),
            .number(0), .number(0), .number(0),
        ])
    }
}

/// Which rows of a series are forecast from where.
private struct OriginPlan {
    let horizons: [Int]
    /// First row to predict, latest first.
    let origins: [Int]
    private let season: Int
    var longest: Int { horizons.last ?? 1 }

    init(series: ForecastSeries, count: Int) {
        let days = CalendarStep.inferred(from: series.timestamps.sorted()).meanDays
        let horizons = days < 0.9 ? [48] : (days < 3 ? [14, 30, 90] : (days < 10 ? [13] : [12]))
        let longest = horizons.last ?? 1
        let rows = series.timestamps.count
        self.horizons = horizons
        season = days > 0.9 && days < 3 ? 7 : 1
        origins = (1...max(1, count)).map { rows - longest * $0 }.filter { origin in
            origin >= max(2 * longest, 30) && (origin == rows - longest || origin >= 3 * longest)
        }
    }

    /// Mean absolute error of the seasonal naive forecast within the history.
    func scale(_ values: [Double]) -> Double {
        var sum = 0.0
        var count = 0.0
        for row in season..<max(season + 1, values.count) where row < values.count {
            let change = abs(values[row] - values[row - season])
            if !change.isNaN {
                sum += change
                count += 1
            }
        }
        return max(count > 0 ? sum / count : 0, 1e-9)
    }
}

/// Errors of one forecast over its first rows.
private struct BacktestScores {
    var mase = 0.0
    var rmse = 0.0
    var total = 0.0
    var smape = 0.0
    var coverage = 0.0
    /// Mean interval score of an 80 % interval.
    var interval = 0.0

    init(actual: [Double], yhat: [Double], lower: [Double], upper: [Double], rows: Int, scale: Double) {
        var signed = 0.0
        var count = 0.0
        for row in 0..<min(rows, actual.count) where !actual[row].isNaN {
            let error = actual[row] - yhat[row]
            count += 1
            mase += abs(error) / scale
            rmse += error * error
            signed += error
            let size = abs(actual[row]) + abs(yhat[row])
            smape += size > 0 ? 200 * abs(error) / size : 0
            coverage += actual[row] >= lower[row] && actual[row] <= upper[row] ? 1 : 0
            interval += upper[row] - lower[row]
            interval += 10 * (max(0, lower[row] - actual[row]) + max(0, actual[row] - upper[row]))
        }
        count = max(1, count)
        mase /= count
        rmse = (rmse / count).squareRoot() / scale
        total = abs(signed) / count / scale
        smape /= count
        coverage /= count
        interval /= count * scale
    }
}

/// Scores of one group and horizon.
private struct BacktestCell {
    private var own = [Double](repeating: 0, count: 5)
    private var plain = [Double](repeating: 0, count: 5)
    private(set) var count = 0.0

    mutating func add(_ ownScores: BacktestScores, _ plainScores: BacktestScores) {
        count += 1
        for (index, path) in [
            \BacktestScores.mase, \BacktestScores.rmse, \BacktestScores.total, \BacktestScores.interval,
            \BacktestScores.coverage,
        ].enumerated() {
            own[index] += ownScores[keyPath: path]
            plain[index] += plainScores[keyPath: path]
        }
    }

    /// MAE, RMSE, error of the total and interval score, relative to the regression model.
    var ratios: [Double] { (0..<4).map { own[$0] / max(plain[$0], 1e-12) } }
    var coverage: (own: Double, plain: Double) { (own[4] / max(1, count), plain[4] / max(1, count)) }
}
