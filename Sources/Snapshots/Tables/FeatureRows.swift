import Records

/// Rows of `ai_model_features`: what the churn model reads of every client, whether a model is in force or not.
struct FeatureRows {
    typealias Column = PublishedTable.Column

    static let columns: [Column] =
        [Column("customer_id", .text)] + FeatureRegistry.numbers.map { Column($0.name, type(of: $0)) }
        + FeatureRegistry.categories.map { Column($0.name, .text) }

    private static func type(of definition: FeatureDefinition) -> PublishedTable.ColumnType {
        switch definition.unit {
        case .count, .days, .months: .integer
        case .money: .money
        case .hours, .fraction, .ratio, .rating, .score: .real
        case .level: .text
        }
    }

    private let positions: [UInt32]
    private let ids: TextColumn
    private let source: (any FeatureSource)?

    /// By category: the texts of its levels, the unknown one first.
    private let levelTexts: [[CellBatch.Cell]]

    /// - Parameter batch: the one that the rows will be written to.
    init(_ snapshot: Snapshot, _ batch: inout CellBatch) {
        positions = snapshot.gold.clients
        ids = snapshot.silver.clients.id
        source = snapshot.assessments.churn.features
        levelTexts = source.map { $0.features(at: []).categories.map { batch.pin([""] + $0.names) } } ?? []
    }

    /// Fills the batch with the rows of some positions.
    func write(_ chosen: ArraySlice<Int>, to batch: inout CellBatch) {
        batch.begin(rows: chosen.count)
        let at = Array(chosen)
        batch.fillText(0) { row, store in ids.withBytes(at: Int(positions[at[row]]), store) }
        guard let source else { return }
        // Features are made in ascending order.
        var rows = Array(at.indices)
        let features: ClientFeatures
        if isAscending(at) {
            features = source.features(at: at)
        } else {
            let order = at.indices.sorted { at[$0] < at[$1] }
            features = source.features(at: order.map { at[$0] })
            for (place, row) in order.enumerated() { rows[row] = place }
        }
        for feature in ClientFeature.allCases {
            let type = FeatureRows.columns[feature.rawValue + 1].type
            batch.fill(feature.rawValue + 1) { row in
                FeatureRows.cell(features.value(feature, row: rows[row]), type)
            }
        }
        let first = 1 + ClientFeature.allCases.count
        for category in ClientCategory.allCases {
            let levels = features.categories[category.rawValue]
            batch.fillCoded(first + category.rawValue, levelTexts[category.rawValue]) { row in
                max(0, Int(levels.codes[rows[row]]) + 1)
            }
        }
    }

    private func isAscending(_ positions: [Int]) -> Bool {
        zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 }
    }

    private static func cell(_ value: Double, _ type: PublishedTable.ColumnType) -> CellBatch.Cell {
        guard value.isFinite else { return .null }
        return switch type {
        case .integer: .integer(Int64(exactly: value.rounded()) ?? 0)
        case .money: Int64(exactly: (value * 1_000_000).rounded()).map { .money($0) } ?? .null
        default: .real(value)
        }
    }
}
