/// A convex function of a vector that the solvers can minimise.
protocol SmoothObjective {
    /// The length of the vector.
    var dimension: Int { get }
    /// Where to start.
    var start: [Double] { get }
    func value(at point: [Double], withHessian: Bool) -> ObjectiveValue
}

/// A function value with its derivatives.
struct ObjectiveValue: Sendable {
    var loss: Double
    var gradient: [Double]
    /// The second derivatives, row-major and symmetric; empty when not asked for.
    var hessian: [Double]

    init(dimension: Int, withHessian: Bool) {
        loss = 0
        gradient = [Double](repeating: 0, count: dimension)
        hessian = [Double](repeating: 0, count: withHessian ? dimension * dimension : 0)
    }

    mutating func add(_ other: ObjectiveValue) {
        loss += other.loss
        for index in gradient.indices { gradient[index] += other.gradient[index] }
        for index in hessian.indices { hessian[index] += other.hessian[index] }
    }

    /// Adds a ridge penalty on everything but position 0 and completes the upper half of the second derivatives.
    mutating func penalise(_ point: [Double], penalty: Double) {
        let dimension = point.count
        for index in 1..<max(dimension, 1) {
            loss += penalty * point[index] * point[index] / 2
            gradient[index] += penalty * point[index]
        }
        guard !hessian.isEmpty else { return }
        for row in 0..<dimension {
            if row > 0 { hessian[row * dimension + row] += penalty }
            for column in 0..<row { hessian[column * dimension + row] = hessian[row * dimension + column] }
        }
    }
}
