import ArgumentParser
import Forecasting
import Foundation
import Outlook

/// CPU time of fitting and predicting made daily series.
struct ForecastSpeed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast-speed",
        abstract: "Measure fit and predict CPU time per series on made daily series.")

    @Option(help: "Number of series.")
    var series = 200

    @Option(help: "Days per series.")
    var points = 800

    @Option(help: "Days to predict.")
    var horizon = 90

    @Option(help: "Also write the series as CSV files (ds,y) to this folder, for other programs to be timed on.")
    var export: String?

    @Option(
        help:
            "A Python interpreter with prophet: times it on the same series and prints how many times as long it takes."
    )
    var python: String?

    @Option(help: "Also keep the forecasts of so many clients as the daemon does, and add a day.")
    var clients = 0

    @Flag(help: "One JSON object per line.")
    var json = false

    func run() throws {
        let made = (0..<series).map { MadeSeries.daily(index: $0, points: points) }
        if let export { try write(made, to: URL(fileURLWithPath: export)) }
        let output = RowOutput(
            json: json,
            columns: [("run", 34), ("series", 8), ("points", 8), ("fit_ms", 10), ("predict_ms", 11), ("total_ms", 10)])
        var totals: [String: Double] = [:]
        func report(_ name: String, _ fit: Double, _ predict: Double) {
            let count = Double(series)
            totals[name] = (fit + predict) / count * 1000
            output.write([
                .text(name), .number(count), .number(Double(points)), .number(fit / count * 1000),
                .number(predict / count * 1000), .number((fit + predict) / count * 1000),
            ])
        }
        var simulated = ProphetSettings()
        simulated.uncertainty = .simulated(paths: 1000)
        for (name, settings) in [("prophet", ProphetSettings()), ("prophet_simulated_1000", simulated)] {
            var fit = 0.0
            var predict = 0.0
            for one in made {
                let begin = Self.cpuSeconds()
                let fitted = try ProphetModel.fit(one, settings: settings)
                let middle = Self.cpuSeconds()
                _ = try fitted.predict(fitted.futureFrame(count: horizon))
                fit += middle - begin
                predict += Self.cpuSeconds() - middle
            }
            report(name, fit, predict)
        }
        try batch(made, report)
        if clients > 0 {
            ClientSeriesSpeed(clientCount: clients).run { name, seconds in
                let perSeries = seconds / Double(clients) * 1000
                output.write([
                    .text(name), .number(Double(clients)), .number(Double(SeriesRequest.clientHistoryDays)), .number(0),
                    .number(0), .number(perSeries),
                ])
            }
        }
        if let python { try compare(made, totals, python: python, output) }
    }

    /// The same series given to prophet, in one run with the measurements above.
    private func compare(
        _ made: [ForecastSeries], _ totals: [String: Double], python: String, _ output: RowOutput
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("forecast-speed-\(getpid())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(made, to: folder)
        let peers = try PeerProgram.run(
            "prophet_speed.py", python: python, [folder.path, "--horizon", String(horizon)])
        for peer in peers {
            guard let name = peer["run"] as? String, let total = (peer["total_ms"] as? NSNumber)?.doubleValue else {
                continue
            }
            output.write([
                .text(name), .number(Double(series)), .number(Double(points)),
                .number((peer["fit_ms"] as? NSNumber)?.doubleValue ?? 0),
                .number((peer["predict_ms"] as? NSNumber)?.doubleValue ?? 0), .number(total),
            ])
            for own in ["prophet", "automatic_one_by_one"] {
                guard let time = totals[own], time > 0 else { continue }
                output.write([
                    .text("times_as_fast_\(own)"), .number(Double(series)), .number(Double(points)), .number(0),
                    .number(0),
                    .number(total / time),
                ])
            }
        }
    }

    private func batch(_ made: [ForecastSeries], _ report: (String, Double, Double) -> Void) throws {
        var begin = Self.cpuSeconds()
        let fitted = try ProphetModel.fit(batch: made).map { try $0.get() }
        let fit = Self.cpuSeconds() - begin
        begin = Self.cpuSeconds()
        for one in fitted { _ = try one.predict(one.futureFrame(count: horizon), parts: .interval) }
        report("prophet_batch_shared_calendar", fit, Self.cpuSeconds() - begin)

        let grown = (0..<series).map { MadeSeries.daily(index: $0, points: points + 1) }
        begin = Self.cpuSeconds()
        _ = try ProphetModel.fit(batch: grown, previous: fitted)
        report("prophet_batch_one_day_added", Self.cpuSeconds() - begin, 0)

        let forecaster = try AutomaticForecaster()
        begin = Self.cpuSeconds()
        for one in made { _ = try forecaster.forecast(.init(series: one, future: frame(after: one))) }
        report("automatic_one_by_one", 0, Self.cpuSeconds() - begin)
        begin = Self.cpuSeconds()
        let first = forecaster.forecast(batch: made.map { .init(series: $0, future: frame(after: $0)) })
        report("automatic_batch", 0, Self.cpuSeconds() - begin)
        let states = try first.map { try $0.get().state }
        begin = Self.cpuSeconds()
        _ = forecaster.forecast(
            batch: zip(grown, states).map { .init(series: $0, future: frame(after: $0), previous: $1) })
        report("automatic_batch_one_day_added", 0, Self.cpuSeconds() - begin)
        try reconcile(output: report)
    }

    /// One reconciliation of 100,000 bottom series in 5 segments and 8 regions; its time stands under predict, per
    /// series of the run.
    private func reconcile(output report: (String, Double, Double) -> Void) throws {
        let count = 100_000
        let segments = (0..<count).map { ($0 * 7) % 5 }
        let regions = (0..<count).map { ($0 / 3) % 8 }
        let hierarchy = try ForecastHierarchy(
            bottomCount: count,
            levels: [
                .init(name: "total", groups: [Int](repeating: 0, count: count), groupCount: 1),
                .init(name: "segment", groups: segments, groupCount: 5),
                .init(name: "region", groups: regions, groupCount: 8),
                .init(name: "both", groups: zip(segments, regions).map { $0 * 8 + $1 }, groupCount: 40),
            ])
        let bottom = (0..<count).map { Double($0 % 17) }
        let groups = hierarchy.sums(bottom).map { $0.map { 0.97 * $0 } }
        let begin = Self.cpuSeconds()
        let reconciliation = try Reconciliation(
            hierarchy: hierarchy, bottomVariances: bottom.map { 1 + $0 }, groupVariances: groups)
        _ = try reconciliation.reconcile(bottom: bottom, groups: groups)
        report("reconcile_100000_once", 0, Self.cpuSeconds() - begin)
    }

    private func frame(after series: ForecastSeries) -> FutureFrame {
        FutureFrame(after: series.timestamps.last ?? 0, count: horizon, step: .day)
    }

    private func write(_ made: [ForecastSeries], to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withFullDate]
        for (index, one) in made.enumerated() {
            let lines = zip(one.timestamps, one.values).map { timestamp, value in
                "\(formatter.string(from: Date(timeIntervalSince1970: Double(timestamp)))),\(value)"
            }
            let text = (["ds,y"] + lines).joined(separator: "\n") + "\n"
            try text.write(
                to: folder.appendingPathComponent("series\(1000 + index).csv"), atomically: true, encoding: .utf8)
        }
    }

    static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
