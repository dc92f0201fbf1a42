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
            var logs = [Double](repeating: 0, count: 3)
            var misses = 0.0
            var count = 0.0
            for (cell, sums) in cells.sorted(by: { ($0.key.group, $0.key.horizon) < ($1.key.group, $1.key.horizon) }) {
                guard let other = reference[cell] else { continue }
                let ratios = (0..<3).map { max(sums.mean($0), 1e-9) / max(other.mean($0), 1e-9) }
                for index in 0..<3 { logs[index] += log(ratios[index]) }
                misses += abs(sums.mean(3) - 0.8)
                count += 1
                output.write(
                    [.text(model), .text(cell.group), .number(Double(cell.horizon)), .number(sums.count)]
                        + ratios.map { .number($0) } + [.number(sums.mean(3))])
            }
            guard count > 0 else { continue }
            output.write(
                [.text(model), .text("geometric mean; mean miss of 0.8"), .number(0), .number(count)]
                    + logs.map { .number(exp($0 / count)) } + [.number(misses / count)])
        }
    }
}
