import Glibc

@testable import ChurnModel

/// Boosting written down plainly from its definition: double sums over rows, no histograms, no tricks. Slow; for tests.
struct ReferenceBooster {
    let rows: [[Double]]
    let labels: [Bool]
    let settings: BoostingSettings

    private struct Leaf {
        var rows: [Int]
        var depth: Int
        var value: Double
        var split: Split?
    }

    private struct Split {
        var gain: Double
        var left: [Int]
        var right: [Int]
    }

    /// The margins of all rows after the given number of trees.
    func margins(rounds: Int) -> [Double] {
        let cuts = rows[0].indices.map { feature in
            QuantileCuts.cuts(of: rows.map { $0[feature] }, binsMax: settings.binsMax)
        }
        let rate = Double(labels.count { $0 }) / Double(labels.count)
        var margins = [Double](repeating: log(rate / (1 - rate)), count: rows.count)
        for _ in 0..<rounds {
            let probabilities = margins.map { 1 / (1 + exp(-$0)) }
            let gradients = probabilities.indices.map { probabilities[$0] - (labels[$0] ? 1 : 0) }
            let hessians = probabilities.map { max($0 * (1 - $0), 1e-16) }
            for leaf in tree(gradients, hessians, cuts: cuts) {
                for row in leaf.rows { margins[row] += settings.learningRate * leaf.value }
            }
        }
        return margins
    }

    private func tree(_ gradients: [Double], _ hessians: [Double], cuts: [[Double]]) -> [Leaf] {
        func sums(_ rows: [Int]) -> (Double, Double) {
            rows.reduce((0, 0)) { ($0.0 + gradients[$1], $0.1 + hessians[$1]) }
        }
        func leaf(_ rows: [Int], depth: Int) -> Leaf {
            let (gradient, hessian) = sums(rows)
            var leaf = Leaf(rows: rows, depth: depth, value: -gradient / (hessian + settings.lambda), split: nil)
            guard depth < settings.depthMax else { return leaf }
            func score(_ sums: (Double, Double)) -> Double { sums.0 * sums.0 / (sums.1 + settings.lambda) }
            for feature in cuts.indices {
                for missingLeft in [false, true] {
                    for threshold in cuts[feature] + [.infinity] {
                        let isLeft = rows.map { row in
                            let value = self.rows[row][feature]
                            return value.isNaN ? missingLeft : value <= threshold
                        }
                        let left = zip(rows, isLeft).filter(\.1).map(\.0)
                        let right = zip(rows, isLeft).filter { !$0.1 }.map(\.0)
                        guard left.count >= settings.rowsPerLeafMin, right.count >= settings.rowsPerLeafMin else {
                            continue
                        }
                        let (leftSums, rightSums) = (sums(left), sums(right))
                        guard min(leftSums.1, rightSums.1) >= settings.hessianPerLeafMin else { continue }
                        let gain = (score(leftSums) + score(rightSums) - score((gradient, hessian))) / 2
                        if gain > (leaf.split?.gain ?? 0) + 1e-10 {
                            leaf.split = Split(gain: gain, left: left, right: right)
                        }
                    }
                }
            }
            return leaf
        }
        var leaves = [leaf(Array(rows.indices), depth: 0)]
        while leaves.count < settings.leavesMax {
            var best: Int?
            for position in leaves.indices {
                let gain = leaves[position].split?.gain ?? 0
                if gain > 1e-12, gain > best.map({ leaves[$0].split?.gain ?? 0 }) ?? 0 { best = position }
            }
            guard let best, let split = leaves[best].split else { break }
            let depth = leaves.remove(at: best).depth + 1
            leaves.append(leaf(split.left, depth: depth))
            leaves.append(leaf(split.right, depth: depth))
        }
        return leaves
    }
}
