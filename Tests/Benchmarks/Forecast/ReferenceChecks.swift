import Forecasting
import Foundation

/// One check of a reference file: the largest deviation and the limit it must keep.
struct ReferenceCheck {
    let name: String
    let deviation: Double
    let limit: Double
    var passed: Bool { deviation <= limit }
}

/// The equivalence contract, file by file.
enum ReferenceChecks {
    static func run(_ reference: ReferenceCase) throws -> [ReferenceCheck] {
        let file = reference.file
        let design = try ProphetDesign(series: reference.series, settings: reference.settings)
        let fitted = try ProphetModel.fit(reference.series, settings: reference.settings)
        let scale = file["scaling"].number("y_scale") ?? fitted.yScale
        var checks = features(file, design)
        checks.append(ReferenceCheck(name: "y_scale", deviation: abs(fitted.yScale - scale), limit: 1e-9 * scale))
        if let parameters = ReferenceCase.parameters(file["stan"]["params"]) {
            let injected = try fitted.replacing(parameters: parameters)
            checks += try predictions(reference, injected, scale)
            checks += try widths(reference, injected)
        }
        if let density = fitted.logDensity {
            if let stan = file["stan"].number("lp_recomputed") {
                checks.append(ReferenceCheck(name: "lp_below_stan", deviation: stan - density, limit: 1e-6))
            }
            if let best = file["best_known"].number("lp") {
                checks.append(ReferenceCheck(name: "lp_below_best", deviation: best - density, limit: 1e-3))
            }
        }
        let best = file["predict_best_known"].numbers("yhat")
        let own = try fitted.predict(reference.future, parts: [])
        if !best.isEmpty {
            checks.append(
                ReferenceCheck(name: "yhat_own_vs_best", deviation: largest(own.yhat, best) / scale, limit: 1e-3))
        }
        if let stan = file["stan"].number("lp_recomputed"), let raw = ReferenceCase.parameters(file["stan"]["params"]) {
            let recomputed = try design.logDensity(of: raw, series: reference.series)
            checks.append(
                ReferenceCheck(name: "lp_of_stan", deviation: abs(recomputed - stan), limit: 1e-6 * abs(stan)))
        }
        return checks
    }

    private static func features(_ file: ReferenceObject, _ design: ProphetDesign) -> [ReferenceCheck] {
        let features = file["features"]
        let names = features.texts("columns")
        let rows = design.timestamps.count
        var sums = [Double](repeating: 0, count: design.columnPriorScales.count)
        for row in 0..<rows {
            for (column, value) in design.featureRow(row).enumerated() { sums[column] += value }
        }
        let sumDeviation = zip(sums, features.numbers("column_sums")).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
        // The files state ten significant digits.
        let dummy = (file["changepoints"].number("n_used") ?? 1) == 0
        return [
            ReferenceCheck(name: "columns", deviation: names == design.columnNames ? 0 : 1, limit: 0),
            ReferenceCheck(
                name: "prior_scales", deviation: largest(design.columnPriorScales, features.numbers("prior_scales")),
                limit: 1e-12),
            ReferenceCheck(
                name: "modes",
                deviation: max(
                    largest(design.additiveFlags, features.numbers("additive")),
                    largest(design.multiplicativeFlags, features.numbers("multiplicative"))), limit: 0),
            ReferenceCheck(
                name: "features",
                deviation: max(
                    largest(design.featureRow(0), features.numbers("first_row")),
                    largest(design.featureRow(rows - 1), features.numbers("last_row"))), limit: 1e-9),
            ReferenceCheck(name: "column_sums", deviation: sumDeviation, limit: 3e-9),
            ReferenceCheck(
                name: "changepoints",
                deviation: max(
                    largest(design.changepointTimes, file["changepoints"].numbers("t")),
                    dummy == design.changepointTimestamps.isEmpty ? 0 : 1), limit: 1e-9),
        ]
    }

    private static func predictions(
        _ reference: ReferenceCase,
        _ fitted: FittedProphet,
        _ scale: Double
    ) throws -> [ReferenceCheck] {
        let expected = reference.file["predict_stan_params"]
        let forecast = try fitted.predict(reference.future, parts: .components)
        var deviation = 0.0
        var compared = 0
        for key in expected.keys {
            let own: [Double]?
            var unit = scale
            switch key {
            case "yhat": own = forecast.yhat
            case "trend": own = forecast.trend
            case "additive_terms": own = forecast.additiveTerms
            case "multiplicative_terms":
                own = forecast.multiplicativeTerms
                unit = 1
            default:
                let component = forecast.components.first { $0.name == key }
                own = component?.values
                if component?.mode == .multiplicative { unit = 1 }
            }
            let values = expected.numbers(key)
            guard let own else {
                deviation = max(deviation, values.map { abs($0) }.max() ?? 0)
                continue
            }
            deviation = max(deviation, largest(own, values) / unit)
            compared += 1
        }
        return [
            ReferenceCheck(name: "predict_stan_params", deviation: compared < 4 ? .infinity : deviation, limit: 1e-6)
        ]
    }

    /// Interval widths, exact and simulated, as a multiple of their tolerance.
    private static func widths(_ reference: ReferenceCase, _ fitted: FittedProphet) throws -> [ReferenceCheck] {
        let expected = reference.file["intervals"]
        let means = expected.numbers("width_mean")
        let deviations = expected.numbers("width_sd")
        guard !means.isEmpty else { return [] }
        let trendMeans = expected.numbers("trend_width_mean")
        let trendDeviations = expected.numbers("trend_width_sd")
        func excess(_ forecast: ProphetForecast) -> Double {
            means.indices.map { row in
                abs(forecast.upper[row] - forecast.lower[row] - means[row])
                    / (4 * deviations[row] / 20.0.squareRoot() + 0.03 * means[row])
            }.max() ?? 0
        }
        func trendExcess(_ forecast: ProphetForecast) -> Double {
            // Where a rate change is about as unlikely as the interval's tails, the width of a simulated interval
            // jumps between zero and something: rows whose runs scatter that much are no measure.
            trendMeans.indices.filter { trendDeviations[$0] < 0.5 * trendMeans[$0] }.map { row in
                abs(forecast.trendUpper[row] - forecast.trendLower[row] - trendMeans[row])
                    / (4 * trendDeviations[row] / 20.0.squareRoot() + 0.03 * trendMeans[row] + 1e-12)
            }.max() ?? 0
        }
        let exact = try fitted.predict(reference.future, parts: [.interval, .trendInterval])
        var settings = reference.settings
        settings.uncertainty = .simulated(paths: 20_000)
        let model = try ProphetModel.fit(reference.series, settings: settings).replacing(parameters: fitted.parameters)
        let simulated = try model.predict(reference.future, parts: .interval, seed: 7)
        return [
            ReferenceCheck(name: "widths_default", deviation: excess(exact), limit: 1),
            ReferenceCheck(name: "trend_widths_default", deviation: trendExcess(exact), limit: 1),
            ReferenceCheck(name: "widths_simulated", deviation: excess(simulated), limit: 1),
        ]
    }

    static func largest(_ a: [Double], _ b: [Double]) -> Double {
        guard a.count == b.count else { return .infinity }
        return zip(a, b).map { abs($0 - $1) }.max() ?? 0
    }
}
