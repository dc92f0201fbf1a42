public import Records

/// Forecasts of what stands at the end of each day, such as recurring revenue: the level of the last day, and the trend of
/// the days before it where the past shows that it goes on. The same series gives the same bytes.
public enum LevelForecaster {
    /// Days whose change may be taken for a trend; none is one of the choices.
    static let trendChoices = [0, 28, 91, 182]
    /// Days between the past days that it is tried at, and how many there are at most.
    private static let originSpacing = 7
    private static let originsMax = 26
    /// With fewer tests of a distance its band is taken from a shorter one's.
    private static let testsMin = 3
    private static let distances = [1, 7, 14, 30, 60, 90]
    /// What is left open of a value as many days away as the history has, where nothing could be tried.
    private static let untestedShare = 0.25
    private static let names = (level: "level", trend: "level_and_trend")

    /// Days whose change goes on best, by the errors at past days; 0 where none does.
    ///
    /// All parts of a whole go by the choice of the whole, so that they add up.
    public static func trendDays(of series: DailySeries) -> Int {
        var best = (days: 0, error: Double.infinity)
        for days in trendChoices where days + 60 <= series.values.count {
            let tests = origins(series).filter { $0 > days }.flatMap { origin in
                [30, 90].compactMap { distance in
                    origin + distance < series.values.count
                        ? abs(expected(series.values, origin, days, distance) - series.values[origin + distance]) : nil
                }
            }
            guard !tests.isEmpty else { continue }
            // A trend has to be better than none by more than chance.
            let error = tests.reduce(0, +) / Double(tests.count) * (days == 0 ? 1 : 1.05)
            if error < best.error { best = (days, error) }
        }
        return best.days
    }

    /// - Parameters:
    ///   - series: not empty, no value below 0.
    ///   - asOf: the forecast begins on the day after it.
    ///   - trendDays: as the whole has them.
    public static func forecast(_ series: DailySeries, asOf: Day, trendDays: Int) -> DailyForecast {
        let values = series.values
        let last = values.count - 1
        let gap = max(0, series.last.days(to: asOf))
        let days = 1...DailyForecast.longestHorizon
        let yhat = days.map { expected(values, last, trendDays, gap + $0) }
        let halves = halves(values, trendDays)
        func half(_ distance: Int) -> Double { halves[min(halves.count - 1, distance - 1)] }
        let level = values[last]
        let bounds = days.map { (yhat[$0 - 1], half(gap + $0) * max(level, 0)) }
        let tested = origins(series)
        let totals = DailyForecast.horizons.map { days in
            let (value, half) = bounds[days - 1]
            return DailyForecast.Total(
                yhat: value, lower: max(0, value - half), upper: value + half,
                accuracy: DailyForecast.Accuracy(
                    tests(values, tested, trendDays, days).map { ($0.came, $0.came - $0.expected) }))
        }
        let errors = DailyForecast.errorHorizons.compactMap { days in error(values, tested, trendDays, days) }
        let name = trendDays == 0 ? names.level : names.trend
        var made = DailyForecast(
            first: asOf.advanced(by: 1), historyDays: values.count, basis: errors.isEmpty ? .untested : .backtested,
            model: name, members: [DailyForecast.Member(name: name, weight: 1, backtestMAE: errors.last?.mae)],
            errors: errors, baseValues: yhat.map { Float($0) },
            baseLower: bounds.map { Float(max(0, $0.0 - $0.1)) }, baseUpper: bounds.map { Float($0.0 + $0.1) },
            trend: yhat.map { Float($0) }, baseTotals: totals, notes: [])
        made.isLevel = true
        if errors.isEmpty {
            made.notes.append(
                "the history of \(values.count) days is too short to try the forecast on it: the interval says how much "
                    + "so short a history leaves open")
        }
        return made
    }

