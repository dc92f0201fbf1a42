/// Where the trend may change its rate.
enum ChangepointPlacement {
    /// 0-based history rows of the automatic changepoints: spread evenly over the first `range` of the rows,
    /// the first row left out.
    static func rows(historyCount: Int, count: Int, range: Double) -> [Int] {
        let usable = Int((Double(historyCount) * range).rounded(.down))
        let placed = count + 1 > usable ? usable - 1 : count
        guard placed > 0 else { return [] }
        let last = Double(usable - 1)
        return (1...placed).map { index in
            // The spacing is formed first and multiplied then, as evenly spaced grids are in NumPy.
            let position = index == placed ? last : Double(index) * (last / Double(placed))
            return Int(position.rounded(.toNearestOrEven))
        }
    }

    /// Ascending changepoint timestamps for an ascending history; empty when there are none.
    static func timestamps(
        history: [Int64],
        changepoints: ProphetSettings.Changepoints
    ) throws(ForecastError) -> [Int64] {
        switch changepoints {
        case .automatic(let count, let range):
            return rows(historyCount: history.count, count: count, range: range).map { history[$0] }
        case .given(let given):
            guard let first = history.first, let last = history.last else { return [] }
            for timestamp in given where timestamp < first || timestamp > last {
                throw .changepointOutsideHistory(timestamp: timestamp)
            }
            return given.sorted()
        }
    }
}
