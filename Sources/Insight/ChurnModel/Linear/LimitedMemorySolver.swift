/// L-BFGS (Nocedal 1980) with backtracking, for designs too wide for Newton's method.
enum LimitedMemorySolver {
    private static let memory = 12

    static func solve(_ objective: some SmoothObjective, settings: LogisticSettings) -> [Double] {
        var point = objective.start
        var current = objective.value(at: point, withHessian: false)
        var steps: [[Double]] = []
        var changes: [[Double]] = []
        var lowestNorm = VectorMath.norm(current.gradient)
        var previousLoss = current.loss
        var idleIterations = 0
        for _ in 0..<(settings.iterationsMax * 10) {
            guard VectorMath.norm(current.gradient) > settings.gradientNormMax else { break }
            let direction = direction(current.gradient, steps: steps, changes: changes)
            let slope = VectorMath.dot(direction, current.gradient)
            guard slope < 0 else {
                guard !steps.isEmpty else { break }
                steps = []
                changes = []
                continue
            }
            var length = steps.isEmpty ? min(1, 1 / VectorMath.norm(current.gradient)) : 1
            var accepted: (point: [Double], value: ObjectiveValue)?
            while length > 1e-10 {
                let candidate = zip(point, direction).map { $0 + length * $1 }
                let value = objective.value(at: candidate, withHessian: false)
                // Near the optimum the loss no longer resolves the step, the slope along it still does.
                let isLevel = value.loss <= current.loss + 1e-12 * abs(current.loss)
                let isFlatter = abs(VectorMath.dot(direction, value.gradient)) <= 0.9 * abs(slope)
                if value.loss <= current.loss + 1e-4 * length * slope || isLevel && isFlatter {
                    accepted = (candidate, value)
                    break
                }
                length /= 2
            }
            guard let accepted else {
                // Once from scratch along the steepest descent, then the limit of double precision is reached.
                guard !steps.isEmpty else { break }
                steps = []
                changes = []
                continue
            }
            let step = zip(accepted.point, point).map { $0 - $1 }
            let change = zip(accepted.value.gradient, current.gradient).map { $0 - $1 }
            if VectorMath.dot(step, change) > 1e-14 * VectorMath.norm(step) * VectorMath.norm(change) {
                steps.append(step)
                changes.append(change)
                if steps.count > memory {
                    steps.removeFirst()
                    changes.removeFirst()
                }
            }
            point = accepted.point
            current = accepted.value
            if VectorMath.norm(current.gradient) < lowestNorm / 2 {
                lowestNorm = VectorMath.norm(current.gradient)
                idleIterations = 0
            } else {
                idleIterations += 1
                // The loss may still fall while the gradient wanders, but not for that long.
                if idleIterations > 60, previousLoss - current.loss <= 1e-12 * abs(current.loss) { break }
            }
            previousLoss = current.loss
        }
        return point
    }

    /// The two-loop recursion: minus the inverse curvature times the gradient.
    private static func direction(_ gradient: [Double], steps: [[Double]], changes: [[Double]]) -> [Double] {
        var direction = gradient.map { -$0 }
        var shares = [Double](repeating: 0, count: steps.count)
        for index in steps.indices.reversed() {
            let curvature = VectorMath.dot(steps[index], changes[index])
            shares[index] = VectorMath.dot(steps[index], direction) / curvature
            for position in direction.indices { direction[position] -= shares[index] * changes[index][position] }
        }
        if let step = steps.last, let change = changes.last {
            let scale = VectorMath.dot(step, change) / VectorMath.dot(change, change)
            for position in direction.indices { direction[position] *= scale }
        }
        for index in steps.indices {
            let curvature = VectorMath.dot(steps[index], changes[index])
            let share = VectorMath.dot(changes[index], direction) / curvature
            for position in direction.indices {
                direction[position] += (shares[index] - share) * steps[index][position]
            }
        }
        return direction
    }
}
