import ChurnModel
import Foundation

/// One data set through all folds with all models.
struct ParityRun {
    let dataset: ChurnDataset
    let foldOf: [Int]
    /// Which division this is; with it the models' own divisions differ too.
    let repetition: Int
    let threads: Int

    func rows() throws -> [ParityRow] {
        let folds = Set(foldOf).sorted()
        let seed = 1 &+ UInt64(truncatingIfNeeded: repetition)
        guard folds.count > 1 else { throw ChurnParityError("\(dataset.name): there is only one fold") }
        return [
            try row("gbdt", folds: folds) { learned, examined in
                let fitted = try GradientBoosting.fit(learned, seed: seed, threadCount: threads)
                return { try fitted.margins(examined).map(Self.probability) }
            },
            try row("logistic", folds: folds) { learned, examined in
                let fitted = try LogisticRegression.fit(learned, threadCount: threads)
                return { try fitted.margins(examined).map(Self.probability) }
            },
            try row("chosen", folds: folds) { learned, examined in
                var settings = ChurnModelSettings()
                settings.seed = seed
                settings.threadCount = threads
                settings.importanceRowsMax = 0
                let fitted = try fit(learned, settings: settings)
                return { try fitted.predict(examined) }
            },
        ]
    }

    private static func probability(_ margin: Double) -> Double { 1 / (1 + exp(-margin)) }

    /// Trains on all folds but one and scores that one, for every fold.
    private func row(
        _ model: String,
        folds: [Int],
        train: (_ learned: TrainingData, _ examined: FeatureTable) throws -> () throws -> [Double]
    ) throws -> ParityRow {
        var probabilities = [Double](repeating: 0, count: foldOf.count)
        var seconds = 0.0
        for fold in folds {
            let learned = dataset.data.rows(foldOf.indices.filter { foldOf[$0] != fold })
            let examinedRows = foldOf.indices.filter { foldOf[$0] == fold }
            let examined = dataset.data.table.rows(examinedRows)
            let start = Self.cpuSeconds()
            let score = try train(learned, examined)
            seconds += Self.cpuSeconds() - start
            for (row, probability) in zip(examinedRows, try score()) { probabilities[row] = probability }
        }
        return ParityRow(
            set: dataset.name,
            repetition: repetition,
            model: model,
            report: QualityReport(probabilities: probabilities, labels: dataset.data.labels),
            cpuSeconds: seconds
        )
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
