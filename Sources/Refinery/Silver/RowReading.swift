import Records

/// How the rows of a category are read: where its columns stand in the file at hand, which days are plausible, and what
/// the configuration demands of a field.
struct RowReading {
    let category: Category
    private(set) var settings: SilverSettings
    private let rules: ColumnRules
    private var header: BronzeBatch.Header?
    private var map: ColumnMap

    init(_ category: Category, _ settings: SilverSettings) {
        self.category = category
        self.settings = settings
        rules = ColumnRules(category, settings)
        map = ColumnMap(BronzeBatch.Header(names: []), category: category)
    }

    /// Whether the configuration demands anything of any field.
    var hasRules: Bool { !rules.isEmpty }

    mutating func beginDrop(_ settings: SilverSettings) {
        self.settings = settings
        header = nil
    }

    /// - Returns: whether this is another header than that of the batch before.
    mutating func adopt(_ header: BronzeBatch.Header) -> Bool {
        guard self.header !== header else { return false }
        self.header = header
        map = ColumnMap(header, category: category)
        return true
    }

    /// The rows of a batch; valid as long as the batch is not filled again and no other header is adopted.
    mutating func rows(of batch: BronzeBatch) -> RowBytes {
        _ = adopt(batch.header)
        return RowBytes(batch, map)
    }

    /// What the configuration's rules have against a field.
    @inline(__always)
    func violation(
        _ rows: RowBytes, _ row: Int, _ column: Int, number: @autoclosure () -> Double? = nil
    ) -> Reject.Reason? {
        if rules.isEmpty { return nil }
        let span = rows.span(row, column)
        return rules.violation(
            column: column, text: { rows.text(span) }, number: number(), isEmpty: span.count == 0)
    }

    /// What is wrong with a day on which something is said to have happened.
    @inline(__always)
    func problem(ofDay day: Int32) -> Reject.Reason? {
        if day < settings.earliestDay.rawValue { return .beforeEarliestDay }
        if day > settings.latestDay.rawValue { return .afterLatestDay }
        return nil
    }

    /// The row as it is recorded among the rejected ones, with the column of the schema that is to blame.
    func reject(_ rows: RowBytes, _ row: Int, _ problem: (column: Int, reason: Reject.Reason)) -> Reject {
        Reject(
            line: Int(rows.batch.lines[row]), column: category.columns[problem.column].name, reason: problem.reason,
            raw: rows.batch.raw(row: row))
    }
}
