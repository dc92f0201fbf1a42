import Testing

@testable import Forecasting

/// What cannot be fitted is refused with an error that says what to do.
@Suite struct ValidationTests {
    private let series = MadeData.daily(40)

    private func expect(
        _ error: ForecastError,
        _ settings: ProphetSettings = ProphetSettings(),
        _ series: ForecastSeries? = nil
    ) {
        #expect(throws: error) { try ProphetModel.fit(series ?? self.series, settings: settings) }
        #expect(error.description.count > 20)
    }

    @Test func historiesThatCannotBeFitted() {
        expect(.tooFewObservations(found: 0, needed: 2), .init(), ForecastSeries(timestamps: [], values: []))
        expect(
            .tooFewObservations(found: 1, needed: 2), .init(), ForecastSeries(timestamps: [1, 2], values: [1, .nan]))
        expect(.singleTimestamp, .init(), ForecastSeries(timestamps: [5, 5], values: [1, 2]))
        expect(
            .lengthMismatch(column: "y", found: 1, expected: 2), .init(),
            ForecastSeries(timestamps: [1, 2], values: [1]))
        expect(
            .nonFiniteValue(column: "y", row: 1), .init(), ForecastSeries(timestamps: [1, 2], values: [1, .infinity]))
        expect(.timestampOutOfRange(row: 1), .init(), ForecastSeries(timestamps: [1, .max], values: [1, 2]))
        expect(.missingColumn(name: "cap"), ProphetSettings(growth: .logistic))
        var capped = series
        capped.capacity = [1]
        expect(.lengthMismatch(column: "cap", found: 1, expected: 40), .init(), capped)
        capped.capacity = [Double](repeating: -1, count: 40)
        expect(.capacityNotAboveFloor(row: 0, capacity: -1, floor: 0), ProphetSettings(growth: .logistic), capped)
        capped.capacity?[0] = .nan
        expect(.nonFiniteValue(column: "cap", row: 0), ProphetSettings(growth: .logistic), capped)
        capped.floor = [.nan] + [Double](repeating: 0, count: 39)
        #expect(throws: ForecastError.self) {
            try ProphetModel.fit(capped, settings: ProphetSettings(growth: .logistic))
        }
        capped.floor = [1]
        expect(.lengthMismatch(column: "floor", found: 1, expected: 40), .init(), capped)
        var extra = series
        extra.regressors = ["x": [1]]
        expect(.lengthMismatch(column: "x", found: 1, expected: 40), .init(), extra)
        extra.regressors = [:]
        extra.conditions = ["c": [true]]
        expect(.lengthMismatch(column: "c", found: 1, expected: 40), .init(), extra)
    }

    @Test func capacityBelowTheDataStillGivesAFiniteForecast() throws {
        var capped = series
        capped.capacity = [Double](repeating: 50, count: 40)
        let fitted = try ProphetModel.fit(capped, settings: ProphetSettings(growth: .logistic))
        var frame = fitted.futureFrame(count: 10)
        frame.capacity = [Double](repeating: 50, count: 10)
        #expect(try fitted.predict(frame).yhat.allSatisfy(\.isFinite))
    }

    @Test func regressorsAndConditionsMustBeThere() {
        let settings = ProphetSettings(regressors: [Regressor(name: "x")])
        expect(.missingColumn(name: "x"), settings)
        var extra = series
        extra.regressors = ["x": [Double](repeating: 1, count: 39) + [.nan]]
        expect(.nonFiniteValue(column: "x", row: 39), settings, extra)
        let conditional = ProphetSettings(
            seasonalities: [Seasonality(name: "s", periodDays: 3, fourierOrder: 1, conditionName: "c")])
        expect(.missingColumn(name: "c"), conditional)
    }

    @Test(arguments: [
        ProphetSettings(changepointPriorScale: 0), ProphetSettings(changepointPriorScale: .nan),
        ProphetSettings(seasonalityPriorScale: -1), ProphetSettings(holidaysPriorScale: .infinity),
        ProphetSettings(intervalWidth: 1), ProphetSettings(intervalWidth: -0.1),
        ProphetSettings(changepoints: .automatic(count: -1, range: 0.8)),
        ProphetSettings(changepoints: .automatic(count: 5, range: 1.1)),
        ProphetSettings(uncertainty: .simulated(paths: -1)), ProphetSettings(yearlySeasonality: .order(-3)),
        ProphetSettings(seasonalities: [Seasonality(name: "a", periodDays: 0, fourierOrder: 1)]),
        ProphetSettings(seasonalities: [Seasonality(name: "a", periodDays: 3, fourierOrder: 0)]),
        ProphetSettings(seasonalities: [Seasonality(name: "a", periodDays: 3, fourierOrder: 1, priorScale: 0)]),
        ProphetSettings(seasonalities: [Seasonality(name: "a_delim_b", periodDays: 3, fourierOrder: 1)]),
        ProphetSettings(seasonalities: [Seasonality(name: "", periodDays: 3, fourierOrder: 1)]),
        ProphetSettings(seasonalities: [Seasonality(name: "yhat", periodDays: 3, fourierOrder: 1)]),
        ProphetSettings(seasonalities: [Seasonality(name: "a", periodDays: 3, fourierOrder: 1, conditionName: "ds")]),
        ProphetSettings(
            seasonalities: [
                Seasonality(name: "a", periodDays: 3, fourierOrder: 1),
                Seasonality(name: "a", periodDays: 4, fourierOrder: 1),
            ]),
        ProphetSettings(
            seasonalities: [Seasonality(name: "a", periodDays: 3, fourierOrder: 1)],
            holidays: [Holiday(name: "a", dayNumber: 1)]),
        ProphetSettings(holidays: [Holiday(name: "trend", dayNumber: 1)]),
        ProphetSettings(holidays: [Holiday(name: "h", dayNumber: 1, lowerWindowDays: 1)]),
        ProphetSettings(holidays: [Holiday(name: "h", dayNumber: 1, upperWindowDays: -1)]),
        ProphetSettings(holidays: [Holiday(name: "h", dayNumber: 1, upperWindowDays: 4000)]),
        ProphetSettings(holidays: [Holiday(name: "h", dayNumber: .max)]),
        ProphetSettings(holidays: [Holiday(name: "h", dayNumber: 1, priorScale: 0)]),
        ProphetSettings(
            holidays: [
                Holiday(name: "h", dayNumber: 1, priorScale: 1), Holiday(name: "h", dayNumber: 2, priorScale: 2),
            ]),
        ProphetSettings(regressors: [Regressor(name: "x"), Regressor(name: "x")]),
        ProphetSettings(regressors: [Regressor(name: "x", priorScale: -1)]),
        ProphetSettings(regressors: [Regressor(name: "holidays")]),
    ])
    func settingsThatCannotBeUsed(settings: ProphetSettings) {
        let error = #expect(throws: ForecastError.self) { try settings.validate() }
        #expect((error?.description ?? "").count > 20)
    }

    @Test func changepointsMustLieInTheHistory() {
        let late = (series.timestamps.last ?? 0) + 1
        expect(.changepointOutsideHistory(timestamp: late), ProphetSettings(changepoints: .given([late])))
    }

    @Test func tooManyColumnsAreRefused() {
        let holidays = (0..<20).map {
            Holiday(name: "h\($0)", dayNumber: 1, lowerWindowDays: -200, upperWindowDays: 200)
        }
        #expect(throws: ForecastError.self) {
            try ProphetModel.fit(series, settings: ProphetSettings(holidays: holidays))
        }
    }

    @Test func designsRefuseOtherCalendarsAndParameters() throws {
        let design = try ProphetDesign(series: series)
        #expect(throws: ForecastError.self) { try design.fit(MadeData.daily(41)) }
        let fitted = try design.fit(series)
        var parameters = fitted.parameters
        parameters.coefficients.append(0)
        #expect(throws: ForecastError.self) { try fitted.replacing(parameters: parameters) }
        #expect(throws: ForecastError.self) { try design.logDensity(of: parameters, series: series) }
    }

    @Test func crossValidationRefusesWhatCannotBeLaidOut() throws {
        let day: Int64 = 86_400
        func run(_ validation: CrossValidation) throws { _ = try validation.run(series) }
        #expect(throws: ForecastError.self) { try run(CrossValidation(horizonSeconds: 0)) }
        #expect(throws: ForecastError.self) { try run(CrossValidation(horizonSeconds: 10 * day, periodSeconds: 0)) }
        #expect(throws: ForecastError.self) { try run(CrossValidation(horizonSeconds: 100 * day)) }
        #expect(throws: ForecastError.self) { try run(CrossValidation(horizonSeconds: 30 * day)) }
        #expect(throws: ForecastError.self) { try run(CrossValidation(horizonSeconds: day, cutoffs: [])) }
        #expect(throws: ForecastError.self) {
            try run(CrossValidation(horizonSeconds: day, cutoffs: [series.timestamps[0]]))
        }
        #expect(throws: ForecastError.self) {
            try run(CrossValidation(horizonSeconds: day, cutoffs: [series.timestamps[39]]))
        }
        #expect(throws: ForecastError.self) { try ForecastMetrics(rows: []) }
        let row = CrossValidation.Row(timestamp: 1, cutoff: 0, y: 0, yhat: 0, lower: 0, upper: 0)
        #expect(throws: ForecastError.self) { try ForecastMetrics(rows: [row], rollingWindow: 2) }
    }

    @Test func everyErrorSaysWhatToDo() {
        let errors: [ForecastError] = [
            .noFiniteOptimum, .corruptModel(reason: "it ends early"), .invalidHierarchy(reason: "there is no series"),
            .crossValidation(reason: "too short"), .invalidName(name: "x", reason: "it is reserved"),
        ]
        for error in errors { #expect("\(error)".count > 15) }
    }

    /// Odd but legal histories: an answer without NaN, or a typed error, never a crash.
    @Test(arguments: 0..<24)
    func oddHistoriesGiveFiniteForecastsOrErrors(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed) &* 977)
        let count = 2 + Int(generator.next() % 30)
        var time: Int64 = Int64(generator.next() % 2_000_000_000)
        var times: [Int64] = []
        var values: [Double] = []
        let scale = [1e-12, 1, 1e12, 1e300][Int(generator.next() % 4)]
        for _ in 0..<count {
            switch generator.next() % 8 {
            case 0: break
            case 1: time += 365 * 86_400
            case 2: time += 1
            default: time += 86_400
            }
            times.append(time)
            let kind = generator.next() % 6
            values.append(kind == 0 ? .nan : (kind == 1 ? 0 : scale * generator.normal()))
        }
        let series = ForecastSeries(timestamps: times, values: values)
        let settings = [
            ProphetSettings(), ProphetSettings(growth: .flat, scaling: .minmax),
            ProphetSettings(seasonalityMode: .multiplicative),
        ][seed % 3]
        do throws(ForecastError) {
            let fitted = try ProphetModel.fit(series, settings: settings)
            let forecast = try fitted.predict(fitted.futureFrame(count: 12))
            let isFinite = (forecast.yhat + forecast.lower + forecast.upper + forecast.trendLower).allSatisfy {
                $0.isFinite
            }
            #expect(isFinite)
            let automatic = try AutomaticForecaster(
                settings: AutomaticSettings(prophet: settings, robustness: .outliers))
            let result = try automatic.forecast(.init(series: series, future: fitted.futureFrame(count: 12)))
            let isAutomaticFinite = (result.yhat + result.lower + result.upper).allSatisfy { $0.isFinite }
            #expect(isAutomaticFinite)
        } catch {
            #expect(!error.description.isEmpty)
        }
    }
}
