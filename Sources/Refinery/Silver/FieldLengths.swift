import Records

/// Finds values that are longer than anything such a column is for. They would take memory and disk wherever the value
/// goes, and are not cut, as what is left would look like a value.
struct FieldLengths {
    private let category: Category
    private let limits: SilverLimits
    private var header: BronzeBatch.Header?
    /// By position in the file; what is not stored may be as long as it likes.
    private var ofSource: [Int] = []

    init(_ category: Category, _ limits: SilverLimits) {
        self.category = category
        self.limits = limits
    }

    /// Takes the rows with such a value out of a batch.
    /// - Returns: those rows, in their order.
    mutating func takeOut(of batch: BronzeBatch) -> [Reject] {
        if header !== batch.header { adopt(batch.header) }
        // A row that is no longer than the shortest ceiling has no value that is: most rows are done with here.
        let shortest = ofSource.min() ?? .max
        var rejects: [Reject] = []
        var kept = 0
        for row in 0..<batch.rowCount {
            if batch.rows[row].count > shortest, let problem = problem(batch, row) {
                rejects.append(problem)
                continue
            }
            if kept < row { batch.moveRow(from: row, to: kept) }
            kept += 1
        }
        batch.rowCount = kept
        return rejects
    }

    private func problem(_ batch: BronzeBatch, _ row: Int) -> Reject? {
        for (source, limit) in ofSource.enumerated()
        where batch.spans[row * batch.columnCount + source].count > limit {
            return Reject(
                line: Int(batch.lines[row]), column: FieldLengths.shown(batch.header.names[source]),
                reason: .tooLong(limit: limit), raw: batch.raw(row: row))
        }
        return nil
    }

    private mutating func adopt(_ header: BronzeBatch.Header) {
        self.header = header
        let known = Dictionary(uniqueKeysWithValues: category.columns.map { ($0.name, ceiling(of: $0)) })
        let further = category == .demographics ? limits.fieldBytes : .max
        ofSource = header.names.map { known[$0] ?? further }
    }

    private func ceiling(of column: ColumnSpecification) -> Int {
        switch column.kind {
        case .identifier: limits.idBytes
        case .comment: limits.commentBytes
        case .text, .currency: limits.fieldBytes
        // They are read as what they stand for, or not at all.
        case .day, .futureDay, .instant, .amount, .integer: .max
        }
    }

    /// The names of further columns are the file's, and stand beside every row.
    private static func shown(_ name: String) -> String { name.utf8.count <= 256 ? name : name.prefix(64) + "…" }
}
