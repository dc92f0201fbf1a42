import Answers
import Records

/// A made-up forecast with everything an answer can have.
enum SampleForecast {
    static func content(asOf: Day) -> ForecastAnswer.Content {
        func level(_ day: Int) -> Double {
            4000 + 9 * Double(day) + [600, 500, 450, 420, 380, -900, -1450][(day + 700) % 7]
        }
        let days = 0..<DailyForecast.longestHorizon
        let values = days.map { Float(level($0)) }
        var forecast = DailyForecast(
            first: asOf.advanced(by: 1), historyDays: 500, basis: .backtested, model: "blend",
            members: [
                .init(name: "prophet_level", weight: 0.55, backtestMAE: 301.5),
                .init(name: "adjusted_theta", weight: 0.45, backtestMAE: 322.25),
            ],
            errors: DailyForecast.errorHorizons.map { .init(days: $0, mae: 280 + Double($0), bias: -12.5) },
            baseValues: values, baseLower: days.map { values[$0] - 500 - 4 * Float($0) },
            baseUpper: days.map { values[$0] + 500 + 4 * Float($0) }, trend: days.map { 4000 + 9 * Float($0) },
            baseTotals: DailyForecast.horizons.map { days in
                let sum = (0..<days).reduce(0) { $0 + level($1) }
                return .init(
                    yhat: sum, lower: sum * 0.9, upper: sum * 1.1,
                    accuracy: .init(tests: 6, error: 0.02 + 0.001 * Double(days), bias: -0.004))
            }, notes: ["not seen in the history, and therefore without effect: event Summer Fair"])
        forecast.reconciled = days.map { level($0) + 10 }
        return ForecastAnswer.Content(
            forecast: forecast,
            series: DailySeries(first: asOf.advanced(by: -199), values: (-200..<0).map { max(0, level($0) + 40) }),
            clientCount: 60,
            components: [
                .init(name: "trend", isMultiplicative: false, values: days.map { 4000 + 9 * Double($0) }),
                .init(
                    name: "weekly", isMultiplicative: true, values: days.map { level($0) / (4000 + 9 * Double($0)) - 1 }
                ),
            ])
    }
}
