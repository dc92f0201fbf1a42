/// Boosting bound to the training rows: encodes and bins once, then fits any subset of them.
struct BoostedLearner: Sendable {
    let data: TrainingData
    let encoder: FeatureEncoder
    let problem: BoostingProblem
    let seed: UInt64

    struct Result: Sendable {
        let ensemble: TreeEnsemble
        let rounds: Int
        let heldBackLogLoss: [Double]
    }

    init(
        data: TrainingData,
        encoder: FeatureEncoder,
        encoded: EncodedTable,
        settings: BoostingSettings,
        seed: UInt64,
        workers: Workers
    ) throws(ChurnModelError) {
        try settings.validate()
        self.data = data
        self.encoder = encoder
        self.seed = seed
        problem = BoostingProblem(
            table: BinnedTable(encoded, encoder: encoder, binsMax: settings.binsMax, workers: workers),
            labels: data.labels,
            settings: settings,
            signs: try settings.signs(for: encoder),
            workers: workers
        )
    }

    /// Fits the rows; with `rounds` given there is no early stopping.
    func fit(rows: [Int], rounds: Int? = nil) -> Result {
        let all = rows.map { Int32($0) }
        if let rounds {
            let run = problem.train(rows: all, rounds: rounds)
            return Result(ensemble: ensemble(run), rounds: rounds, heldBackLogLoss: [])
        }
        let searches = watchedSets(rows).compactMap { watched -> BoostingProblem.Run? in
            let learned = zip(rows, watched).filter { !$0.1 }.map { Int32($0.0) }
            let looked = zip(rows, watched).filter(\.1).map { Int32($0.0) }
            guard hasBothClasses(learned), !looked.isEmpty else { return nil }
            return problem.train(rows: learned, rounds: problem.settings.roundsMax, watched: looked)
        }
        guard !searches.isEmpty else {
            // Too few customers to hold any back: a cautious fixed number of rounds.
            let few = min(problem.settings.roundsMax, 50)
            return Result(ensemble: ensemble(problem.train(rows: all, rounds: few)), rounds: few, heldBackLogLoss: [])
        }
        let search = searches.sorted { $0.bestRounds < $1.bestRounds }[searches.count / 2]
        let final = problem.train(rows: all, rounds: search.bestRounds)
        return Result(
            ensemble: ensemble(final), rounds: search.bestRounds, heldBackLogLoss: search.watchedLogLoss
        )
    }

    /// Below this many rows one held-back set says little: the middle of three decides.
    private static let repeatedSearchRowsMax = 5_000

    /// The sets of rows that early stopping watches, one after the other, each as a mark per row.
    private func watchedSets(_ rows: [Int]) -> [[Bool]] {
        let snapshots = Set(rows.map { data.snapshots[$0] })
        if problem.settings.watchesLatestSnapshot, snapshots.count >= 3, let latest = snapshots.max() {
            let watched = rows.map { data.snapshots[$0] == latest }
            let labels = zip(rows, watched).filter(\.1).map { data.labels[$0.0] }
            let positives = labels.count { $0 }
            if positives >= 10 && labels.count - positives >= 10 { return [watched] }
        }
        let labels = rows.map { data.labels[$0] }
        let groups = rows.map { data.groups[$0] }
        return (0..<(rows.count < BoostedLearner.repeatedSearchRowsMax ? 3 : 1)).map { search in
            CustomerSplit.heldBack(
                labels: labels, groups: groups, share: problem.settings.heldBackShare,
                seed: seed &+ UInt64(search) &* 0x9E37_79B9
            )
        }
    }

    private func hasBothClasses(_ rows: [Int32]) -> Bool {
        let positives = rows.count { data.labels[Int($0)] }
        return positives > 0 && positives < rows.count
    }

    private func ensemble(_ run: BoostingProblem.Run) -> TreeEnsemble {
        TreeEnsemble(
            base: run.base,
            learningRate: problem.settings.learningRate,
            featureCount: encoder.features.count,
            cuts: problem.table.columns.map(\.cuts),
            trees: run.trees
        )
    }
}
