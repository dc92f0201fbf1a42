import ChurnModel

extension ChurnTraining {
    private static let correlatedFeaturesMax = 24
    private static let correlatedRowsMax = 4_000
    /// Below it two features are not worth a remark.
    private static let correlationMin = 0.7

    /// Rank correlations between the numbers the model leans on most.
    func correlations(_ table: FeatureTable, _ report: ValidationReport) -> [ChurnModelBundle.Correlation] {
        let step = max(1, table.rowCount / ChurnTraining.correlatedRowsMax)
        let rows = Array(stride(from: 0, to: table.rowCount, by: step))
        let ranked = report.importance.compactMap { importance -> (name: String, ranks: [Double])? in
            guard case .double(let values)? = table.column(named: importance.feature)?.values else { return nil }
            return (importance.feature, ChurnTraining.ranks(rows.map { values[$0] }))
        }.prefix(ChurnTraining.correlatedFeaturesMax)
        var result: [ChurnModelBundle.Correlation] = []
        for (place, one) in ranked.enumerated() {
            for other in ranked.dropFirst(place + 1) {
                let coefficient = ChurnTraining.correlation(one.ranks, other.ranks)
                guard abs(coefficient) >= ChurnTraining.correlationMin else { continue }
                result.append(.init(feature: one.name, other: other.name, coefficient: coefficient))
            }
        }
        return result.enumerated().sorted {
            (-abs($0.element.coefficient), $0.offset) < (-abs($1.element.coefficient), $1.offset)
        }.prefix(20).map(\.element)
    }

    /// Mean ranks; missing values share the lowest one.
    private static func ranks(_ values: [Double]) -> [Double] {
        let keys = values.map { $0.isNaN ? -Double.infinity : $0 }
        let order = keys.indices.sorted { keys[$0] < keys[$1] }
        var ranks = [Double](repeating: 0, count: keys.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, keys[order[end]] == keys[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
            start = end
        }
        return ranks
    }

    private static func correlation(_ one: [Double], _ other: [Double]) -> Double {
        let count = Double(one.count)
        guard count > 1 else { return 0 }
        let (meanOne, meanOther) = (one.reduce(0, +) / count, other.reduce(0, +) / count)
        var (product, squareOne, squareOther) = (0.0, 0.0, 0.0)
        for (a, b) in zip(one, other) {
            product += (a - meanOne) * (b - meanOther)
            squareOne += (a - meanOne) * (a - meanOne)
            squareOther += (b - meanOther) * (b - meanOther)
        }
        let scale = (squareOne * squareOther).squareRoot()
        return scale > 0 ? max(-1, min(1, product / scale)) : 0
    }
}
