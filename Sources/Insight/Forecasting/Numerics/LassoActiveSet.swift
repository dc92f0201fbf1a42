/// The exact minimiser of 1/2 d'Md - c'd + lambda * sum |d_j| for a small positive semi-definite M.
///
/// An active-set method on signs (feature-sign search of Lee, Battle, Raina and Ng 2007): solve for the active
/// coordinates with their signs fixed, walk there with an exact search over the sign changes on the way, then let
/// in the coordinate that violates its optimality condition most. It ends after finitely many steps at the optimum.
struct LassoActiveSet {
    let size: Int
    /// The current point; set before `minimise` for a warm start.
    var point: [Double]

    init(size: Int) {
        self.size = size
        point = [Double](repeating: 0, count: size)
    }

    /// Minimises from the current `point`.
    ///
    /// - Parameters:
    ///   - matrix: M, row-major `size` x `size`.
    ///   - linear: c.
    ///   - penalty: lambda, >= 0.
    mutating func minimise(matrix: [Double], linear: [Double], penalty: Double) {
        var signs = point.map { $0 > 0 ? 1.0 : ($0 < 0 ? -1.0 : 0.0) }
        var blocked = [Bool](repeating: false, count: size)
        var productOfPoint = product(matrix)
        for _ in 0..<(60 * (size + 2)) {
            settleActiveSigns(matrix, linear, penalty, &signs, &productOfPoint)
            var strongest = -1
            var largestViolation = penalty * 1e-10
            for index in 0..<size where signs[index] == 0 && !blocked[index] {
                let violation = abs(linear[index] - productOfPoint[index]) - penalty
                if violation > largestViolation {
                    largestViolation = violation
                    strongest = index
                }
            }
            guard strongest >= 0 else { return }
            signs[strongest] = linear[strongest] > productOfPoint[strongest] ? 1 : -1
            let before = point
            settleActiveSigns(matrix, linear, penalty, &signs, &productOfPoint)
            // A coordinate that is let in and makes no progress is a duplicate within rounding.
            if before == point || point[strongest] == 0 { blocked[strongest] = true }
        }
    }

    private func product(_ matrix: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: size)
        for column in 0..<size where point[column] != 0 {
            let value = point[column]
            for row in 0..<size { result[row] += matrix[column * size + row] * value }
        }
        return result
    }

    private mutating func settleActiveSigns(
        _ matrix: [Double],
        _ linear: [Double],
        _ penalty: Double,
        _ signs: inout [Double],
        _ productOfPoint: inout [Double]
    ) {
        for _ in 0..<(4 * size + 8) {
            let active = (0..<size).filter { signs[$0] != 0 }
            guard !active.isEmpty else {
                for index in 0..<size { point[index] = 0 }
                productOfPoint = [Double](repeating: 0, count: size)
                return
            }
            let count = active.count
            var block = [Double](repeating: 0, count: count * count)
            var right = [Double](repeating: 0, count: count)
            for (row, index) in active.enumerated() {
                for (column, other) in active.enumerated() {
                    block[row * count + column] = matrix[index * size + other]
                }
                right[row] = linear[index] - penalty * signs[index]
            }
            guard let factor = CholeskyFactor(block, order: count, relativeTolerance: 1e-12) else { return }
            let target = factor.solve(right)
            let crossing = active.indices.contains { target[$0] * signs[active[$0]] < 0 }
            advance(active, to: target, matrix, linear, penalty)
            productOfPoint = product(matrix)
            for index in active { signs[index] = point[index] > 0 ? 1 : (point[index] < 0 ? -1 : 0) }
            if !crossing { return }
        }
    }

    /// Moves the active coordinates towards `target`, no further than the best of the sign changes on the way.
    private mutating func advance(
        _ active: [Int],
        to target: [Double],
        _ matrix: [Double],
        _ linear: [Double],
        _ penalty: Double
    ) {
        let start = active.map { point[$0] }
        var steps: [Double] = []
        for (row, value) in start.enumerated() where value != 0 && value * target[row] < 0 {
            steps.append(value / (value - target[row]))
        }
        var best = target
        if !steps.isEmpty {
            var bestValue = Double.infinity
            for step in steps + [1] {
                var candidate = [Double](repeating: 0, count: active.count)
                for row in candidate.indices {
                    candidate[row] = start[row] + step * (target[row] - start[row])
                    let crossesHere =
                        start[row] != 0 && start[row] * target[row] < 0
                        && step == start[row] / (start[row] - target[row])
                    if crossesHere { candidate[row] = 0 }
                }
                let value = objective(active, candidate, matrix, linear, penalty)
                if value < bestValue {
                    bestValue = value
                    best = candidate
                }
            }
        }
        for (row, index) in active.enumerated() { point[index] = best[row] }
    }

    private func objective(
        _ active: [Int],
        _ values: [Double],
        _ matrix: [Double],
        _ linear: [Double],
        _ penalty: Double
    ) -> Double {
        var result = 0.0
        for (row, index) in active.enumerated() {
            var half = 0.0
            for (column, other) in active.enumerated() { half += matrix[index * size + other] * values[column] }
            result += values[row] * (0.5 * half - linear[index]) + penalty * abs(values[row])
        }
        return result
    }
}
