/// The penalised log loss of all person-months as a function of intercept, feature coefficients and time coefficients.
///
/// Months of one row share their features, so each row enters the sums over features once, with residuals and weights
/// already summed over its months; the cost grows with rows, not with person-months.
struct HazardObjective: SmoothObjective {
    let dimension: Int
    private let design: LinearDesign
    private let entryMonths: [Int]
    private let exitMonths: [Int]
    private let churned: [Bool]
    /// The standardised time functions of every month, month 1 first.
    private let basis: [[Double]]
    private let penalty: Double
    private let workers: Workers
    private let chunkSize: Int

    init(
        design: LinearDesign, entryMonths: [Int], exitMonths: [Int], churned: [Bool], basis: [[Double]],
        penalty: Double, workers: Workers
    ) {
        self.design = design
        self.entryMonths = entryMonths
        self.exitMonths = exitMonths
        self.churned = churned
        self.basis = basis
        self.penalty = penalty
        self.workers = workers
        dimension = design.columns.count + TimeBasis.count + 1
        chunkSize = max(512, (churned.count + 31) / 32)
    }

    var start: [Double] {
        var point = [Double](repeating: 0, count: dimension)
        let months = zip(entryMonths, exitMonths).reduce(0) { $0 + $1.1 - $1.0 }
        point[0] = Sigmoid.logit(Double(churned.count { $0 }) / Double(max(1, months)))
        return point
    }

    func value(at point: [Double], withHessian: Bool) -> ObjectiveValue {
        let features = design.columns.count
        let timeMargins = basis.map { values in
            var sum = 0.0
            for index in values.indices { sum += point[features + 1 + index] * values[index] }
            return sum
        }
        let chunkCount = (churned.count + chunkSize - 1) / chunkSize
        let parts = workers.map(chunkCount) { chunk in
            part(
                at: point, timeMargins: timeMargins,
                rows: (chunk * chunkSize)..<min((chunk + 1) * chunkSize, churned.count), withHessian
            )
        }
        var total = ObjectiveValue(dimension: dimension, withHessian: withHessian)
        for part in parts { total.add(part) }
        total.penalise(point, penalty: penalty)
        return total
    }

    private func part(
        at point: [Double], timeMargins: [Double], rows: Range<Int>, _ withHessian: Bool
    ) -> ObjectiveValue {
        let features = design.columns.count
        let times = features + 1
        var value = ObjectiveValue(dimension: dimension, withHessian: withHessian)
        let count = rows.count
        var residuals = [Double](repeating: 0, count: count)
        var weights = [Double](repeating: 0, count: count)
        var timeWeights = [[Double]](
            repeating: [Double](repeating: 0, count: count), count: withHessian ? TimeBasis.count : 0
        )
        var monthResiduals = [Double](repeating: 0, count: basis.count)
        var monthWeights = [Double](repeating: 0, count: basis.count)
        var scratch = [Double](repeating: 0, count: count)
        for (offset, row) in rows.enumerated() {
            var margin = point[0]
            for column in 0..<features {
                margin += point[column + 1] * design.values[column * design.rowCount + row]
            }
            for month in entryMonths[row]..<exitMonths[row] {
                let isEvent = churned[row] && month == exitMonths[row] - 1
                let monthMargin = margin + timeMargins[month]
                let probability = Sigmoid.probability(monthMargin)
                let residual = probability - (isEvent ? 1 : 0)
                let weight = probability * (1 - probability)
                value.loss += Sigmoid.logLoss(margin: monthMargin, label: isEvent)
                residuals[offset] += residual
                weights[offset] += weight
                monthResiduals[month] += residual
                monthWeights[month] += weight
                if withHessian {
                    for index in 0..<TimeBasis.count { timeWeights[index][offset] += weight * basis[month][index] }
                }
            }
            value.gradient[0] += residuals[offset]
        }
        for month in basis.indices {
            for index in 0..<TimeBasis.count {
                value.gradient[times + index] += monthResiduals[month] * basis[month][index]
                guard withHessian else { continue }
                for other in 0...index {
                    value.hessian[(times + index) * dimension + times + other] +=
                        monthWeights[month] * basis[month][index] * basis[month][other]
                }
            }
        }
        // Unsafe pointers: see BlockProducts.
        design.values.withUnsafeBufferPointer { values in
            var columns: [UnsafePointer<Double>] = []
            if let numbers = values.baseAddress {
                columns = (0..<features).map { numbers + $0 * design.rowCount + rows.lowerBound }
            }
            for (position, column) in columns.enumerated() {
                value.gradient[position + 1] += BlockProducts.sum(column, residuals, count)
            }
            guard withHessian else { return }
            BlockProducts.addCrossProducts(
                columns: columns, weights: weights, scratch: &scratch, count: count, dimension: dimension,
                into: &value.hessian
            )
            for index in 0..<TimeBasis.count {
                let base = (times + index) * dimension
                for offset in 0..<count { value.hessian[base] += timeWeights[index][offset] }
                for (position, column) in columns.enumerated() {
                    value.hessian[base + position + 1] += BlockProducts.sum(column, timeWeights[index], count)
                }
            }
        }
        return value
    }
}
