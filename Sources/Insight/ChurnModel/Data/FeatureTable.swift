/// A column-major table of features: the input of training and of scoring.
public struct FeatureTable: Sendable, Equatable {
    /// The columns, all of the same length, with distinct names.
    public let columns: [FeatureColumn]
    /// The number of rows.
    public let rowCount: Int

    /// Checks names, lengths and category codes.
    /// - Throws: ``ChurnModelError/invalidTable(_:)`` naming the first column that is wrong.
    public init(columns: [FeatureColumn]) throws(ChurnModelError) {
        let rowCount = columns.first?.values.count ?? 0
        var seen: Set<String> = []
        for column in columns {
            guard !column.name.isEmpty else {
                throw .invalidTable("a column has no name; name every column")
            }
            guard seen.insert(column.name).inserted else {
                throw .invalidTable("the column name '\(column.name)' occurs twice; rename one of them")
            }
            guard column.values.count == rowCount else {
                throw .invalidTable(
                    "column '\(column.name)' has \(column.values.count) rows where the first column has \(rowCount)"
                )
            }
            if case .category(let codes, let levels) = column.values,
                let wrong = codes.first(where: { Int($0) >= levels.count })
            {
                throw .invalidTable(
                    "column '\(column.name)' has the code \(wrong) but only \(levels.count) levels; codes start at 0"
                )
            }
        }
        self.columns = columns
        self.rowCount = rowCount
    }

    private init(unchecked columns: [FeatureColumn], rowCount: Int) {
        self.columns = columns
        self.rowCount = rowCount
    }

    /// The rows at the given positions, in that order.
    public func rows(_ rows: [Int]) -> FeatureTable {
        FeatureTable(unchecked: columns.map { $0.rows(rows) }, rowCount: rows.count)
    }

    /// The column of that name.
    public func column(named name: String) -> FeatureColumn? {
        columns.first { $0.name == name }
    }

    /// The table without the named columns.
    public func dropping(_ names: Set<String>) -> FeatureTable {
        FeatureTable(unchecked: columns.filter { !names.contains($0.name) }, rowCount: rowCount)
    }
}
