import ArgumentParser
import ChurnModel
import Foundation

/// How long trees take to grow; `churn_peers.py speed` times LightGBM on the same rows.
struct ChurnSpeed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "churn-speed",
        abstract: "Time 200 trees on a folder with features.csv and labels.csv: the shortest of five runs.")

    @Argument(help: "A folder with features.csv and labels.csv.")
    var directory: String

    @Option(help: "At most so many rows.")
    var rows = Int.max

    @Option(help: "How many threads may train.")
    var threads = 2

    func run() throws {
        let dataset = try ChurnDataset(folder: URL(fileURLWithPath: directory))
        let data = dataset.data.rows(Array(0..<min(rows, dataset.data.labels.count)))
        var shortest = Double.infinity
        var cpu = Double.infinity
        for _ in 0..<5 {
            let (start, burnt) = (ContinuousClock.now, cpuSeconds())
            _ = try GradientBoosting.fit(data, rounds: 200, threadCount: threads)
            cpu = min(cpu, cpuSeconds() - burnt)
            shortest = min(shortest, (ContinuousClock.now - start) / .seconds(1))
        }
        let figures = String(format: "%.2f s, CPU %.2f s", shortest, cpu)
        print(
            "gbdt: \(data.labels.count) rows x \(data.table.columns.count) columns, 200 trees, \(threads) threads: "
                + figures)
    }

    private func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
