import Glibc
import Testing

@testable import Forecasting

@Suite struct ProphetFitTests {
    /// The gradient of the log density by central differences, one entry per smooth parameter.
    private func gradient(
        _ design: ProphetDesign, _ series: ForecastSeries, _ fitted: ProphetParameters
    ) throws -> [Double] {
        func density(_ change: (inout ProphetParameters, Double) -> Void) throws -> Double {
            let step = 1e-5
            var up = fitted
            var down = fitted
            change(&up, step)
            change(&down, -step)
            return (try design.logDensity(of: up, series: series) - design.logDensity(of: down, series: series))
                / (2 * step)
        }
        var result = [
            try density { $0.rate += $1 }, try density { $0.offset += $1 },
            try density { $0.noise += $1 * 0.01 } * 0.01,
        ]
        for column in fitted.coefficients.indices { result.append(try density { $0.coefficients[column] += $1 }) }
        for change in fitted.rateChanges.indices where abs(fitted.rateChanges[change]) > 1e-3 {
            result.append(try density { $0.rateChanges[change] += $1 })
        }
        return result
    }

    private static func cases() -> [(String, ForecastSeries, ProphetSettings)] {
        let series = MadeData.daily(220, seed: 5)
        var capped = series
        capped.capacity = [Double](repeating: 250, count: 220)
        var floored = capped
        floored.floor = [Double](repeating: 20, count: 220)
        var promoted = MadeData.daily(220, seed: 6)
        promoted.regressors = ["promotion": (0..<220).map { $0 % 9 == 0 ? 1 : 0 }]
        for row in stride(from: 0, to: 220, by: 9) { promoted.values[row] += 30 }
        return [
            ("additive", series, ProphetSettings()),
            ("flat", series, ProphetSettings(growth: .flat)),
            ("no changepoints", series, ProphetSettings(changepoints: .given([]))),
            ("multiplicative", series, ProphetSettings(seasonalityMode: .multiplicative)),
            ("flat multiplicative", series, ProphetSettings(growth: .flat, seasonalityMode: .multiplicative)),
            ("logistic", capped, ProphetSettings(growth: .logistic)),
            ("logistic multiplicative", capped, ProphetSettings(growth: .logistic, seasonalityMode: .multiplicative)),
            ("logistic with floor", floored, ProphetSettings(growth: .logistic, scaling: .minmax)),
            (
                "mixed", promoted,
                ProphetSettings(regressors: [Regressor(name: "promotion", mode: .multiplicative)], scaling: .minmax)
            ),
        ]
    }

