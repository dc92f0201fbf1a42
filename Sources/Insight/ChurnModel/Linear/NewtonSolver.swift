/// Newton's method with step halving (iteratively reweighted least squares).
enum NewtonSolver {
    /// - Parameter start: a point near the solution, for example that of a similar problem; that of the objective when nil.
    static func solve(
        _ objective: some SmoothObjective, settings: LogisticSettings, start: [Double]? = nil
    ) -> [Double] {
        var point = start ?? objective.start
        var current = objective.value(at: point, withHessian: true)
        for _ in 0..<settings.iterationsMax {
            guard VectorMath.norm(current.gradient) > settings.gradientNormMax else { break }
            guard
                let step = Cholesky.solve(current.hessian, current.gradient, dimension: objective.dimension)
            else { break }
            var share = 1.0
            var next: ObjectiveValue?
            while share > 1e-10 {
                let candidate = zip(point, step).map { $0 - share * $1 }
                let value = objective.value(at: candidate, withHessian: true)
                if value.loss <= current.loss + 1e-12 * abs(current.loss) {
                    point = candidate
                    next = value
                    break
                }
                share /= 2
            }
            guard let next else { break }
            // No progress in the loss and none in the gradient: the limit of double precision is reached.
            let isStuck =
                next.loss >= current.loss
                && VectorMath.norm(next.gradient) >= VectorMath.norm(current.gradient) / 2
            current = next
            if isStuck { break }
        }
        return point
    }
}
