import Testing

@testable import Forecasting

@Suite struct ProphetPredictionTests {
    private let day: Int64 = 86_400

    @Test func componentsAddUp() throws {
        var series = MadeData.daily(400, seed: 3)
        let flags = series.timestamps.map { ($0 / 86_400) % 30 < 10 }
        series.conditions = ["early": flags]
        series.regressors = ["price": series.timestamps.indices.map { Double($0 % 11) }]
        let settings = ProphetSettings(
            seasonalities: [
                Seasonality(name: "monthly", periodDays: 30.5, fourierOrder: 2, conditionName: "early"),
                Seasonality(name: "quarterly", periodDays: 91, fourierOrder: 1, mode: .multiplicative),
            ],
            holidays: [
                Holiday(
                    name: "sale", dayNumber: Int(series.timestamps[50] / day), lowerWindowDays: -1, upperWindowDays: 2),
                Holiday(name: "sale", dayNumber: Int(series.timestamps[399] / day) + 3),
                Holiday(name: "fair", dayNumber: Int(series.timestamps[51] / day)),
            ],
            holidaysMode: .multiplicative,
            regressors: [Regressor(name: "price", standardisation: .always)]
        )
        let fitted = try ProphetModel.fit(series, settings: settings)
        #expect(fitted.columnNames.contains("sale_delim_-1"))
        var frame = fitted.futureFrame(count: 20)
        frame.conditions = ["early": frame.timestamps.map { ($0 / 86_400) % 30 < 10 }]
        frame.regressors = ["price": frame.timestamps.map { _ in 4 }]
        let forecast = try fitted.predict(frame)
        let names = forecast.components.map(\.name)
        #expect(
            names == [
                "monthly", "quarterly", "weekly", "fair", "sale", "holidays", "price", "extra_regressors_additive",
            ])
        for row in forecast.timestamps.indices {
            func value(_ name: String) -> Double { forecast.components.first { $0.name == name }?.values[row] ?? .nan }
            #expect(abs(value("monthly") + value("weekly") + value("price") - forecast.additiveTerms[row]) < 1e-9)
            #expect(abs(value("quarterly") + value("holidays") - forecast.multiplicativeTerms[row]) < 1e-12)
            let expected = forecast.trend[row] * (1 + forecast.multiplicativeTerms[row]) + forecast.additiveTerms[row]
            #expect(abs(expected - forecast.yhat[row]) < 1e-9)
            if frame.conditions["early"]?[row] == false { #expect(value("monthly") == 0) }
        }
        #expect(forecast.components.first { $0.name == "sale" }?.values[2] != 0)
        let without = try fitted.predict(frame, holidays: [Holiday(name: "unknown", dayNumber: 1)])
        #expect(without.components.first { $0.name == "sale" }?.values.allSatisfy { $0 == 0 } == true)
    }

    @Test func rowsComeBackSorted() throws {
        let fitted = try ProphetModel.fit(MadeData.daily(60))
        let frame = fitted.futureFrame(count: 6)
        let shuffled = FutureFrame(timestamps: frame.timestamps.reversed())
        let inOrder = try fitted.predict(frame)
        let fromShuffled = try fitted.predict(shuffled)
        #expect(inOrder == fromShuffled)
        #expect(try fitted.predict(FutureFrame(timestamps: [])).yhat.isEmpty)
    }

    @Test func floorsAreMultipliedWithTheTrend() throws {
        var series = MadeData.daily(150, seed: 7)
        series.capacity = [Double](repeating: 300, count: 150)
        series.floor = [Double](repeating: 10, count: 150)
        let fitted = try ProphetModel.fit(
            series, settings: ProphetSettings(growth: .logistic, seasonalityMode: .multiplicative))
        var frame = fitted.futureFrame(count: 5)
        #expect(throws: ForecastError.missingColumn(name: "floor")) { try fitted.predict(frame) }
        frame.floor = [Double](repeating: 10, count: 5)
        #expect(throws: ForecastError.missingColumn(name: "cap")) { try fitted.predict(frame) }
        frame.capacity = [Double](repeating: 300, count: 5)
        let forecast = try fitted.predict(frame, parts: .components)
        for row in 0..<5 {
            #expect(abs(forecast.yhat[row] - forecast.trend[row] * (1 + forecast.multiplicativeTerms[row])) < 1e-9)
        }
    }

    @Test func explicitSeasonalitiesOverrideTheRules() throws {
        let series = MadeData.daily(10)
        let names = try ProphetDesign(
            series: series,
            settings: ProphetSettings(
                yearlySeasonality: .order(2), weeklySeasonality: .on, dailySeasonality: .off,
                seasonalities: [Seasonality(name: "weekly", periodDays: 7, fourierOrder: 1)])
        ).columnNames
        #expect(names.filter { $0.hasPrefix("weekly") }.count == 6)
        #expect(names.filter { $0.hasPrefix("yearly") }.count == 4)
        #expect(names.first == "weekly_delim_1")
        let own = try ProphetDesign(
            series: MadeData.daily(30),
            settings: ProphetSettings(seasonalities: [Seasonality(name: "weekly", periodDays: 7, fourierOrder: 1)]))
        #expect(own.columnNames.count == 2)
        #expect(try ProphetDesign(series: series).columnNames == ["zeros"])
    }

