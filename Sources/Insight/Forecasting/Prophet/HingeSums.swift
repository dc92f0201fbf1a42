/// Inner products with the hinge columns `(t - s_j)+` in time proportional to the rows, not to rows times
/// changepoints: sums are carried from the last changepoint backwards, each about its own changepoint, so that
/// nothing cancels.
struct HingeSums: Sendable {
    fileprivate let times: [Double]
    fileprivate let changepoints: [Double]
    /// First row with `t >= s_j`, per changepoint.
    fileprivate let firstRows: [Int]

    /// - Parameters:
    ///   - times: ascending.
    ///   - changepoints: ascending.
    init(times: [Double], changepoints: [Double]) {
        self.times = times
        self.changepoints = changepoints
        var firstRows: [Int] = []
        var row = 0
        for changepoint in changepoints {
            while row < times.count, times[row] < changepoint { row += 1 }
            firstRows.append(row)
        }
        self.firstRows = firstRows
    }

    /// `sum_i (t_i - s_j)+ v_i` for every changepoint; `vector` has one value per time.
    func products(_ vector: UnsafePointer<Double>) -> [Double] {
        var result = [Double](repeating: 0, count: changepoints.count)
        times.withUnsafeBufferPointer { times in
            var mass = 0.0
            var moment = 0.0
            var end = times.count
            for index in stride(from: changepoints.count - 1, through: 0, by: -1) {
                let origin = changepoints[index]
                if index + 1 < changepoints.count { moment += (changepoints[index + 1] - origin) * mass }
                var row = firstRows[index]
                while row < end {
                    moment += (times[row] - origin) * vector[row]
                    mass += vector[row]
                    row += 1
                }
                end = firstRows[index]
                result[index] = moment
            }
        }
        return result
    }

    /// Row-major Gram matrix of the hinge columns.
    func gram() -> [Double] {
        let size = changepoints.count
        var result = [Double](repeating: 0, count: size * size)
        for later in 0..<size {
            var squares = 0.0
            var moment = 0.0
            for row in firstRows[later]..<max(firstRows[later], times.count) {
                let distance = times[row] - changepoints[later]
                squares += distance * distance
                moment += distance
            }
            for earlier in 0...later {
                let value = squares + (changepoints[later] - changepoints[earlier]) * moment
                result[earlier * size + later] = value
                result[later * size + earlier] = value
            }
        }
        return result
    }
}

extension HingeSums {
    /// Subtracts the piecewise linear function with these rate changes from `vector`.
    func subtract(_ changes: [Double], from vector: inout [Double]) {
        var rate = 0.0
        var offset = 0.0
        for index in changepoints.indices {
            rate += changes[index]
            offset -= changes[index] * changepoints[index]
            let end = index + 1 < changepoints.count ? firstRows[index + 1] : times.count
            guard rate != 0 || offset != 0 else { continue }
            for row in firstRows[index]..<max(firstRows[index], end) { vector[row] -= offset + rate * times[row] }
        }
    }
}
