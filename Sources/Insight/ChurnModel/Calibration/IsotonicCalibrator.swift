/// Isotonic regression: the rising step function closest to the labels, made continuous.
///
/// Pool-adjacent-violators with rows of equal margin pooled first. A block stands at the mean margin of its rows; between
/// blocks the probability is interpolated linearly, outside of them it stays constant.
public struct IsotonicCalibrator: Sendable, Equatable {
    /// The mean margin of every block, strictly ascending.
    public let margins: [Double]
    /// The probability of every block, ascending.
    public let probabilities: [Double]

    init(margins: [Double], probabilities: [Double]) {
        self.margins = margins
        self.probabilities = probabilities
    }

    /// Fits the blocks; at least one row is needed.
    ///
    /// No block is more certain than its rows allow: a share of 0 or 1 is held to the targets of Platt scaling,
    /// 1 / (n₋ + 2) and (n₊ + 1) / (n₊ + 2).
    public init(margins: [Double], labels: [Bool]) {
        struct Block {
            var marginSum: Double
            var positives: Double
            var rows: Double
            var share: Double { positives / rows }
        }
        let order = margins.indices.sorted { (margins[$0], $0) < (margins[$1], $1) }
        var blocks: [Block] = []
        var lastMargin = Double.nan
        for row in order {
            let positive = labels[row] ? 1.0 : 0.0
            if margins[row] == lastMargin {
                blocks[blocks.count - 1].marginSum += margins[row]
                blocks[blocks.count - 1].positives += positive
                blocks[blocks.count - 1].rows += 1
            } else {
                blocks.append(Block(marginSum: margins[row], positives: positive, rows: 1))
                lastMargin = margins[row]
            }
        }
        var pooled: [Block] = []
        for block in blocks {
            pooled.append(block)
            while pooled.count > 1, pooled[pooled.count - 2].share >= pooled[pooled.count - 1].share {
                let upper = pooled.removeLast()
                pooled[pooled.count - 1].marginSum += upper.marginSum
                pooled[pooled.count - 1].positives += upper.positives
                pooled[pooled.count - 1].rows += upper.rows
            }
        }
        let positives = Double(labels.count { $0 })
        let lowest = 1 / (Double(labels.count) - positives + 2)
        let highest = (positives + 1) / (positives + 2)
        self.margins = pooled.map { $0.marginSum / $0.rows }
        probabilities = pooled.map { min(max($0.share, min(lowest, highest)), max(lowest, highest)) }
    }

    /// The probability of a margin.
    public func probability(_ margin: Double) -> Double {
        guard let first = margins.first, let last = margins.last else { return Sigmoid.probability(margin) }
        if margin <= first { return probabilities[0] }
        if margin >= last { return probabilities[probabilities.count - 1] }
        var lower = 0
        var upper = margins.count - 1
        while upper - lower > 1 {
            let middle = (lower + upper) / 2
            if margins[middle] <= margin { lower = middle } else { upper = middle }
        }
        let width = margins[upper] - margins[lower]
        guard width > 0 else { return probabilities[upper] }
        let share = (margin - margins[lower]) / width
        return probabilities[lower] + share * (probabilities[upper] - probabilities[lower])
    }
}