    /// The parts of a forecast: what stands on the last day, and what the trend adds.
    public static func components(_ series: DailySeries, _ forecast: DailyForecast) -> [ForecastComponent] {
        let level = series.values.last ?? 0
        let days = 0..<forecast.count
        return [
            ForecastComponent(name: names.level, isMultiplicative: false, values: days.map { _ in level }),
            ForecastComponent(name: "trend", isMultiplicative: false, values: days.map { forecast.yhat($0) - level }),
        ]
    }

    // MARK: The past

    /// Positions of the past days that it is tried at, latest first.
    private static func origins(_ series: DailySeries) -> [Int] {
        let latest = series.values.count - 1 - (DailyForecast.horizons.min() ?? 30)
        return (0..<originsMax).map { latest - originSpacing * $0 }.filter { 3 * $0 >= series.values.count && $0 >= 28 }
    }

    /// What was expected so many days after a position.
    private static func expected(_ values: [Double], _ at: Int, _ trendDays: Int, _ distance: Int) -> Double {
        guard trendDays > 0 else { return values[at] }
        // Before its first value a part was not there.
        let before = at >= trendDays ? values[at - trendDays] : 0
        return max(0, values[at] + (values[at] - before) / Double(trendDays) * Double(distance))
    }

    private static func tests(
        _ values: [Double], _ origins: [Int], _ trendDays: Int, _ distance: Int
    ) -> [(expected: Double, came: Double, level: Double)] {
        origins.filter { $0 + distance < values.count }.map {
            (expected(values, $0, trendDays, distance), values[$0 + distance], values[$0])
        }
    }

    /// Half the band by distance, as a share of the level.
    private static func halves(_ values: [Double], _ trendDays: Int) -> [Double] {
        let series = DailySeries(first: Day(rawValue: 0), values: values)
        let origins = origins(series)
        var known: [(distance: Int, half: Double)] = [(0, 0)]
        for distance in distances {
            let sizes = tests(values, origins, trendDays, distance).filter { $0.level > 0 }.map {
                abs($0.came - $0.expected) / $0.level
            }.sorted()
            let previous = known[known.count - 1]
            let untested = min(1, untestedShare * (Double(distance) / Double(max(1, values.count))).squareRoot())
            var half = origins.isEmpty ? untested : previous.half
            if sizes.count >= testsMin {
                let position = DailyForecast.intervalWidth * Double(sizes.count - 1)
                let next = min(Int(position) + 1, sizes.count - 1)
                let quantile =
                    sizes[Int(position)] + (sizes[next] - sizes[Int(position)]) * (position - position.rounded(.down))
                let apart = max(1, Double(sizes.count * originSpacing) / Double(distance))
                half = max(half, quantile * (1 + 0.25 / apart))
            } else if !origins.isEmpty, previous.distance > 0 {
                // Further away than any test reaches it is as uncertain as a walk.
                half = max(untested, previous.half * (Double(distance) / Double(previous.distance)).squareRoot())
            }
            known.append((distance, half))
        }
        return (1...DailyForecast.longestHorizon).map { distance in
            let at = known.firstIndex { $0.distance >= distance } ?? known.count - 1
            let (low, high) = (known[at - 1], known[at])
            let share = Double(distance - low.distance) / Double(high.distance - low.distance)
            return low.half + (high.half - low.half) * share
        }
    }

    private static func error(
        _ values: [Double], _ origins: [Int], _ trendDays: Int, _ days: Int
    ) -> DailyForecast.HorizonError? {
        let tested = origins.filter { $0 + days < values.count }
        guard !tested.isEmpty else { return nil }
        var absolute = 0.0
        var signed = 0.0
        for origin in tested {
            for day in 1...days {
                let error = values[origin + day] - expected(values, origin, trendDays, day)
                absolute += abs(error)
                signed += error
            }
        }
        let count = Double(tested.count * days)
        return DailyForecast.HorizonError(days: days, mae: absolute / count, bias: signed / count)
    }
}
