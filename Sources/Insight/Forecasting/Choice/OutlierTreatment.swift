/// Finds observations that say nothing about the future.
struct OutlierTreatment {
    /// Distance from the expected value, in robust standard deviations, beyond which a value is left out.
    static let threshold = 6.0

    let robustness: AutomaticSettings.Robustness

    /// Rows to leave out, given an ascending, observed history.
    ///
    /// Expected is the running median over three cycles plus the median deviation of the phase; the spread is the
    /// median absolute deviation. At most a tenth of the history is left out: beyond that it is no exception.
    func excludedRows(_ history: ForecastSeries, step: CalendarStep) -> [Int] {
        guard robustness != .none, history.values.count >= 20 else { return [] }
        let grid = RegularGrid(timestamps: history.timestamps, values: history.values, step: step)
        let length = grid.seasonLength <= 40 ? max(1, grid.seasonLength) : 1
        var stockOuts: Set<Int> = []
        if robustness == .outliersAndStockOuts { stockOuts = stockOutIndices(grid.values, length: length) }
        var cleaned = grid.values
        for index in stockOuts { cleaned[index] = .nan }
        let expected = expectations(cleaned, length: length)
        let deviations = cleaned.indices.map { cleaned[$0] - expected[$0] }
        let spread = 1.4826 * OrderStatistics.median(deviations.filter { !$0.isNaN }.map { abs($0) })
        var outliers: [(index: Int, distance: Double)] = []
        if spread > 0 {
            for (index, deviation) in deviations.enumerated() where abs(deviation) > Self.threshold * spread {
                outliers.append((index, abs(deviation)))
            }
        }
        let allowed = history.values.count / 10
        outliers.sort { $0.distance == $1.distance ? $0.index < $1.index : $0.distance > $1.distance }
        let excluded = stockOuts.union(outliers.prefix(allowed).map(\.index))
        let rows = grid.rowIndices.indices.filter { excluded.contains(grid.rowIndices[$0]) }
        return history.values.count - rows.count >= 10 ? rows : []
    }

    /// Runs of at least three zeros on phases that are otherwise zero less than one time in ten.
    private func stockOutIndices(_ values: [Double], length: Int) -> Set<Int> {
        var zeros = [Double](repeating: 0, count: length)
        var counts = zeros
        var runs: [Range<Int>] = []
        var start: Int?
        for (index, value) in values.enumerated() {
            if value == 0 {
                if start == nil { start = index }
            } else if !value.isNaN, let first = start {
                runs.append(first..<index)
                start = nil
            }
        }
        if let first = start { runs.append(first..<values.count) }
        // A run that only joins phases that are always zero (closed days) must not count as one.
        let long = runs.filter { $0.count >= 3 }
        let inLong = Set(long.flatMap { Array($0) })
        for (index, value) in values.enumerated() where !value.isNaN && !inLong.contains(index) {
            counts[index % length] += 1
            if value == 0 { zeros[index % length] += 1 }
        }
        func unusual(_ index: Int) -> Bool {
            let phase = index % length
            return counts[phase] >= 3 && zeros[phase] < 0.1 * counts[phase]
        }
        return Set(long.filter { $0.count { unusual($0) } >= 3 }.flatMap { $0.filter(unusual) })
    }

    private func expectations(_ values: [Double], length: Int) -> [Double] {
        let half = max(3, 3 * length / 2)
        var level = [Double](repeating: 0, count: values.count)
        for index in values.indices {
            let window = values[max(0, index - half)...min(values.count - 1, index + half)].filter { !$0.isNaN }
            level[index] = OrderStatistics.median(Array(window))
        }
        var byPhase = [[Double]](repeating: [], count: length)
        for index in values.indices where !values[index].isNaN {
            byPhase[index % length].append(values[index] - level[index])
        }
        let phases = byPhase.map { OrderStatistics.median($0) }
        return values.indices.map { level[$0] + phases[$0 % length] }
    }
}
