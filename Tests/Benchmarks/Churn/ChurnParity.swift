import ArgumentParser
import ChurnModel
import Foundation

/// Judges trees, logistic regression and the chosen model on customer folds of data sets with known labels.
struct ChurnParity: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "churn-parity",
        abstract: "Judge the churn models on folders with features.csv and labels.csv.",
        discussion: """
            DIR is one such folder or holds several. Every customer is examined once, by models that learnt from the \
            other folds; the figures are over all customers together. CPU is the time all trainings took. Where a set \
            is small, one division into folds says little: with several of them every line is one, and the figures are \
            to be averaged.
            """
    )

    @Argument(help: "A folder with features.csv and labels.csv, or one that holds such folders.")
    var directory: String

    @Option(help: "A CSV file customer_id,fold (with columns set and repeat for several) that fixes the folds.")
    var folds: String?

    @Option(help: "How many divisions into folds are tried, each with another seed; without --folds.")
    var repeats = 1

    @Option(help: "How many threads may train.")
    var threads = 1

    @Flag(help: "Print one JSON object per line.")
    var json = false

    func validate() throws {
        guard threads >= 1 else { throw ValidationError("--threads must be 1 or more") }
        guard repeats >= 1 else { throw ValidationError("--repeats must be 1 or more") }
    }

    func run() throws {
        let assignment = try folds.map { try FoldAssignment(contentsOf: URL(fileURLWithPath: $0)) }
        if !json { print(ParityRow.heading) }
        for folder in try ChurnDataset.find(in: URL(fileURLWithPath: directory)) {
            let dataset = try ChurnDataset(folder: folder)
            for repetition in assignment?.repeats(of: dataset) ?? Array(0..<repeats) {
                let foldOf =
                    try assignment?.folds(of: dataset, repetition: repetition)
                    ?? CustomerSplit.folds(
                        labels: dataset.data.labels, groups: dataset.data.groups, foldCount: 5,
                        seed: 7 &+ UInt64(repetition))
                let run = ParityRun(dataset: dataset, foldOf: foldOf, repetition: repetition, threads: threads)
                for row in try run.rows() { print(json ? row.json : row.line) }
            }
            if !json, !dataset.leftOut.isEmpty {
                print("  \(dataset.name): not used: \(dataset.leftOut.joined(separator: ", "))")
            }
        }
    }
}
