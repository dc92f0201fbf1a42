/// The best split of a node on one column, found from the column's histogram.
struct SplitSearch: Sendable {
    typealias Sums = GradientScale.Sums

    /// A split that is worth making.
    struct Split: Sendable {
        var gain: Double
        var column: Int
        var feature: Int
        /// The highest bin that goes left; for a category 1 ("is not the level").
        var bin: Int
        /// The level code of a split on a category.
        var level: UInt8
        var isCategory: Bool
        var missingLeft: Bool
        var left: Sums
        var leftValue: Double
        var rightValue: Double
    }

    /// What the search needs to know of the node.
    struct Node: Sendable {
        var sums: Sums
        var lower: Double
        var upper: Double
    }

    /// Gains closer than this count as equal, so that the first split found stays.
    static let gainTie = 1e-10

    let scale: GradientScale
    let lambda: Double
    let rowsMin: Int
    let hessianMin: Double
    /// -1, 0 or 1 per feature; empty when no feature is constrained.
    let signs: [Int8]

    /// The value of a leaf with these sums, inside the bounds of its node.
    func value(_ sums: Sums, lower: Double, upper: Double) -> Double {
        let denominator = scale.hessian(sums) + lambda
        guard denominator > 0 else { return min(max(0, lower), upper) }
        return min(max(-scale.gradient(sums) / denominator, lower), upper)
    }

    func best(
        _ column: BinnedTable.Column,
        position: Int,
        histogram: UnsafePointer<Sums>,
        node: Node
    ) -> Split? {
        var evaluation = Evaluation(search: self, node: node, column: position)
        if column.isCategory {
            searchLevels(column, histogram: histogram, evaluation: &evaluation)
        } else {
            searchThresholds(column, histogram: histogram, evaluation: &evaluation)
        }
        return evaluation.best
    }

    private func searchThresholds(
        _ column: BinnedTable.Column,
        histogram: UnsafePointer<Sums>,
        evaluation: inout Evaluation
    ) {
        guard column.lastBin >= 1 else { return }
        let feature = column.features.lowerBound
        let sign = signs.isEmpty ? 0 : signs[feature]
        let total = evaluation.node.sums
        let totalCount = scale.count(total)
        for missingLeft in [false, true] {
            if missingLeft && scale.count(histogram[0]) == 0 { break }
            var left = missingLeft ? histogram[0] : Sums(0, 0)
            for bin in 1...column.lastBin {
                let sums = histogram[bin]
                // An empty bin repeats the split before it and can never be strictly better.
                if sums.y & scale.countMask == 0 { continue }
                left &+= sums
                let leftCount = scale.count(left)
                if leftCount < rowsMin { continue }
                if totalCount - leftCount < rowsMin { break }
                if !evaluation.consider(left: left, sign: sign) { continue }
                evaluation.take(
                    feature: feature, bin: bin, level: 0, isCategory: false, missingLeft: missingLeft, left: left
                )
            }
        }
    }

    private func searchLevels(
        _ column: BinnedTable.Column,
        histogram: UnsafePointer<Sums>,
        evaluation: inout Evaluation
    ) {
        let total = evaluation.node.sums
        let totalCount = scale.count(total)
        for feature in column.features {
            let level = feature - column.features.lowerBound
            guard level <= column.lastBin else { break }
            let right = histogram[level]
            let rightCount = scale.count(right)
            if rightCount < rowsMin || totalCount - rightCount < rowsMin { continue }
            let left = total &- right
            if !evaluation.consider(left: left, sign: 0) { continue }
            evaluation.take(
                feature: feature, bin: 1, level: UInt8(level), isCategory: true, missingLeft: false, left: left
            )
        }
    }

    /// The running best of one column.
    private struct Evaluation {
        let search: SplitSearch
        let node: Node
        let column: Int
        let isBounded: Bool
        let parentScore: Double
        let totalGradient: Double
        let totalHessian: Double
        /// The least sum of child scores that could beat the best so far; spares two divisions per bin.
        var scoreFloor: Double
        var bestGain = 0.0
        var gain = 0.0
        var best: Split?

        init(search: SplitSearch, node: Node, column: Int) {
            self.search = search
            self.node = node
            self.column = column
            isBounded = !search.signs.isEmpty
            totalGradient = search.scale.gradient(node.sums)
            totalHessian = search.scale.hessian(node.sums)
            let denominator = totalHessian + search.lambda
            if isBounded {
                let value = search.value(node.sums, lower: node.lower, upper: node.upper)
                parentScore = -(totalGradient * value + denominator * value * value / 2)
            } else {
                parentScore = denominator > 0 ? totalGradient * totalGradient / denominator : 0
            }
            scoreFloor = 0
            raiseFloor()
        }

        private mutating func raiseFloor() {
            let floor = parentScore + 2 * (bestGain + SplitSearch.gainTie)
            scoreFloor = floor - 1e-12 * abs(floor)
        }

        /// Computes the gain of sending `left` to the left; false when the split is not allowed or not better.
        @inline(__always)
        mutating func consider(left: Sums, sign: Int8) -> Bool {
            let leftGradient = search.scale.gradient(left)
            let leftHessian = search.scale.hessian(left)
            let rightGradient = totalGradient - leftGradient
            let rightHessian = totalHessian - leftHessian
            if leftHessian < search.hessianMin || rightHessian < search.hessianMin { return false }
            let leftDenominator = leftHessian + search.lambda
            let rightDenominator = rightHessian + search.lambda
            if !isBounded {
                let numerator =
                    leftGradient * leftGradient * rightDenominator + rightGradient * rightGradient * leftDenominator
                guard numerator >= scoreFloor * leftDenominator * rightDenominator else { return false }
                let score =
                    leftGradient * leftGradient / leftDenominator + rightGradient * rightGradient / rightDenominator
                gain = (score - parentScore) / 2
                return gain > bestGain + SplitSearch.gainTie
            }
            let leftValue = min(max(-leftGradient / leftDenominator, node.lower), node.upper)
            let rightValue = min(max(-rightGradient / rightDenominator, node.lower), node.upper)
            if sign > 0 && leftValue > rightValue || sign < 0 && leftValue < rightValue { return false }
            let leftScore = -(leftGradient * leftValue + leftDenominator * leftValue * leftValue / 2)
            let rightScore = -(rightGradient * rightValue + rightDenominator * rightValue * rightValue / 2)
            gain = leftScore + rightScore - parentScore
            return gain > bestGain + SplitSearch.gainTie
        }

        mutating func take(
            feature: Int, bin: Int, level: UInt8, isCategory: Bool, missingLeft: Bool, left: Sums
        ) {
            bestGain = gain
            raiseFloor()
            best = Split(
                gain: gain, column: column, feature: feature, bin: bin, level: level, isCategory: isCategory,
                missingLeft: missingLeft, left: left,
                leftValue: search.value(left, lower: node.lower, upper: node.upper),
                rightValue: search.value(node.sums &- left, lower: node.lower, upper: node.upper)
            )
        }
    }
}
