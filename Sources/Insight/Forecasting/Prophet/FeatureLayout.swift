import Glibc

/// The columns of the regression and how each is computed from a row: fixed by the fit, used again to predict.
struct FeatureLayout: Sendable, Equatable {
    /// A seasonality with all its defaults filled in.
    struct ResolvedSeasonality: Sendable, Equatable {
        var name: String
        var periodDays: Double
        var fourierOrder: Int
        var priorScale: Double
        var mode: ProphetSettings.Mode
        var conditionName: String?
    }

    /// One indicator column: `name` shifted by `offsetDays`.
    struct HolidayColumn: Sendable, Equatable {
        var name: String
        var offsetDays: Int
        var priorScale: Double
    }

    /// A regressor with its standardisation.
    struct ResolvedRegressor: Sendable, Equatable {
        var name: String
        var priorScale: Double
        var mode: ProphetSettings.Mode
        var mean: Double
        var standardDeviation: Double
    }

    var seasonalities: [ResolvedSeasonality]
    var holidayColumns: [HolidayColumn]
    var holidaysMode: ProphetSettings.Mode
    var regressors: [ResolvedRegressor]

    /// Most columns a model may have; more would be a mistake in the settings.
    static let largestColumnCount = 5000

    /// Whether the layout has no column of its own and carries one column of zeros.
    var isPlaceholder: Bool { seasonalities.isEmpty && holidayColumns.isEmpty && regressors.isEmpty }

    var columnCount: Int {
        isPlaceholder
            ? 1 : seasonalities.reduce(0) { $0 + 2 * $1.fourierOrder } + holidayColumns.count + regressors.count
    }

    /// Column names in the notation `<component>_delim_<part>`.
    var columnNames: [String] {
        if isPlaceholder { return ["zeros"] }
        var names: [String] = []
        for seasonality in seasonalities {
            for part in 1...(2 * seasonality.fourierOrder) { names.append("\(seasonality.name)_delim_\(part)") }
        }
        return names + holidayColumns.map(\.columnName) + regressors.map(\.name)
    }

    /// Prior standard deviation per column.
    var priorScales: [Double] {
        if isPlaceholder { return [1] }
        var scales: [Double] = []
        for seasonality in seasonalities {
            scales += [Double](repeating: seasonality.priorScale, count: 2 * seasonality.fourierOrder)
        }
        return scales + holidayColumns.map(\.priorScale) + regressors.map(\.priorScale)
    }

    /// 1 for additive columns, else 0.
    var additive: [Double] { modes(.additive) }
    /// 1 for multiplicative columns, else 0.
    var multiplicative: [Double] { modes(.multiplicative) }

    private func modes(_ wanted: ProphetSettings.Mode) -> [Double] {
        if isPlaceholder { return [0] }
        var flags: [Double] = []
        for seasonality in seasonalities {
            flags += [Double](repeating: seasonality.mode == wanted ? 1 : 0, count: 2 * seasonality.fourierOrder)
        }
        flags += [Double](repeating: holidaysMode == wanted ? 1 : 0, count: holidayColumns.count)
        return flags + regressors.map { $0.mode == wanted ? 1 : 0 }
    }

    /// The feature matrix of `frame`, column-major, one row per timestamp.
    ///
    /// - Parameter holidays: the occurrences known at this time; names without a column are ignored.
    func matrix(of frame: FutureFrame, holidays: [Holiday]) throws(ForecastError) -> [Double] {
        let rows = frame.timestamps.count
        var matrix = [Double](repeating: 0, count: rows * columnCount)
        var column = 0
        for seasonality in seasonalities {
            var condition: [Bool]?
            if let name = seasonality.conditionName {
                guard let flags = frame.conditions[name] else { throw .missingColumn(name: name) }
                condition = flags
            }
            Self.fillFourier(
                &matrix, firstColumn: column, timestamps: frame.timestamps,
                periodDays: seasonality.periodDays, order: seasonality.fourierOrder, condition: condition
            )
            column += 2 * seasonality.fourierOrder
        }
        fillHolidays(&matrix, firstColumn: column, timestamps: frame.timestamps, holidays: holidays)
        column += holidayColumns.count
        for regressor in regressors {
            guard let values = frame.regressors[regressor.name] else { throw .missingColumn(name: regressor.name) }
            for row in 0..<rows {
                guard values[row].isFinite else { throw .nonFiniteValue(column: regressor.name, row: row) }
                matrix[column * rows + row] = (values[row] - regressor.mean) / regressor.standardDeviation
            }
            column += 1
        }
        return matrix
    }

    /// Fills the sine and cosine columns of one period. Higher harmonics follow from the first by the addition
    /// theorem, whose error stays near the rounding error for the orders in use.
    static func fillFourier(
        _ matrix: inout [Double],
        firstColumn: Int,
        timestamps: [Int64],
        periodDays: Double,
        order: Int,
        condition: [Bool]?
    ) {
        let rows = timestamps.count
        matrix.withUnsafeMutableBufferPointer { buffer in
            for row in 0..<rows {
                if let condition, !condition[row] { continue }
                let cycles = Double(timestamps[row]) / 86_400 / periodDays
                // The whole cycles are taken off before the multiplication with 2 pi, which keeps late dates exact.
                let angle = 2 * Double.pi * (cycles - cycles.rounded(.down))
                let sine = sin(angle)
                let cosine = cos(angle)
                var harmonicSine = sine
                var harmonicCosine = cosine
                var index = firstColumn * rows + row
                for _ in 0..<order {
                    buffer[index] = harmonicSine
                    buffer[index + rows] = harmonicCosine
                    index += 2 * rows
                    let next = harmonicSine * cosine + harmonicCosine * sine
                    harmonicCosine = harmonicCosine * cosine - harmonicSine * sine
                    harmonicSine = next
                }
            }
        }
    }

    private func fillHolidays(
        _ matrix: inout [Double],
        firstColumn: Int,
        timestamps: [Int64],
        holidays: [Holiday]
    ) {
        guard !holidayColumns.isEmpty else { return }
        var columnsByKey: [HolidayKey: Int] = [:]
        for (index, column) in holidayColumns.enumerated() {
            columnsByKey[HolidayKey(name: column.name, offsetDays: column.offsetDays)] = firstColumn + index
        }
        var columnsByDay: [Int: [Int]] = [:]
        for holiday in holidays {
            guard holiday.lowerWindowDays <= holiday.upperWindowDays else { continue }
            for offset in holiday.lowerWindowDays...holiday.upperWindowDays {
                guard let column = columnsByKey[HolidayKey(name: holiday.name, offsetDays: offset)] else { continue }
                columnsByDay[holiday.dayNumber + offset, default: []].append(column)
            }
        }
        let rows = timestamps.count
        for row in 0..<rows {
            let day = Int(floorDivide(timestamps[row], 86_400))
            for column in columnsByDay[day] ?? [] { matrix[column * rows + row] = 1 }
        }
    }

    private struct HolidayKey: Hashable {
        let name: String
        let offsetDays: Int
    }
}

extension FeatureLayout.HolidayColumn {
    /// `<name>_delim_+o` or `<name>_delim_-o`.
    var columnName: String { "\(name)_delim_\(offsetDays < 0 ? "-" : "+")\(abs(offsetDays))" }
}
