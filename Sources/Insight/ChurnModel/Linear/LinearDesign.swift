/// The standardised columns of a regression, column-major, with what is needed to standardise further rows.
struct LinearDesign: Sendable {
    struct Column: Sendable {
        let feature: Int
        let isMissingFlag: Bool
        let fill: Double
        let mean: Double
        let scale: Double
    }

    let rowCount: Int
    let columns: [Column]
    /// `columns.count` blocks of `rowCount` standardised numbers.
    let values: [Double]

    /// Imputes with the median, adds a flag where values are missing, and standardises; constant columns are left out.
    ///
    /// - Parameter weights: how often each row counts for mean and deviation; once when nil.
    init(
        _ table: EncodedTable, encoder: FeatureEncoder, rows: [Int], weights: [Double]? = nil, workers: Workers
    ) {
        let built = workers.map(encoder.features.count) { position in
            LinearDesign.build(
                table, feature: encoder.features[position], position: position, rows: rows, weights: weights
            )
        }
        rowCount = rows.count
        columns = built.flatMap { $0.map(\.0) }
        var values: [Double] = []
        values.reserveCapacity(columns.count * rows.count)
        for (_, numbers) in built.joined() { values.append(contentsOf: numbers) }
        self.values = values
    }

    private static func build(
        _ table: EncodedTable,
        feature: FeatureEncoder.Feature,
        position: Int,
        rows: [Int],
        weights: [Double]?
    ) -> [(Column, [Double])] {
        var raw: [Double]
        switch table.columns[feature.source] {
        case .number(let values): raw = rows.map { values[$0] }
        case .level(let codes): raw = rows.map { codes[$0] == feature.level ? 1 : 0 }
        }
        let present = raw.filter { !$0.isNaN }
        guard !present.isEmpty else { return [] }
        var fill = 0.0
        var flag: [Double]?
        if present.count < raw.count {
            fill = LogisticModel.bounded(median(present))
            flag = raw.map { $0.isNaN ? 1 : 0 }
        }
        for row in raw.indices { raw[row] = LogisticModel.bounded(raw[row].isNaN ? fill : raw[row]) }
        var columns: [(Column, [Double])] = []
        for (numbers, isFlag) in [(raw, false)] + (flag.map { [($0, true)] } ?? []) {
            let (mean, scale) = moments(numbers, weights: weights)
            // Rounding alone can leave a constant column with a tiny deviation.
            guard scale > 1e-12 * max(abs(mean), 1e-300), scale > 0 else { continue }
            columns.append(
                (
                    Column(feature: position, isMissingFlag: isFlag, fill: fill, mean: mean, scale: scale),
                    numbers.map { LogisticModel.standardised($0, mean: mean, scale: scale) }
                )
            )
        }
        return columns
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = FloatingSort.sorted(values)
        let middle = sorted.count / 2
        guard sorted.count.isMultiple(of: 2) else { return sorted[middle] }
        return sorted[middle - 1] / 2 + sorted[middle] / 2
    }

    static func moments(_ values: [Double], weights: [Double]?) -> (mean: Double, scale: Double) {
        var sum = 0.0
        var total = 0.0
        for row in values.indices {
            let weight = weights?[row] ?? 1
            sum += weight * values[row]
            total += weight
        }
        guard total > 0 else { return (0, 0) }
        let mean = sum / total
        var squares = 0.0
        for row in values.indices { squares += (weights?[row] ?? 1) * (values[row] - mean) * (values[row] - mean) }
        return (mean, (squares / total).squareRoot())
    }
}
