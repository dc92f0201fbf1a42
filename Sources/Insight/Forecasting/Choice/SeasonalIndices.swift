/// Classical seasonal indices: per phase of the cycle, the mean deviation from (or ratio to) a centred moving
/// average.
struct SeasonalIndices {
    enum Form {
        /// Deviations, summing to 0.
        case additive
        /// Ratios, with mean 1; for positive series only.
        case ratio
    }

    let form: Form
    /// One index per phase, by grid index modulo the cycle's length.
    let values: [Double]
    /// Of the moving average with the indices as a description of the series.
    let sumOfSquaredErrors: Double

    /// The form that describes the series better; ratios have to be clearly better. Returns nil when fewer than
    /// two full cycles were observed.
    init?(better series: [Double], length: Int) {
        guard length > 1, series.count >= 2 * length else { return nil }
        let averages = Self.movingAverages(series, length: length)
        guard let additive = SeasonalIndices(series, averages, length: length, form: .additive) else { return nil }
        if series.allSatisfy({ !($0 <= 0) }),
            let ratio = SeasonalIndices(series, averages, length: length, form: .ratio),
            ratio.sumOfSquaredErrors < 0.95 * additive.sumOfSquaredErrors
        {
            self = ratio
        } else {
            self = additive
        }
    }

    private init?(_ series: [Double], _ averages: [Double], length: Int, form: Form) {
        var sums = [Double](repeating: 0, count: length)
        var counts = sums
        for (index, average) in averages.enumerated() where !average.isNaN && !series[index].isNaN {
            if form == .ratio && !(average > 0) { return nil }
            sums[index % length] += form == .additive ? series[index] - average : series[index] / average
            counts[index % length] += 1
        }
        let observed = counts.indices.filter { counts[$0] > 0 }
        guard !observed.isEmpty else { return nil }
        var indices = [Double](repeating: form == .additive ? 0 : 1, count: length)
        for phase in observed { indices[phase] = sums[phase] / counts[phase] }
        let mean = observed.reduce(0) { $0 + indices[$1] } / Double(observed.count)
        if form == .ratio && !(mean > 0) { return nil }
        for phase in observed { indices[phase] = form == .additive ? indices[phase] - mean : indices[phase] / mean }
        if form == .ratio && !indices.allSatisfy({ $0 > 0.01 }) { return nil }
        var errors = 0.0
        for (index, average) in averages.enumerated() where !average.isNaN && !series[index].isNaN {
            let phase = indices[index % length]
            let error = series[index] - (form == .additive ? average + phase : average * phase)
            errors += error * error
        }
        self.form = form
        values = indices
        sumOfSquaredErrors = errors
    }

    /// The mean over a cycle around each value, the two outermost values of an even cycle counted half; NaN where
    /// the cycle is incomplete or less than 60 % observed.
    private static func movingAverages(_ series: [Double], length: Int) -> [Double] {
        let half = length / 2
        let even = length % 2 == 0
        var result = [Double](repeating: .nan, count: series.count)
        var total = 0.0
        var count = 0.0
        func add(_ index: Int, _ weight: Double) {
            let value = series[index]
            if !value.isNaN {
                total += weight * value
                count += weight
            }
        }
        for index in 0..<(2 * half + 1) where index < series.count {
            add(index, even && (index == 0 || index == 2 * half) ? 0.5 : 1)
        }
        for centre in half..<max(half, series.count - half) {
            if centre > half {
                if even {
                    add(centre - half - 1, -0.5)
                    add(centre - half, -0.5)
                    add(centre + half - 1, 0.5)
                    add(centre + half, 0.5)
                } else {
                    add(centre - half - 1, -1)
                    add(centre + half, 1)
                }
            }
            if count > 0.6 * Double(length) { result[centre] = total / count }
        }
        return result
    }

    /// A value without its seasonal part.
    func removed(from value: Double, at index: Int) -> Double {
        let seasonal = values[index % values.count]
        return form == .additive ? value - seasonal : value / seasonal
    }

    /// A seasonally adjusted value with its seasonal part.
    func restored(to value: Double, at index: Int) -> Double {
        let seasonal = values[index % values.count]
        return form == .additive ? value + seasonal : value * seasonal
    }
}
