/// The penalised log loss of a design as a function of intercept (position 0) and coefficients.
///
/// Rows are summed in fixed chunks and the chunks in order, so that the result is the same for any number of threads.
struct LogisticObjective: SmoothObjective {
    let dimension: Int
    private let design: LinearDesign
    private let labels: [Bool]
    private let penalty: Double
    private let workers: Workers
    private let chunkSize: Int

    init(design: LinearDesign, labels: [Bool], penalty: Double, workers: Workers) {
        self.design = design
        self.labels = labels
        self.penalty = penalty
        self.workers = workers
        dimension = design.columns.count + 1
        chunkSize = max(1_024, (labels.count + 31) / 32)
    }

    /// The share of positives as log-odds, coefficients 0.
    var start: [Double] {
        var point = [Double](repeating: 0, count: dimension)
        point[0] = Sigmoid.logit(Double(labels.count { $0 }) / Double(labels.count))
        return point
    }

    func value(at point: [Double], withHessian: Bool) -> ObjectiveValue {
        let chunkCount = (labels.count + chunkSize - 1) / chunkSize
        let parts = workers.map(chunkCount) { chunk in
            part(at: point, rows: (chunk * chunkSize)..<min((chunk + 1) * chunkSize, labels.count), withHessian)
        }
        var total = ObjectiveValue(dimension: dimension, withHessian: withHessian)
        for part in parts { total.add(part) }
        total.penalise(point, penalty: penalty)
        return total
    }

    private func part(at point: [Double], rows: Range<Int>, _ withHessian: Bool) -> ObjectiveValue {
        let size = 256
        var value = ObjectiveValue(dimension: dimension, withHessian: withHessian)
        var margins = [Double](repeating: 0, count: size)
        var residuals = [Double](repeating: 0, count: size)
        var weights = [Double](repeating: 0, count: size)
        var scratch = [Double](repeating: 0, count: size)
        // Unsafe pointers: see BlockProducts.
        design.values.withUnsafeBufferPointer { values in
            for start in stride(from: rows.lowerBound, to: rows.upperBound, by: size) {
                let count = min(size, rows.upperBound - start)
                for offset in 0..<count { margins[offset] = point[0] }
                var columns: [UnsafePointer<Double>] = []
                if let numbers = values.baseAddress {
                    columns = (0..<(dimension - 1)).map { numbers + $0 * design.rowCount + start }
                }
                for (position, column) in columns.enumerated() {
                    let coefficient = point[position + 1]
                    for offset in 0..<count { margins[offset] += coefficient * column[offset] }
                }
                for offset in 0..<count {
                    let label = labels[start + offset]
                    let probability = Sigmoid.probability(margins[offset])
                    value.loss += Sigmoid.logLoss(margin: margins[offset], label: label)
                    residuals[offset] = probability - (label ? 1 : 0)
                    weights[offset] = probability * (1 - probability)
                    value.gradient[0] += residuals[offset]
                }
                for (position, column) in columns.enumerated() {
                    value.gradient[position + 1] += BlockProducts.sum(column, residuals, count)
                }
                if withHessian {
                    BlockProducts.addCrossProducts(
                        columns: columns, weights: weights, scratch: &scratch, count: count, dimension: dimension,
                        into: &value.hessian
                    )
                }
            }
        }
        return value
    }
}
