import Records
import Testing

/// Forecasts in one piece of memory.
struct PackedForecastTests {
    private func made(_ days: Int = 90) -> DailyForecast {
        let values: [Float] = (0..<days).map { day in
            let weekly = Float(3 + day % 7) * 1.37
            return weekly + Float(day) * 0.011
        }
        return DailyForecast(
            first: Day(rawValue: 20_000), historyDays: 364, basis: .backtested, model: "blend",
            members: [
                .init(name: "yearly_smoothing", weight: 0.61234567890123, backtestMAE: 1.25),
                .init(name: "theta", weight: 0.38765432109877, backtestMAE: nil),
            ], errors: [.init(days: 7, mae: 0.1, bias: -0.3)], baseValues: values,
            baseLower: values.map { max(0, $0 - 5) }, baseUpper: values.map { $0 + 7.7 },
            trend: (0..<days).map { (day: Int) -> Float in 2 - 0.05 * Float(day) },
            baseTotals: [.init(yhat: 100.1, lower: 50, upper: 1e9)],
            notes: ["the history is short", "ß"])
    }

    @Test func whatIsPackedComesBack() throws {
        let forecast = made()
        #expect(PackedForecast(forecast).unpacked == forecast)
        #expect(PackedForecast(made(0)).unpacked == made(0))
        let bytes = PackedForecast(forecast).bytes
        #expect(try #require(PackedForecast(bytes: bytes)).unpacked == forecast)
    }

    @Test func accuracyAndSignComeBack() {
        var forecast = made()
        forecast.isSigned = true
        forecast.isLevel = true
        forecast.baseTotals = [
            .init(yhat: -3, lower: -10.5, upper: 4, accuracy: .init(tests: 7, error: 0.1234567890123, bias: -0.02)),
            .init(yhat: 1, lower: 0, upper: 2),
        ]
        #expect(PackedForecast(forecast).unpacked == forecast)
    }

    @Test func reconciledValuesAreKeptInSinglePrecision() throws {
        var forecast = made()
        forecast.reconciled = forecast.baseValues.map { Double($0) * 1.01 }
        let back = PackedForecast(forecast).unpacked
        for day in 0..<90 { #expect(abs(back.yhat(day) - forecast.yhat(day)) <= 1e-6 * forecast.yhat(day)) }
    }

    @Test func roundingIsFarBelowAnyErrorAndHalvesTheSize() {
        var rounded = made()
        rounded.roundValues()
        let exact = made()
        let largest = exact.baseUpper.reduce(0, max)
        for day in 0..<90 {
            #expect(abs(rounded.baseValues[day] - exact.baseValues[day]) <= largest / 16_384)
            #expect(abs(rounded.baseUpper[day] - exact.baseUpper[day]) <= largest / 16_384)
            #expect(abs(rounded.trend[day] - exact.trend[day]) <= 3 / Float(16_384))
        }
        var again = rounded
        again.roundValues()
        #expect(again == rounded)
        #expect(PackedForecast(rounded).unpacked == rounded)
        #expect(PackedForecast(rounded).bytes.count < 1000)
        #expect(PackedForecast(exact).bytes.count > 1440)
    }

    @Test func damagedBytesAreRefused() {
        let bytes = PackedForecast(made()).bytes
        #expect(PackedForecast(bytes: []) == nil)
        for length in stride(from: 0, to: bytes.count, by: 13) {
            #expect(PackedForecast(bytes: Array(bytes.prefix(length))) == nil)
        }
        #expect(PackedForecast(bytes: bytes + [0]) == nil)
    }

    @Test func extremeColumnsSurviveRounding() {
        let columns: [[Float]] = [
            [], [0, 0], [.greatestFiniteMagnitude, 1], [.leastNonzeroMagnitude, 0], [-32_768, 5],
        ]
        for column in columns {
            let rounded = RoundedColumn.rounded(column)
            #expect(RoundedColumn.rounded(rounded) == rounded)
            // What is not a normal number is nothing.
            let largest = column.reduce(Float(0)) { max($0, abs($1)) }
            #expect(zip(rounded, column).allSatisfy { abs($0 - $1) <= largest / 16_000 + 1e-30 })
        }
    }
}
