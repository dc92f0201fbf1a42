/// Means of member forecasts, row by row.
enum BlendedRows {
    /// Members further from the centre than so many times the blend's usual error are out of line.
    private static let tolerance = 1.5
    private static let iterationsMax = 8

    static func mean(_ values: [[Double]], weights: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: values.first?.count ?? 0)
        for (list, weight) in zip(values, weights) where weight > 0 {
            for row in result.indices { result[row] += weight * list[row] }
        }
        return result
    }

    /// The weights with every forecast counted once, whatever number of members it comes from: of members that say the
    /// same in every row the first stands for them all, and the others count nothing. On a short history methods come
    /// to that by their own rules, a seasonal one to the plain one, one with earlier years to one without.
    ///
    /// Where no two are the same the weights are those given, to the last bit.
    static func countingOnce(_ values: [[Double]], weights: [Double]) -> [Double] {
        guard let rows = values.first?.count, rows > 0 else { return weights }
        var result = weights
        let members = weights.indices.filter { weights[$0] > 0 }
        for (place, member) in members.enumerated() {
            guard let first = members[..<place].first(where: { values[$0] == values[member] }) else { continue }
            result[first] = max(result[first], weights[member])
            result[member] = 0
        }
        guard result != weights else { return weights }
        let sum = result.reduce(0, +)
        return result.map { $0 / sum }
    }

    /// The weighted mean, in which a member that is out of line counts less: the further, the less.
    ///
    /// A back-test in calm times says little about what follows a shock. Methods then part: some take the shock for
    /// lasting, some for passing, and the mean would lie where none of them expects the series. By how much methods
    /// may differ is told by the error the blend usually has. While they agree within it the result is the weighted
    /// mean; beyond, it is an M-estimate of their location, started at the weighted median, whose weights fall with
    /// the square of the distance.
    ///
    /// - Parameters:
    ///   - values: per member, one value per row.
    ///   - weights: per member, with sum 1.
    ///   - usualError: mean absolute error of the weighted mean in the back-test; nil for the weighted mean itself.
    /// - Returns: the mean of every row, and the mean share of every member.
    static func robustMean(
        _ values: [[Double]], weights: [Double], usualError: Double?
    ) -> (values: [Double], shares: [Double]) {
        var result = mean(values, weights: weights)
        guard let usualError, !result.isEmpty else { return (result, weights) }
        let members = weights.indices.filter { weights[$0] > 0 }
        var shares = [Double](repeating: 0, count: weights.count)
        var rowShares = shares
        for row in result.indices {
            let largest = members.reduce(0) { max($0, abs(values[$1][row])) }
            let reach = tolerance * usualError + 1e-12 * largest
            let lowest = members.reduce(Double.infinity) { min($0, values[$1][row]) }
            let highest = members.reduce(-Double.infinity) { max($0, values[$1][row]) }
            guard highest - lowest > reach else {
                for member in members { shares[member] += weights[member] }
                continue
            }
            var centre = weightedMedian(of: members, values, weights, row: row)
            for _ in 0..<iterationsMax {
                var sum = 0.0
                var next = 0.0
                for member in members {
                    let distance = abs(values[member][row] - centre)
                    let ratio = distance > reach ? reach / distance : 1
                    rowShares[member] = weights[member] * ratio * ratio
                    sum += rowShares[member]
                    next += rowShares[member] * values[member][row]
                }
                // The weighted median is within reach of itself; later centres lie among members that count.
                guard sum > 0 else { break }
                for member in members { rowShares[member] /= sum }
                let moved = next / sum
                let isSettled = abs(moved - centre) <= 1e-9 * reach
                centre = moved
                if isSettled { break }
            }
            result[row] = centre
            for member in members { shares[member] += rowShares[member] }
        }
        return (result, shares.map { $0 / Double(result.count) })
    }

    /// The lower one where the weights divide in halves.
    private static func weightedMedian(
        of members: [Int], _ values: [[Double]], _ weights: [Double], row: Int
    ) -> Double {
        let ordered = members.sorted { (values[$0][row], $0) < (values[$1][row], $1) }
        var below = 0.0
        for member in ordered {
            below += weights[member]
            if below >= 0.5 - 1e-12 { return values[member][row] }
        }
        return ordered.last.map { values[$0][row] } ?? 0
    }
}
