/// Rows ordered by score, with rows of equal score treated as one: every figure that depends on the ranking is computed
/// from these groups, so that it does not depend on the order in which the rows were given.
struct RankedRows: Sendable {
    /// Rows of one score.
    struct Tie: Sendable {
        var rows: Int
        var positives: Int
        var scoreSum: Double
    }

    /// From the highest score to the lowest.
    let ties: [Tie]
    let rowCount: Int
    let positiveCount: Int

    init(scores: [Double], labels: [Bool]) {
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        var ties: [Tie] = []
        var last = Double.nan
        for row in order {
            if scores[row] != last {
                ties.append(Tie(rows: 0, positives: 0, scoreSum: 0))
                last = scores[row]
            }
            ties[ties.count - 1].rows += 1
            ties[ties.count - 1].positives += labels[row] ? 1 : 0
            ties[ties.count - 1].scoreSum += scores[row]
        }
        self.ties = ties
        rowCount = scores.count
        positiveCount = ties.reduce(0) { $0 + $1.positives }
    }

    /// A stretch of the ranking, cutting through ties in proportion.
    struct Slice: Sendable {
        var rows = 0.0
        var positives = 0.0
        var scoreSum = 0.0
    }

    /// The ranking divided into parts of the given numbers of rows, from the top.
    func slices(_ sizes: [Int]) -> [Slice] {
        var slices: [Slice] = []
        var tie = 0
        var taken = 0.0
        for size in sizes {
            var slice = Slice()
            var wanted = Double(size)
            while wanted > 0, tie < ties.count {
                let left = Double(ties[tie].rows) - taken
                let part = min(wanted, left)
                let share = part / Double(ties[tie].rows)
                slice.rows += part
                slice.positives += share * Double(ties[tie].positives)
                slice.scoreSum += share * ties[tie].scoreSum
                wanted -= part
                taken += part
                if taken >= Double(ties[tie].rows) {
                    tie += 1
                    taken = 0
                }
            }
            slices.append(slice)
        }
        return slices
    }

    /// Sizes of `parts` parts that differ by one row at most, the larger ones first.
    static func evenSizes(_ rowCount: Int, parts: Int) -> [Int] {
        (0..<parts).map { rowCount / parts + ($0 < rowCount % parts ? 1 : 0) }
    }
}
