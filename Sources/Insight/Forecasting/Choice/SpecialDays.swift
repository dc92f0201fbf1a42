/// Days of the year that stand out again and again (closed on Christmas, busy before Easter), found in a daily history
/// itself: what they are like is kept out of level, trend and season, and expected again.
struct SpecialDays {
    /// The history's rows with ordinary values where a day stood out.
    let ordinary: [Double]
    /// Whether effects are shares of the ordinary value (histories without negative values) or differences to it.
    private let isRelative: Bool
    private let effects: [AnnualDay: Effect]
    private let known: Set<Int>

    private struct Effect {
        var size: Double
        /// In standard errors.
        var evidence: Double
    }

    /// Weeks on either side whose same weekday says what is ordinary.
    private static let weeks = 4
    /// Robust standard deviations a day stands out by at least, and in the mean of its years.
    private static let leastDistance = 2.0
    private static let meanDistance = 3.0
    private static let yearsMax = 6

    /// Nil where nothing stands out, or the history is shorter than a year and a month, not daily or mostly missing.
    ///
    /// - Parameters:
    ///   - history: ascending observed rows.
    ///   - holidays: whose days are left alone, as those of event columns are: the regression model knows them.
    ///   - future: rows to predict, with the columns of the history.
    init?(_ history: ForecastSeries, step: CalendarStep, holidays: [Holiday], future: FutureFrame) {
        guard step == .day, let first = history.timestamps.first, let last = history.timestamps.last else { return nil }
        let origin = Int(floorDivide(first, CalendarStep.secondsPerDay))
        let count = Int(floorDivide(last, CalendarStep.secondsPerDay)) - origin + 1
        guard count >= 392, 2 * history.values.count >= count else { return nil }
        let indices = history.timestamps.map { Int(floorDivide($0, CalendarStep.secondsPerDay)) - origin }
        var grid = [Double](repeating: .nan, count: count)
        for (row, index) in indices.enumerated() { grid[index] = history.values[row] }
        let expected = Self.ordinaryValues(grid)
        let known = Self.days(of: holidays).union(Self.eventDays(history, future))
        var distances = grid.indices.map { abs(grid[$0] - expected[$0]) }.filter { !$0.isNaN }
        guard distances.count >= 300 else { return nil }
        let spread = 1.4826 * OrderStatistics.quantile(&distances, probability: 0.5)
        guard spread > 0 else { return nil }
        let isRelative = history.values.allSatisfy { $0 >= 0 }
        let mean = history.values.reduce(0, +) / Double(history.values.count)

        /// Day that can tell something: seen, and not one on which nothing is expected anyway.
        func tells(_ index: Int) -> Bool {
            grid.indices.contains(index) && !(grid[index] - expected[index]).isNaN
                && !known.contains(origin + index) && !(isRelative && expected[index] < 0.1 * mean)
        }
        let years = CivilDate(dayNumber: origin).year...CivilDate(dayNumber: origin + count - 1).year
        var effects: [AnnualDay: Effect] = [:]
        var judged: Set<AnnualDay> = []
        for index in grid.indices
        where tells(index) && abs(grid[index] - expected[index]) > Self.leastDistance * spread {
            for rule in AnnualDay.rules(naming: origin + index) where judged.insert(rule).inserted {
                let seen = years.compactMap { rule.dayNumber(in: $0) }.map { $0 - origin }.filter(tells)
                    .suffix(Self.yearsMax)
                let surprises = seen.map { grid[$0] - expected[$0] }
                guard Self.recurs(surprises, spread: spread, rule: rule) else { continue }
                let level = isRelative ? seen.reduce(0) { $0 + expected[$1] } / Double(seen.count) : 1
                let sizes = isRelative ? seen.map { grid[$0] / expected[$0] - 1 } : surprises
                effects[rule] = Self.effect(sizes, spread: spread / level)
            }
        }
        guard !effects.isEmpty else { return nil }
        self.effects = effects
        self.isRelative = isRelative
        self.known = known
        var ordinary = history.values
        for (row, index) in indices.enumerated() where tells(index) {
            let stoodOut = abs(ordinary[row] - expected[index]) > Self.leastDistance * spread
            if stoodOut, AnnualDay.rules(naming: origin + index).contains(where: { effects[$0] != nil }) {
                ordinary[row] = expected[index]
            }
        }
        self.ordinary = ordinary
    }