    @Test func regressorsAreStandardisedByTheRules() throws {
        var series = MadeData.daily(60)
        series.regressors = [
            "flag": (0..<60).map { Double($0 % 2) }, "constant": [Double](repeating: 3, count: 60),
            "number": (0..<60).map(Double.init),
        ]
        let settings = ProphetSettings(
            regressors: [
                Regressor(name: "flag"), Regressor(name: "constant", standardisation: .always),
                Regressor(name: "number"), Regressor(name: "flag2", standardisation: .never),
            ])
        series.regressors["flag2"] = series.regressors["number"]
        let layout = try FeatureLayout(resolving: settings, history: series)
        #expect(layout.regressors.map(\.mean) == [0, 0, 29.5, 0])
        #expect(layout.regressors[2].standardDeviation > 17.4 && layout.regressors[2].standardDeviation < 17.5)
        #expect(layout.regressors[3].standardDeviation == 1)
    }

    @Test func exactIntervalsAreTheLimitOfTheSimulation() throws {
        let series = MadeData.daily(120, seed: 3, noise: 1)
        for mode in [ProphetSettings.Mode.additive, .multiplicative] {
            let exact = try ProphetModel.fit(series, settings: ProphetSettings(seasonalityMode: mode))
            var settings = exact.settings
            settings.uncertainty = .simulated(paths: 8000)
            let design = try ProphetDesign(series: series, settings: settings)
            let simulated = try design.fit(series)
            let frame = exact.futureFrame(count: 25)
            let a = try exact.predict(frame)
            let b = try simulated.predict(frame, seed: 11)
            #expect(a.yhat == b.yhat)
            for row in a.yhat.indices {
                let width = a.upper[row] - a.lower[row]
                #expect(abs(b.upper[row] - b.lower[row] - width) < 0.06 * width)
                let trendWidth = a.trendUpper[row] - a.trendLower[row]
                #expect(abs(b.trendUpper[row] - b.trendLower[row] - trendWidth) < 0.12 * trendWidth + 0.03 * width)
            }
        }
    }

    @Test func exactQuantilesOfNoiseAloneAndOfLargeSteps() {
        let still = RateChangeDistribution(stepLength: 0.01, changeProbability: 0, changeScale: 1)
        for value in still.quantiles(level: 0.9, noises: [2, 2, 2]) {
            #expect(abs(value - 2 * NormalDistribution.quantile(0.9)) < 1e-6)
        }
        // Always changing with small steps: nearly normal, with the stated variance.
        let busy = RateChangeDistribution(stepLength: 0.1, changeProbability: 1, changeScale: 1)
        let widths = busy.quantiles(level: 0.9, noises: [Double](repeating: 0, count: 200))
        let normal = NormalDistribution.quantile(0.9) * busy.variance(steps: 200).squareRoot()
        #expect(abs(widths[199] / normal - 1) < 0.01)
        #expect(widths == widths.sorted())
        #expect(busy.quantiles(level: 0.5, noises: [1]) == [0])
    }

    @Test(arguments: [
        ProphetSettings.Uncertainty.exact, .simulated(paths: 300), .simulatedChangepoints(paths: 300), .none,
    ])
    func everyKindOfUncertaintyIsReproducible(uncertainty: ProphetSettings.Uncertainty) throws {
        for growth in [ProphetSettings.Growth.linear, .flat, .logistic] {
            var series = MadeData.daily(80, seed: 21)
            series.capacity = [Double](repeating: 400, count: 80)
            let fitted = try ProphetModel.fit(
                series, settings: ProphetSettings(growth: growth, uncertainty: uncertainty))
            var frame = fitted.futureFrame(count: 3)
            frame.timestamps = series.timestamps.suffix(2) + frame.timestamps
            frame.capacity = [Double](repeating: 400, count: 5)
            let first = try fitted.predict(frame, seed: 5)
            #expect(try fitted.predict(frame, seed: 5) == first)
            for row in first.yhat.indices {
                if uncertainty == .none {
                    #expect(first.lower[row] == first.yhat[row])
                } else {
                    #expect(first.lower[row] < first.yhat[row] && first.upper[row] > first.yhat[row])
                }
            }
        }
    }

    @Test func simulationWithNoPathsGivesNoBounds() throws {
        for uncertainty in [ProphetSettings.Uncertainty.simulated(paths: 0), .simulatedChangepoints(paths: 0)] {
            let fitted = try ProphetModel.fit(MadeData.daily(40), settings: ProphetSettings(uncertainty: uncertainty))
            let forecast = try fitted.predict(fitted.futureFrame(count: 2))
            #expect(forecast.lower == forecast.yhat)
        }
    }
}
