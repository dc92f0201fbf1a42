import Foundation

/// Errors per group, horizon and model, relative to those of PyPI prophet on the same origins.
struct PeerTable {
    private struct Sums {
        var values = [Double](repeating: 0, count: 4)
        var count = 0.0

        mutating func add(_ scores: [Double]) {
            for (index, value) in scores.enumerated() { values[index] += value }
            count += 1
        }

        func mean(_ index: Int) -> Double { values[index] / max(1, count) }
    }

    /// Over cells: geometric means of the ratios, the mean distance of the coverage from 80 %.
    private struct Means {
        var logs = [Double](repeating: 0, count: 3)
        var misses = 0.0
        var count = 0.0

        mutating func add(_ ratios: [Double], coverage: Double) {
            for index in 0..<3 { logs[index] += log(ratios[index]) }
            misses += abs(coverage - 0.8)
            count += 1
        }
    }

    private struct Cell: Hashable {
        var group: String
        var horizon: Int
    }

    static let reference = "pypi_prophet"
    private var models: [String: [Cell: Sums]] = [:]

    /// - Parameter scores: MAE and RMSE in units of the naive error, error of the total in the same unit, coverage.
    mutating func add(_ model: String, group: String, horizon: Int, _ scores: [Double]) {
        models[model, default: [:]][Cell(group: group, horizon: horizon), default: Sums()].add(scores)
    }

    /// Takes a line of `peers/accuracy.py`.
    mutating func add(_ line: [String: Any]) {
        func number(_ key: String) -> Double? { (line[key] as? NSNumber)?.doubleValue }
        guard let model = line["model"] as? String, let group = line["group"] as? String,
            let horizon = number("horizon"), let mase = number("mase"), let rmse = number("rmse"),
            let total = number("total"), let coverage = number("coverage")
        else { return }
        add(model, group: group, horizon: Int(horizon), [mase, rmse, total, coverage])
    }

    func write(json: Bool) {
        let output = RowOutput(
            json: json,
            columns: [
                ("model", 34), ("group", 34), ("horizon", 8), ("forecasts", 10), ("mae_ratio", 10),
                ("rmse_ratio", 11), ("total_ratio", 12), ("coverage", 9),
            ])
        let reference = models[Self.reference] ?? [:]
        for (model, cells) in models.sorted(by: { $0.key < $1.key }) {
            var stated = Means()
            var all = Means()
            for (cell, sums) in cells.sorted(by: { ($0.key.group, $0.key.horizon) < ($1.key.group, $1.key.horizon) }) {
                guard let other = reference[cell] else { continue }
                let ratios = (0..<3).map { max(sums.mean($0), 1e-9) / max(other.mean($0), 1e-9) }
                all.add(ratios, coverage: sums.mean(3))
                if ForecastBacktest.statedHorizons.contains(cell.horizon) {
                    stated.add(ratios, coverage: sums.mean(3))
                }
                output.write(
                    [.text(model), .text(cell.group), .number(Double(cell.horizon)), .number(sums.count)]
                        + ratios.map { .number($0) } + [.number(sums.mean(3))])
            }
            for (name, means) in [("all cells; miss of 0.8", all), ("14, 30, 90 days, 13 weeks; miss", stated)]
            where means.count > 0 {
                output.write(
                    [.text(model), .text(name), .number(0), .number(means.count)]
                        + means.logs.map { .number(exp($0 / means.count)) } + [.number(means.misses / means.count)])
            }
        }
    }
}