    /// An ordinary day's forecast with what the day at `timestamp` is special for.
    func applied(to value: Double, at timestamp: Int64) -> Double {
        let number = Int(floorDivide(timestamp, CalendarStep.secondsPerDay))
        guard !known.contains(number) else { return value }
        var strongest = Effect(size: 0, evidence: 0)
        for rule in AnnualDay.rules(naming: number) {
            if let effect = effects[rule], effect.evidence > strongest.evidence { strongest = effect }
        }
        return isRelative ? value * max(0, 1 + strongest.size) : value + strongest.size
    }

    /// The median of the same weekday in the weeks around each day; NaN where fewer than three were observed.
    private static func ordinaryValues(_ grid: [Double]) -> [Double] {
        var result = [Double](repeating: .nan, count: grid.count)
        // Sorted by insertion: there are eight at most.
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * weeks) { near in
            for index in grid.indices {
                var found = 0
                for week in -weeks...weeks where week != 0 {
                    let other = index + 7 * week
                    guard other >= 0, other < grid.count, !grid[other].isNaN else { continue }
                    var place = found
                    while place > 0, near[place - 1] > grid[other] {
                        near[place] = near[place - 1]
                        place -= 1
                    }
                    near[place] = grid[other]
                    found += 1
                }
                if found >= 3 { result[index] = 0.5 * (near[(found - 1) / 2] + near[found / 2]) }
            }
        }
        return result
    }

    private static func recurs(_ surprises: [Double], spread: Double, rule: AnnualDay) -> Bool {
        let count = Double(surprises.count)
        let mean = surprises.reduce(0, +) / max(1, count)
        // A single year shows many days that were special once: only those are believed that are special elsewhere too.
        guard surprises.count > 1 || AnnualDay.widelyKept.contains(rule) else { return false }
        let agreeing = surprises.count { $0 * mean > 0 && abs($0) > leastDistance * spread }
        return abs(mean) > meanDistance * spread && Double(agreeing) >= 0.75 * count
    }

    /// The mean of what the years show, drawn towards nothing by how uncertain it is.
    private static func effect(_ sizes: [Double], spread: Double) -> Effect {
        let count = Double(sizes.count)
        let mean = sizes.reduce(0, +) / count
        let variance = sizes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
        let uncertainty = (variance + spread * spread) / count
        let square = mean * mean
        return Effect(size: mean * square / (square + uncertainty), evidence: (square / uncertainty).squareRoot())
    }

    /// Days on which a holiday or its window falls, since 1970-01-01.
    private static func days(of holidays: [Holiday]) -> Set<Int> {
        var days: Set<Int> = []
        for holiday in holidays where holiday.lowerWindowDays <= holiday.upperWindowDays {
            for offset in holiday.lowerWindowDays...holiday.upperWindowDays { days.insert(holiday.dayNumber + offset) }
        }
        return days
    }

    /// Days on which a column is 1 that is otherwise 0, and 0 on most days.
    private static func eventDays(_ history: ForecastSeries, _ future: FutureFrame) -> Set<Int> {
        var days: Set<Int> = []
        for (name, column) in history.regressors {
            let on = column.count { $0 == 1 }
            guard column.allSatisfy({ $0 == 0 || $0 == 1 }), 4 * on < column.count else { continue }
            let times = history.timestamps + future.timestamps
            for (time, value) in zip(times, column + (future.regressors[name] ?? [])) where value == 1 {
                days.insert(Int(floorDivide(time, CalendarStep.secondsPerDay)))
            }
        }
        return days
    }
}
