import Testing

@testable import Forecasting

/// Equivalence with reference files of the original implementation.
@Suite struct ReferenceTests {
    @Test(
        .enabled(if: SharedData.isAvailable, "shared data folder not found"), arguments: SharedData.seriesFiles)
    func equivalence(name: String) throws {
        let file = try SharedData.object(name)
        let series = file.series
        let settings = file.settings
        let design = try ProphetDesign(series: series, settings: settings)
        let scale = try #require(file["scaling"].number("y_scale"))
        checkDesign(design, file)

        let fitted = try design.fit(series)
        #expect(abs(fitted.yScale - scale) <= 1e-9 * scale)
        if let parameters = file["stan"].parameters("params") {
            let injected = try fitted.replacing(parameters: parameters)
            try checkPrediction(injected, file, scale)
            try checkWidths(injected, file)
            if let stated = file["stan"].number("lp_recomputed") {
                let recomputed = try design.logDensity(of: parameters, series: series)
                #expect(abs(recomputed - stated) < 1e-6 * abs(stated))
            }
        }
        if let density = fitted.logDensity {
            #expect(density >= (file["stan"].number("lp_recomputed") ?? -.infinity) - 1e-6)
            #expect(density >= (file["best_known"].number("lp") ?? -.infinity) - 1e-3)
        }
        let best = file["predict_best_known"].numbers("yhat")
        if !best.isEmpty {
            let own = try fitted.predict(file.future, parts: [])
            #expect(largestDifference(own.yhat, best) <= 1e-3 * scale)
        }
    }

    private func checkDesign(_ design: ProphetDesign, _ file: ReferenceFile) {
        let features = file["features"]
        #expect(design.columnNames == features.texts("columns"))
        #expect(largestDifference(design.columnPriorScales, features.numbers("prior_scales")) < 1e-12)
        #expect(design.additiveFlags == features.numbers("additive"))
        #expect(design.multiplicativeFlags == features.numbers("multiplicative"))
        #expect(largestDifference(design.featureRow(0), features.numbers("first_row")) < 1e-9)
        #expect(largestDifference(design.featureRow(design.timestamps.count - 1), features.numbers("last_row")) < 1e-9)
        #expect(largestDifference(design.changepointTimes, file["changepoints"].numbers("t")) < 1e-9)
    }

    private func checkPrediction(_ fitted: FittedProphet, _ file: ReferenceFile, _ scale: Double) throws {
        let expected = file["predict_stan_params"]
        let forecast = try fitted.predict(file.future, parts: .components)
        #expect(largestDifference(forecast.yhat, expected.numbers("yhat")) <= 1e-6 * scale)
        #expect(largestDifference(forecast.trend, expected.numbers("trend")) <= 1e-6 * scale)
        #expect(largestDifference(forecast.additiveTerms, expected.numbers("additive_terms")) <= 1e-6 * scale)
        #expect(
            largestDifference(forecast.multiplicativeTerms, expected.numbers("multiplicative_terms")) <= 1e-6)
        for component in forecast.components where expected.keys.contains(component.name) {
            let unit = component.mode == .additive ? scale : 1
            #expect(largestDifference(component.values, expected.numbers(component.name)) <= 1e-6 * unit)
        }
    }

    private func checkWidths(_ fitted: FittedProphet, _ file: ReferenceFile) throws {
        // Simulated trends of logistic growth take seconds without optimisation.
        guard fitted.settings.growth != .logistic else { return }
        let means = file["intervals"].numbers("width_mean")
        let deviations = file["intervals"].numbers("width_sd")
        let forecast = try fitted.predict(file.future, parts: .interval)
        for row in means.indices {
            let tolerance = 4 * deviations[row] / 20.0.squareRoot() + 0.03 * means[row]
            #expect(abs(forecast.upper[row] - forecast.lower[row] - means[row]) <= tolerance)
        }
    }

    @Test(.enabled(if: SharedData.isAvailable, "shared data folder not found"))
    func fourierRowsAndChangepoints() throws {
        let file = try SharedData.object("00_unit_vectors.json")
        for entry in file.objects("fourier") {
            let times = entry.timestamps("ds")
            let order = Int(entry.number("order") ?? 1)
            var matrix = [Double](repeating: 0, count: times.count * 2 * order)
            FeatureLayout.fillFourier(
                &matrix, firstColumn: 0, timestamps: times, periodDays: entry.number("period") ?? 1, order: order,
                condition: nil)
            for (row, expected) in entry.matrix("values").enumerated() {
                let own = (0..<(2 * order)).map { matrix[$0 * times.count + row] }
                #expect(largestDifference(own, expected) < 1e-9)
            }
        }
        for entry in file.objects("changepoints_daily_from_2020_01_01") {
            let rows = ChangepointPlacement.rows(
                historyCount: Int(entry.number("n") ?? 0), count: Int(entry.number("n_changepoints") ?? 0),
                range: entry.number("range") ?? 0)
            #expect(rows == entry.numbers("indices").map { Int($0) })
        }
    }

    @Test(.enabled(if: SharedData.isAvailable, "shared data folder not found"))
    func crossValidation() throws {
        let file = try SharedData.object("cv_peyton_tail.json")
        let series = file.series
        let validation = CrossValidation(
            horizonSeconds: 90 * 86_400, periodSeconds: 180 * 86_400, initialSeconds: 730 * 86_400)
        let own = try validation.run(series)
        let rows = file["rows"]
        let expected = rows.timestamps("ds").indices.map { row in
            CrossValidation.Row(
                timestamp: rows.timestamps("ds")[row], cutoff: rows.timestamps("cutoff")[row],
                y: rows.numbers("y")[row], yhat: rows.numbers("yhat")[row], lower: rows.numbers("yhat_lower")[row],
                upper: rows.numbers("yhat_upper")[row])
        }
        #expect(own.map(\.timestamp) == expected.map(\.timestamp))
        #expect(own.map(\.cutoff) == expected.map(\.cutoff))
        let scale = series.values.map { abs($0) }.max() ?? 1
        #expect(largestDifference(own.map(\.yhat), expected.map(\.yhat)) < 0.02 * scale)
        for key in file["performance_metrics"].keys {
            let stated = file["performance_metrics"][key]
            let metrics = try ForecastMetrics(rows: expected, rollingWindow: Double(key) ?? 0)
            #expect(metrics.horizons.map { Double($0) / 86_400 } == stated.numbers("horizon"))
            // The file's rows are rounded to seven digits, its metrics are not.
            #expect(largestDifference(metrics.mse, stated.numbers("mse")) < 1e-5)
            #expect(largestDifference(metrics.mae, stated.numbers("mae")) < 1e-5)
            #expect(largestDifference(metrics.rmse, stated.numbers("rmse")) < 1e-5)
            #expect(largestDifference(metrics.mape ?? [], stated.numbers("mape")) < 1e-6)
            #expect(largestDifference(metrics.mdape, stated.numbers("mdape")) < 1e-6)
            #expect(largestDifference(metrics.smape, stated.numbers("smape")) < 1e-6)
            #expect(largestDifference(metrics.coverage, stated.numbers("coverage")) < 1e-9)
        }
    }
}