    @Test(arguments: 0..<9)
    func theDensityIsStationary(index: Int) throws {
        let (name, series, settings) = Self.cases()[index]
        let design = try ProphetDesign(series: series, settings: settings)
        let fitted = try design.fit(series)
        let density = try #require(fitted.logDensity)
        if settings.changepoints != .given([]) {
            let recomputed = try design.logDensity(of: fitted.parameters, series: series)
            #expect(abs(recomputed - density) < 1e-8 * abs(density), "\(name)")
        }
        var parameters = fitted.parameters
        if settings.changepoints == .given([]) {
            // The stand-in changepoint shares the rate's column: its best value is 0.
            parameters.rateChanges = [0]
        }
        for value in try gradient(design, series, parameters) { #expect(abs(value) < 0.05, "\(name): \(value)") }
        // Rate changes at 0 stay there: moving one lowers the density.
        for change in parameters.rateChanges.indices
        where parameters.rateChanges[change] == 0 && settings.growth != .flat {
            for step in [1e-4, -1e-4] {
                var moved = parameters
                moved.rateChanges[change] = step
                #expect(try design.logDensity(of: moved, series: series) <= density + 1e-9, "\(name)")
            }
        }
    }

    @Test func bothSolversAgreeOnALinearModel() throws {
        let series = MadeData.daily(150, seed: 8)
        let design = try ProphetDesign(series: series, settings: ProphetSettings())
        let direct = try design.fit(series)
        let scaled = series.values.map { $0 / direct.yScale }
        var start = direct.parameters
        start.rate = 0
        start.offset = 0.3
        start.noise = 1
        start.rateChanges = start.rateChanges.map { _ in 0 }
        start.coefficients = start.coefficients.map { _ in 0 }
        let newton = try #require(NewtonSolver(design: design, observations: scaled, capacities: []).solve(from: start))
        #expect(abs(newton.logDensity - (direct.logDensity ?? 0)) < 1e-7)
        #expect(largestDifference(newton.parameters.coefficients, direct.parameters.coefficients) < 1e-5)
        #expect(largestDifference(newton.parameters.rateChanges, direct.parameters.rateChanges) < 1e-4)
    }

    @Test func warmStartsFindTheSameOptimum() throws {
        for settings in [ProphetSettings(), ProphetSettings(seasonalityMode: .multiplicative)] {
            let before = try ProphetModel.fit(MadeData.daily(200, seed: 2), settings: settings)
            let series = MadeData.daily(201, seed: 2)
            let fresh = try ProphetModel.fit(series, settings: settings)
            let warm = try ProphetModel.fit(series, settings: settings, previous: before)
            #expect(abs((fresh.logDensity ?? 0) - (warm.logDensity ?? 1)) < 1e-6)
            let frame = fresh.futureFrame(count: 30)
            let difference = largestDifference(
                try fresh.predict(frame, parts: []).yhat, try warm.predict(frame, parts: []).yhat)
            #expect(difference < 1e-4 * fresh.yScale)
        }
    }

    @Test func batchesEqualSingleFits() throws {
        var batch = (0..<5).map { MadeData.daily(120, seed: UInt64($0)) }
        batch[2].values[7] = .nan
        batch.append(ForecastSeries(timestamps: [1], values: [1]))
        let results = try ProphetModel.fit(batch: batch)
        for (series, result) in zip(batch, results) {
            switch result {
            case .success(let fitted): #expect(try ProphetModel.fit(series) == fitted)
            case .failure(let error): #expect(error == .tooFewObservations(found: 1, needed: 2))
            }
        }
    }

    @Test func rowOrderDoesNotMatter() throws {
        var series = MadeData.daily(90, seed: 4)
        series.values[10] = .nan
        let reversed = series.selecting(rows: Array(series.timestamps.indices.reversed()))
        let inOrder = try ProphetModel.fit(series)
        let fromReversed = try ProphetModel.fit(reversed)
        #expect(inOrder == fromReversed)
    }

    @Test func constantHistoryIsNotOptimised() throws {
        let series = ForecastSeries(timestamps: MadeData.days(40), values: [Double](repeating: 7, count: 40))
        let fitted = try ProphetModel.fit(series)
        #expect(fitted.logDensity == nil)
        #expect(fitted.parameters.noise == 1e-9)
        let forecast = try fitted.predict(fitted.futureFrame(count: 5))
        #expect(forecast.yhat.allSatisfy { abs($0 - 7) < 1e-9 })
        let zero = ForecastSeries(timestamps: MadeData.days(40), values: [Double](repeating: 0, count: 40))
        #expect(try ProphetModel.fit(zero).predict(fitted.futureFrame(count: 3)).yhat == [0, 0, 0])
    }

    @Test func aStraightLineIsContinuedExactly() throws {
        let values = (0..<60).map { 3 + 0.5 * Double($0) }
        let fitted = try ProphetModel.fit(
            ForecastSeries(timestamps: MadeData.days(60), values: values),
            settings: ProphetSettings(weeklySeasonality: .off))
        let forecast = try fitted.predict(fitted.futureFrame(count: 10))
        for (step, value) in forecast.yhat.enumerated() { #expect(abs(value - (33 + 0.5 * Double(step))) < 0.05) }
    }

    @Test func severalStartsNeverFindALowerPeak() throws {
        var series = MadeData.daily(120, seed: 12)
        series.capacity = [Double](repeating: 180, count: 120)
        var settings = ProphetSettings(growth: .logistic)
        let standard = try ProphetModel.fit(series, settings: settings)
        settings.peak = .highestOfSeveralStarts
        let highest = try ProphetModel.fit(series, settings: settings)
        #expect((highest.logDensity ?? 0) >= (standard.logDensity ?? 1) - 1e-9)
    }

    @Test func givenChangepointsAreUsedAsTheyAre() throws {
        let series = MadeData.daily(100)
        let given = [series.timestamps[60], series.timestamps[20], series.timestamps[99]]
        let fitted = try ProphetModel.fit(series, settings: ProphetSettings(changepoints: .given(given)))
        #expect(fitted.changepointTimestamps == given.sorted())
        #expect(fitted.parameters.rateChanges.count == 3)
        #expect(fitted.parameters.rateChanges[2] == 0)
    }
}
