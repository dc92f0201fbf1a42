import Glibc

extension FeatureLayout {
    /// Resolves the automatic parts of `settings` against an observed history.
    ///
    /// - Parameters:
    ///   - history: ascending, observed rows only.
    ///   - seasonalities: resolved seasonalities of an earlier fit to keep, or nil to decide anew.
    init(
        resolving settings: ProphetSettings,
        history: ForecastSeries,
        keeping seasonalities: [ResolvedSeasonality]? = nil
    ) throws(ForecastError) {
        self.init(
            seasonalities: seasonalities ?? Self.resolveSeasonalities(settings, timestamps: history.timestamps),
            holidayColumns: Self.resolveHolidays(settings),
            holidaysMode: settings.holidaysMode ?? settings.seasonalityMode,
            regressors: []
        )
        for regressor in settings.regressors {
            guard let values = history.regressors[regressor.name] else { throw .missingColumn(name: regressor.name) }
            for (row, value) in values.enumerated() where !value.isFinite {
                throw .nonFiniteValue(column: regressor.name, row: row)
            }
            regressors.append(Self.resolve(regressor, values: values, settings: settings))
        }
        guard columnCount <= Self.largestColumnCount else {
            throw .invalidSetting(
                name: "components",
                reason: "they need \(columnCount) columns, at most \(Self.largestColumnCount) are supported"
            )
        }
    }

    /// The standard seasonalities that `timestamps` (ascending) are long and fine enough for, by name.
    static func automaticSeasonalities(timestamps: [Int64]) -> Set<String> {
        guard let first = timestamps.first, let last = timestamps.last else { return [] }
        let day = CalendarStep.secondsPerDay
        let span = last - first
        var smallestGap: Int64?
        for row in 1..<max(1, timestamps.count) {
            let gap = timestamps[row] - timestamps[row - 1]
            if gap > 0, gap < smallestGap ?? .max { smallestGap = gap }
        }
        let gap = smallestGap ?? .max
        var names: Set<String> = []
        if span >= 730 * day { names.insert("yearly") }
        if span >= 14 * day && gap < 7 * day { names.insert("weekly") }
        if span >= 2 * day && gap < day { names.insert("daily") }
        return names
    }

    private static func resolveSeasonalities(
        _ settings: ProphetSettings,
        timestamps: [Int64]
    ) -> [ResolvedSeasonality] {
        var resolved = settings.seasonalities.map {
            ResolvedSeasonality(
                name: $0.name, periodDays: $0.periodDays, fourierOrder: $0.fourierOrder,
                priorScale: $0.priorScale ?? settings.seasonalityPriorScale,
                mode: $0.mode ?? settings.seasonalityMode, conditionName: $0.conditionName
            )
        }
        let automatic = automaticSeasonalities(timestamps: timestamps)
        let choices = [settings.yearlySeasonality, settings.weeklySeasonality, settings.dailySeasonality]
        for (standard, choice) in zip(ProphetSettings.standardSeasonalities, choices) {
            let own = resolved.firstIndex { $0.name == standard.name }
            let order: Int
            switch choice {
            case .automatic: order = own == nil && automatic.contains(standard.name) ? standard.fourierOrder : 0
            case .off: order = 0
            case .on: order = standard.fourierOrder
            case .order(let given): order = given
            }
            guard order > 0 else { continue }
            let seasonality = ResolvedSeasonality(
                name: standard.name, periodDays: standard.periodDays, fourierOrder: order,
                priorScale: settings.seasonalityPriorScale, mode: settings.seasonalityMode, conditionName: nil
            )
            // An explicit choice replaces an own seasonality of the same name where it stands.
            if let own { resolved[own] = seasonality } else { resolved.append(seasonality) }
        }
        return resolved
    }

    private static func resolveHolidays(_ settings: ProphetSettings) -> [HolidayColumn] {
        var columns: [String: HolidayColumn] = [:]
        for holiday in settings.holidays {
            for offset in holiday.lowerWindowDays...holiday.upperWindowDays {
                let column = HolidayColumn(
                    name: holiday.name, offsetDays: offset,
                    priorScale: holiday.priorScale ?? settings.holidaysPriorScale
                )
                columns[column.columnName] = column
            }
        }
        return columns.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    }

    private static func resolve(
        _ regressor: Regressor,
        values: [Double],
        settings: ProphetSettings
    ) -> ResolvedRegressor {
        let distinct = Set(values)
        let standardised =
            switch regressor.standardisation {
            case .automatic: distinct.count >= 2 && distinct != [0, 1]
            case .always: distinct.count >= 2
            case .never: false
            }
        var mean = 0.0
        var deviation = 1.0
        if standardised {
            mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            deviation = sqrt(squares / Double(values.count - 1))
            if !(deviation > 0) || !deviation.isFinite {
                mean = 0
                deviation = 1
            }
        }
        return ResolvedRegressor(
            name: regressor.name,
            priorScale: regressor.priorScale ?? settings.holidaysPriorScale,
            mode: regressor.mode ?? settings.seasonalityMode,
            mean: mean,
            standardDeviation: deviation
        )
    }
}
