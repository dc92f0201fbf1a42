/// Phase-by-phase values of the most recent cycles.
struct CycleMeans {
    private let means: [Double]
    private let lasts: [Double]

    /// - Parameters:
    ///   - values: grid values, NaN where missing.
    ///   - length: of a cycle, in steps.
    init(_ values: [Double], length: Int) {
        let length = max(1, length)
        // Two cycles of a year, eight of a week or a day.
        let cycles = length > 40 ? 2 : 8
        let recent = values.suffix(length * cycles).filter { !$0.isNaN }
        let fallback = recent.isEmpty ? (values.last { !$0.isNaN } ?? 0) : recent.reduce(0, +) / Double(recent.count)
        var means = [Double](repeating: fallback, count: length)
        var lasts = means
        for phase in 0..<min(length, values.count) {
            var sum = 0.0
            var count = 0.0
            var index = values.count - 1 - (values.count - 1 - phase) % length
            for _ in 0..<cycles where index >= 0 {
                if !values[index].isNaN {
                    if count == 0 { lasts[phase] = values[index] }
                    sum += values[index]
                    count += 1
                }
                index -= length
            }
            if count > 0 { means[phase] = sum / count }
        }
        self.means = means
        self.lasts = lasts
    }

    func mean(_ index: Int) -> Double { means[index % means.count] }
    func last(_ index: Int) -> Double { lasts[index % lasts.count] }
}
