import Glibc

/// What series of one segment have in common: level, weekly pattern and spread. It carries the forecast of a
/// series that is too young for one of its own.
public struct SegmentPattern: Sendable, Equatable {
    /// Mean of y per day over the segment's series.
    public var meanLevel: Double
    /// Factor per weekday, Monday first, mean 1.
    public var weekdayFactors: [Double]
    /// Standard deviation of a day around level times factor, relative to the level.
    public var relativeSpread: Double
    /// Standard deviation of the levels between series, relative to `meanLevel`.
    public var levelSpread: Double

    public init(meanLevel: Double, weekdayFactors: [Double], relativeSpread: Double, levelSpread: Double) {
        self.meanLevel = meanLevel
        self.weekdayFactors = weekdayFactors
        self.relativeSpread = relativeSpread
        self.levelSpread = levelSpread
    }

    /// Days of each series that enter an estimate.
    static let recentDays: Int64 = 91

    /// The pattern of series with at least 14 observations each; nil when there is none.
    public init?(estimatedFrom series: [ForecastSeries]) {
        var levels: [Double] = []
        var factors = [Double](repeating: 0, count: 7)
        var factorCounts = factors
        var squares = 0.0
        var squareCount = 0.0
        for one in series {
            guard one.values.count == one.timestamps.count, let last = one.timestamps.max() else { continue }
            let from = last - Self.recentDays * CalendarStep.secondsPerDay
            let rows = one.timestamps.indices.filter { one.timestamps[$0] > from && one.values[$0].isFinite }
            guard rows.count >= 14 else { continue }
            let level = rows.reduce(0) { $0 + one.values[$1] } / Double(rows.count)
            levels.append(level)
            guard level > 0 else { continue }
            var sums = [Double](repeating: 0, count: 7)
            var counts = sums
            for row in rows {
                let day = Self.weekday(one.timestamps[row])
                sums[day] += one.values[row] / level
                counts[day] += 1
            }
            for day in 0..<7 where counts[day] > 0 {
                factors[day] += sums[day] / counts[day]
                factorCounts[day] += 1
            }
            for row in rows {
                let day = Self.weekday(one.timestamps[row])
                let deviation = one.values[row] / level - sums[day] / counts[day]
                squares += deviation * deviation
                squareCount += 1
            }
        }
        guard !levels.isEmpty else { return nil }
        let mean = levels.reduce(0, +) / Double(levels.count)
        for day in 0..<7 { factors[day] = factorCounts[day] > 0 ? factors[day] / factorCounts[day] : 1 }
        let average = factors.reduce(0, +) / 7
        let variance = levels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, levels.count - 1))
        self.init(
            meanLevel: mean,
            weekdayFactors: average > 0 ? factors.map { $0 / average } : [Double](repeating: 1, count: 7),
            relativeSpread: squareCount > 0 ? sqrt(squares / squareCount) : 1,
            levelSpread: mean != 0 ? sqrt(variance) / abs(mean) : 1
        )
    }

    /// Weekday of a timestamp, 0 = Monday.
    static func weekday(_ timestamp: Int64) -> Int {
        Int(floorModulo(floorDivide(timestamp, 86_400) + 3, 7))
    }

    func validate() throws(ForecastError) {
        guard weekdayFactors.count == 7, weekdayFactors.allSatisfy(\.isFinite), meanLevel.isFinite,
            relativeSpread.isFinite, relativeSpread >= 0, levelSpread.isFinite, levelSpread >= 0
        else {
            throw .invalidSetting(
                name: "segment pattern", reason: "give seven finite weekday factors, a level and two spreads >= 0")
        }
    }

    /// The forecast of a young series: its own mean and the segment's, weighted by what each is worth.
    ///
    /// - Parameters:
    ///   - timestamps: to predict, ascending.
    ///   - observed: the rows there are; may be empty.
    ///   - width: nominal coverage of the interval.
    func forecast(
        _ timestamps: [Int64],
        observed: ForecastSeries,
        width: Double
    ) -> (yhat: [Double], lower: [Double], upper: [Double], level: Double) {
        var sum = 0.0
        var weight = 0.0
        for (timestamp, value) in zip(observed.timestamps, observed.values) where value.isFinite {
            let factor = weekdayFactors[Self.weekday(timestamp)]
            sum += value * factor
            weight += factor * factor
        }
        // The segment counts as many days as make the own mean as uncertain as the segment's level is.
        let day = max(relativeSpread, 1e-6)
        let between = max(levelSpread, 1e-3)
        let priorDays = min(60, day * day / (between * between))
        let level = (sum + priorDays * meanLevel) / max(1e-12, weight + priorDays)
        let reference = max(abs(level), 1e-12)
        let levelVariance = day * day / (weight + priorDays + 1e-12)
        let factor = NormalDistribution.quantile(0.5 * (1 + width))
        let half = factor * reference * sqrt(day * day + min(levelVariance, between * between + day * day))
        let yhat = timestamps.map { level * weekdayFactors[Self.weekday($0)] }
        return (yhat, yhat.map { $0 - half }, yhat.map { $0 + half }, level)
    }
}
