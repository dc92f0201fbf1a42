/// One tenth of the ranking, from the top.
public struct LiftRow: Sendable, Equatable {
    /// 1 for the highest scores.
    public let tenth: Int
    /// The number of rows.
    public let rows: Int
    /// The churners among them; a fraction when rows of equal score are divided between tenths.
    public let churners: Double
    /// Their share divided by the overall share.
    public let lift: Double
    /// The share of all churners found in this tenth and those above it.
    public let cumulativeRecall: Double
    /// The lift of this tenth and those above it together.
    public let cumulativeLift: Double

    /// The table of tenths; empty without churners.
    public static func table(scores: [Double], labels: [Bool]) -> [LiftRow] {
        let ranked = RankedRows(scores: scores, labels: labels)
        guard ranked.positiveCount > 0 else { return [] }
        let overall = Double(ranked.positiveCount) / Double(ranked.rowCount)
        var rows = 0.0
        var churners = 0.0
        var table: [LiftRow] = []
        let slices = ranked.slices(RankedRows.evenSizes(ranked.rowCount, parts: 10))
        for (position, slice) in slices.enumerated() where slice.rows > 0 {
            rows += slice.rows
            churners += slice.positives
            table.append(
                LiftRow(
                    tenth: position + 1, rows: Int(slice.rows.rounded()), churners: slice.positives,
                    lift: slice.positives / slice.rows / overall,
                    cumulativeRecall: churners / Double(ranked.positiveCount),
                    cumulativeLift: churners / rows / overall
                )
            )
        }
        return table
    }
}
