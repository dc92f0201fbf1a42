/// One point of a calibration curve.
public struct CalibrationBin: Sendable, Equatable {
    /// The number of rows.
    public let rows: Int
    /// What the model expected.
    public let meanProbability: Double
    /// What happened.
    public let observedShare: Double
    /// The 95 % interval of the observed share (Wilson 1927).
    public let observedLower: Double
    public let observedUpper: Double

    /// The curve over bins of equal numbers of rows, from low to high probability.
    public static func curve(probabilities: [Double], labels: [Bool], binCount: Int = 10) -> [CalibrationBin] {
        let ranked = RankedRows(scores: probabilities, labels: labels)
        let sizes = RankedRows.evenSizes(ranked.rowCount, parts: max(1, binCount))
        // The ranking starts at the top, the curve at the bottom, where the larger bins belong.
        return ranked.slices(sizes.reversed()).reversed().filter { $0.rows > 0 }.map { slice in
            let share = slice.positives / slice.rows
            let (lower, upper) = wilson(share: share, rows: slice.rows)
            return CalibrationBin(
                rows: Int(slice.rows.rounded()), meanProbability: slice.scoreSum / slice.rows, observedShare: share,
                observedLower: lower, observedUpper: upper
            )
        }
    }

    static func wilson(share: Double, rows: Double) -> (lower: Double, upper: Double) {
        let z = 1.959963984540054
        let denominator = 1 + z * z / rows
        let middle = (share + z * z / (2 * rows)) / denominator
        let width = z * (share * (1 - share) / rows + z * z / (4 * rows * rows)).squareRoot() / denominator
        // At shares of 0 and 1 rounding alone could leave the share outside.
        return (min(share, max(0, middle - width)), max(share, min(1, middle + width)))
    }
}
