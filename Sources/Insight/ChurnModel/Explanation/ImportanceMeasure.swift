/// Measures what a model leans on.
enum ImportanceMeasure {
    /// The mean absolute share of every source column over the rows.
    static func meanAbsoluteContributions(
        _ estimator: Estimator, encoder: FeatureEncoder, table: EncodedTable, rows: [Int], workers: Workers
    ) -> [Double] {
        let explain = estimator.explainer(featureCount: encoder.features.count)
        let shares = workers.map(rows.count) { position in
            let values = explain(encoder.featureVector(table, row: rows[position])).values
            return encoder.featureRanges.map { range in abs(values[range].reduce(0, +)) }
        }
        var means = [Double](repeating: 0, count: encoder.sources.count)
        for share in shares {
            for source in means.indices { means[source] += share[source] / Double(rows.count) }
        }
        return means
    }

    /// The fall of the area under the ROC curve when a source column is permuted: mean and standard deviation.
    ///
    /// - Parameter table: the examined rows only.
    static func permutationDrops(
        _ estimator: Estimator,
        encoder: FeatureEncoder,
        table: EncodedTable,
        labels: [Bool],
        permutations: Int,
        seed: UInt64,
        workers: Workers
    ) -> [(mean: Double, spread: Double)] {
        let single = Workers(threadCount: 1)
        let margins = estimator.margins(table, encoder: encoder, workers: workers)
        guard let start = area(margins, labels) else {
            return [(mean: Double, spread: Double)](repeating: (0, 0), count: encoder.sources.count)
        }
        var generator = SplitMix64(seed: seed)
        let orders = (0..<permutations).map { _ in generator.permutation(table.rowCount) }
        return workers.map(encoder.sources.count) { source in
            let part = estimator.part(reading: encoder.featureRanges[source])
            guard !part.isConstant else { return (0, 0) }
            let before = part.margins(table, encoder: encoder, workers: single)
            let drops = orders.map { order in
                var permuted = table
                switch table.columns[source] {
                case .number(let values): permuted.columns[source] = .number(order.map { values[$0] })
                case .level(let codes): permuted.columns[source] = .level(order.map { codes[$0] })
                }
                let after = part.margins(permuted, encoder: encoder, workers: single)
                let moved = margins.indices.map { margins[$0] - before[$0] + after[$0] }
                return start - (area(moved, labels) ?? start)
            }
            let mean = drops.reduce(0, +) / Double(drops.count)
            let squares = drops.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (mean, drops.count > 1 ? (squares / Double(drops.count - 1)).squareRoot() : 0)
        }
    }

    /// Margins that differ by rounding only count as equal.
    private static func area(_ margins: [Double], _ labels: [Bool]) -> Double? {
        RankingQuality.areaUnderROC(scores: margins.map { Double(Float($0)) }, labels: labels)?.value
    }
}
