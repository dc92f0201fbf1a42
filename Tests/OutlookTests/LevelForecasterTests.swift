import Outlook
import Records
import RiverTesting
import Testing

/// Forecasts of what stands at the end of each day.
@Suite struct LevelForecasterTests {
    private static let last = MadeSeries.last

    private func series(_ days: Int, _ value: (Int) -> Double) -> DailySeries {
        DailySeries(first: Self.last.advanced(by: 1 - days), values: (0..<days).map(value))
    }

    @Test func aSteadyTrendGoesOnFromWhereItStands() throws {
        let made = series(500) { 10_000 + 20 * Double($0) }
        let days = LevelForecaster.trendDays(of: made)
        #expect(days > 0)
        let found = LevelForecaster.forecast(made, asOf: Self.last, trendDays: days)
        let now = try #require(made.values.last)
        #expect(abs(found.yhat(0) - now - 20) < 0.01)
        let total = try #require(found.total(90))
        #expect(abs(total.yhat - now - 1800) < 0.1)
        #expect(try #require(total.accuracy).error < 1e-9)
        #expect(found.isLevel && found.basis == .backtested)
        let parts = LevelForecaster.components(made, found)
        #expect(abs(parts[0].values[89] + parts[1].values[89] - found.yhat(89)) < 0.01)
    }

    /// Up and down without a direction: what stands now stands, and the band holds what has happened.
    @Test func withoutATrendTheLevelStays() throws {
        var random = SeededGenerator(seed: 7)
        let made = series(700) { _ in 5000 + Double(Int.random(in: -100...100, using: &random)) }
        let days = LevelForecaster.trendDays(of: made)
        #expect(days == 0)
        let found = LevelForecaster.forecast(made, asOf: Self.last, trendDays: days)
        let now = try #require(made.values.last)
        #expect((0..<90).allSatisfy { abs(found.yhat($0) - now) < 0.01 })
        let total = try #require(found.total(30))
        #expect(total.upper - total.lower > 80 && total.upper - total.lower < 500)
    }

    @Test func bandsGrowWithTheDistance() throws {
        var level = 5000.0
        var random = SeededGenerator(seed: 3)
        let made = series(700) { _ in
            level += Double(Int.random(in: -20...20, using: &random))
            return level
        }
        let found = LevelForecaster.forecast(made, asOf: Self.last, trendDays: 0)
        let widths = (0..<90).map { found.upper($0) - found.lower($0) }
        #expect(zip(widths, widths.dropFirst()).allSatisfy { $0 <= $1 + 0.01 })
        #expect(widths[0] < 0.7 * widths[89])
    }

    /// A few days leave much open, and a decline ends at nothing.
    @Test func littleIsKnownOfAFewDays() throws {
        let short = LevelForecaster.forecast(series(5) { _ in 300 }, asOf: Self.last, trendDays: 0)
        #expect(short.basis == .untested && !short.notes.isEmpty)
        let total = try #require(short.total(90))
        #expect(total.yhat == 300 && total.lower < 30 && total.upper > 570 && total.accuracy == nil)
        let falling = LevelForecaster.forecast(series(300) { 3100 - 10 * Double($0) }, asOf: Self.last, trendDays: 28)
        #expect(falling.yhat(5) < falling.yhat(0) && falling.yhat(89) == 0 && falling.lower(89) == 0)
    }

    @Test func aGapIsPassedOver() throws {
        let made = series(500) { 1000 + Double($0) }
        let found = LevelForecaster.forecast(made, asOf: Self.last.advanced(by: 10), trendDays: 91)
        #expect(found.first == Self.last.advanced(by: 11))
        #expect(abs(found.yhat(0) - 1510) < 0.01)
    }
}
