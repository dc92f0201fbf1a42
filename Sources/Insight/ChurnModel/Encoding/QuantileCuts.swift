/// Cut points that divide the values of a numeric feature into bins of about equal size.
public enum QuantileCuts {
    /// Cut points for one feature.
    ///
    /// With few distinct values every gap between neighbours becomes a cut. Otherwise the distinct values are walked in
    /// order and cut whenever the rows collected reach the rows that remain divided by the bins that remain. A cut is
    /// the midpoint of the two distinct values it separates, so a value equal to a cut belongs to the lower bin.
    ///
    /// - Parameters:
    ///   - values: the values in any order; NaN and infinities are ignored.
    ///   - binsMax: the most bins, the one for missing values included (2...256).
    /// - Returns: ascending cut points, at most `binsMax - 2`.
    public static func cuts(of values: [Double], binsMax: Int) -> [Double] {
        cuts(ofSorted: values.filter(\.isFinite).map { $0 + 0.0 }.sorted(), binsMax: binsMax)
    }

    static func cuts(ofSorted sorted: [Double], binsMax: Int) -> [Double] {
        let valueBins = max(1, binsMax - 1)
        var distinct: [Double] = []
        var counts: [Int] = []
        for value in sorted {
            if distinct.last == value {
                counts[counts.count - 1] += 1
            } else {
                distinct.append(value)
                counts.append(1)
            }
        }
        guard distinct.count > 1 else { return [] }
        if distinct.count <= valueBins {
            return zip(distinct, distinct.dropFirst()).map { midpoint($0, $1) }
        }
        var cuts: [Double] = []
        var rowsLeft = sorted.count
        var binsLeft = valueBins
        var collected = 0
        for position in 0..<(distinct.count - 1) where binsLeft > 1 {
            collected += counts[position]
            if Double(collected) >= Double(rowsLeft) / Double(binsLeft) {
                cuts.append(midpoint(distinct[position], distinct[position + 1]))
                rowsLeft -= collected
                binsLeft -= 1
                collected = 0
            }
        }
        return cuts
    }

    /// The midpoint of two numbers, never equal to the upper one.
    private static func midpoint(_ lower: Double, _ upper: Double) -> Double {
        var middle = (lower + upper) / 2
        if !middle.isFinite { middle = lower / 2 + upper / 2 }
        return middle < upper ? middle : lower
    }
}
