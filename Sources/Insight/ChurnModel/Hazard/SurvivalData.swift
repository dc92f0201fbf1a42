/// Customers over time, for the time to churn.
///
/// A row covers the months after `entry` up to and including `exit`, counted from the start of the relationship, with
/// features that hold all that time. A customer whose features change is several rows that follow each other; one who
/// was only observed from a later month on enters there (left truncation).
public struct SurvivalData: Sendable {
    /// The features of every row.
    public let table: FeatureTable
    /// The months already completed when the row begins, 0 or more.
    public let entryMonths: [Int]
    /// The last month of the row; a row with `exit == entry` was never at risk and counts for nothing.
    public let exitMonths: [Int]
    /// Whether the customer churned in the last month.
    public let churned: [Bool]

    /// Checks that everything has one entry per row and that time runs forward.
    /// - Parameter entryMonths: 0 for every row when omitted.
    /// - Throws: ``ChurnModelError/invalidTrainingData(_:)``.
    public init(
        table: FeatureTable, entryMonths: [Int]? = nil, exitMonths: [Int], churned: [Bool]
    ) throws(ChurnModelError) {
        let entryMonths = entryMonths ?? [Int](repeating: 0, count: table.rowCount)
        for (name, count) in [
            ("entry months", entryMonths.count), ("exit months", exitMonths.count), ("churn flags", churned.count),
        ] where count != table.rowCount {
            throw .invalidTrainingData("\(count) \(name) for \(table.rowCount) rows; give exactly one per row")
        }
        for row in 0..<table.rowCount {
            guard entryMonths[row] >= 0, exitMonths[row] >= entryMonths[row], exitMonths[row] <= 1_200 else {
                throw .invalidTrainingData(
                    "row \(row) runs from month \(entryMonths[row]) to \(exitMonths[row]); "
                        + "months must ascend from 0 and end by 1200"
                )
            }
        }
        self.table = table
        self.entryMonths = entryMonths
        self.exitMonths = exitMonths
        self.churned = churned
    }

    /// The number of person-months at risk.
    public var personMonths: Int {
        zip(entryMonths, exitMonths).reduce(0) { $0 + $1.1 - $1.0 }
    }
}
