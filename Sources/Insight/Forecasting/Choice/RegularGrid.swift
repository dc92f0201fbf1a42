/// A history on its regular time grid: one value per step, NaN where nothing was observed.
struct RegularGrid: Sendable {
    /// Timestamp of index 0.
    let origin: Int64
    let step: CalendarStep
    /// One value per step from the first to the last observation; the mean where a step holds several.
    let values: [Double]
    /// Steps from `origin` to the last observation.
    private let lastIndex: Int
    /// Grid index of every observed row.
    let rowIndices: [Int]
    /// Length of the main seasonal cycle in steps; 1 when there is none.
    let seasonLength: Int

    /// - Parameters:
    ///   - timestamps: ascending, observed rows, at least one.
    ///   - values: one per timestamp.
    ///   - step: the grid's spacing. Where it would leave nearly all of a long grid empty, the mean spacing of the
    ///     rows is taken instead.
    init(timestamps: [Int64], values: [Double], step: CalendarStep) {
        let origin = timestamps.first ?? 0
        let last = timestamps.last ?? 0
        var step = step
        if step.index(of: last, from: origin) > 20 * timestamps.count + 2000 {
            step = .seconds(max(1, (last - origin) / Int64(max(1, timestamps.count - 1))))
        }
        self.step = step
        self.origin = origin
        let indices = timestamps.map { step.index(of: $0, from: origin) }
        lastIndex = indices.last ?? 0
        var sums = [Double](repeating: 0, count: lastIndex + 1)
        var counts = [Double](repeating: 0, count: sums.count)
        for (row, index) in indices.enumerated() {
            sums[index] += values[row]
            counts[index] += 1
        }
        for index in sums.indices { sums[index] = counts[index] > 0 ? sums[index] / counts[index] : .nan }
        self.values = sums
        rowIndices = indices
        seasonLength = Self.seasonLength(of: step)
    }

    /// The cycle that matters most at this spacing: day for parts of a day, week for days, year from weeks on.
    static func seasonLength(of step: CalendarStep) -> Int {
        switch step {
        case .months(let months):
            return months <= 6 && 12 % months == 0 ? 12 / months : 1
        case .seconds(let seconds):
            let day = CalendarStep.secondsPerDay
            if seconds < day { return day % seconds == 0 ? Int(day / seconds) : 1 }
            if seconds == day { return 7 }
            if seconds == 7 * day { return 52 }
            return 1
        }
    }

    /// Steps from the last observation to `timestamp`.
    func distance(to timestamp: Int64) -> Int { step.index(of: timestamp, from: origin) - lastIndex }
}
