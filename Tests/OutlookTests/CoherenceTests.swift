import Forecasting
import Records
import RiverTesting
import Testing

@testable import Outlook

/// Parts add up to wholes.
@Suite struct CoherenceTests {
    private static let cells = [
        ("smb", "EMEA", 30.0), ("smb", "NA", 80.0), ("enterprise", "EMEA", 200.0), ("", "NA", 5.0),
    ]

    private static func groups(_ order: [Int] = [0, 1, 2, 3]) -> GroupForecasts {
        let made = cells.enumerated().map { index, cell in
            GroupForecasts.Cell(
                segment: cell.0, region: cell.1,
                series: MadeSeries.weekly(days: 120, level: cell.2, seed: UInt64(index)), clientCount: 300,
                countries: ["DE": 200])
        }
        return GroupForecasts(
            order.map { made[$0] }, metric: .engagement, asOf: MadeSeries.last, events: CalendarTable(), holidays: [],
            previous: { _ in nil })
    }

    @Test func segmentsAndRegionsAddUp() throws {
        let groups = Self.groups()
        #expect(groups.failure == nil)
        func forecast(_ scope: ForecastScope) throws -> DailyForecast {
            try #require(groups.forecasts[ForecastKey(.engagement, scope)])
        }
        let bottom = try Self.cells.map { try forecast(.segmentRegion($0.0, $0.1)) }
        let total = try forecast(.total)
        for day in 0..<90 {
            let sum = bottom.reduce(0) { $0 + $1.yhat(day) }
            #expect(abs(total.yhat(day) - sum) < 1e-9 * sum)
            let smb = try forecast(.segment("smb")).yhat(day)
            #expect(abs(smb - bottom[0].yhat(day) - bottom[1].yhat(day)) < 1e-9 * sum)
            let america = try forecast(.region("NA")).yhat(day)
            #expect(abs(america - bottom[1].yhat(day) - bottom[3].yhat(day)) < 1e-9 * sum)
            #expect(total.lower(day) <= total.yhat(day) && total.yhat(day) <= total.upper(day))
        }
        for days in [30, 60, 90] {
            let sum = bottom.reduce(0) { $0 + ($1.total(days)?.yhat ?? 0) }
            #expect(abs((total.total(days)?.yhat ?? 0) - sum) < 1e-9 * sum)
        }
        // Adjusted, not replaced.
        let base = try #require(groups.base[ForecastKey(.engagement, .total)]).forecast
        for day in 0..<90 { #expect(abs(base.yhat(day) - total.yhat(day)) < 0.1 * base.yhat(day)) }
    }

    @Test func theOrderOfPartsDoesNotShow() {
        #expect(Self.groups([2, 0, 3, 1]).forecasts == Self.groups().forecasts)
    }

    @Test func clientsAddUpToTheirCell() {
        var random = RiverTesting.SeededGenerator(seed: 3)
        func forecast(_ level: Double, spread: Double) -> DailyForecast {
            let values = (0..<90).map { _ in Float(level * Double.random(in: 0.5...1.5, using: &random)) }
            return DailyForecast(
                first: MadeSeries.last, historyDays: 100, basis: .backtested, model: "blend", members: [], errors: [],
                baseValues: values, baseLower: values.map { $0 - Float(spread) },
                baseUpper: values.map { $0 + Float(spread) },
                trend: values,
                baseTotals: DailyForecast.horizons.map {
                    .init(yhat: Double(values.prefix($0).reduce(0, +)), lower: 0, upper: 1e6)
                },
                notes: [])
        }
        let parts = [forecast(10, spread: 1), forecast(20, spread: 8), forecast(0.1, spread: 20)]
        for target in [0.0, 5, 30, 300] {
            var whole = forecast(1, spread: 1)
            whole.reconciled = Array(repeating: target, count: 90)
            let adjusted = ClientReconciliation.reconcile(parts, to: whole)
            for day in 0..<90 {
                #expect(
                    adjusted.allSatisfy { $0.yhat(day) >= 0 && $0.lower(day) >= 0 && $0.upper(day) >= $0.lower(day) })
                #expect(abs(adjusted.reduce(0) { $0 + $1.yhat(day) } - target) < 1e-9 * (target + 1))
            }
        }
    }

    /// The least-squares solution: what is lacking is shared out by the variances, and nobody is pushed below 0.
    @Test func whatLacksIsSharedByVariance() {
        #expect(ClientReconciliation.adjusted([10, 10], [1, 3], to: 28, maySink: [false, false]) == [12, 16])
        #expect(ClientReconciliation.adjusted([10, 1], [1, 1], to: 7, maySink: [false, false]) == [7, 0])
        #expect(ClientReconciliation.adjusted([10, -1], [1, 1], to: 3, maySink: [false, true]) == [7, -4])
        #expect(ClientReconciliation.adjusted([0, 0], [1, 1], to: 0, maySink: [false, false]) == [0, 0])
    }

    @Test func tooShortAHistoryIsAFailure() {
        let cell = GroupForecasts.Cell(
            segment: "a", region: "b", series: DailySeries(first: MadeSeries.last, values: [4]), clientCount: 1,
            countries: [:])
        let groups = GroupForecasts(
            [cell], metric: .tickets, asOf: MadeSeries.last, events: CalendarTable(), holidays: [],
            previous: { _ in nil })
        #expect(groups.failure != nil)
        #expect(groups.forecasts.isEmpty)
    }

    // MARK: Keeping

    @Test func theFileKeepsAllOfIt() throws {
        var entries = Self.groups().base.mapValues { PackedBaseForecast($0) }
        let client = try SeriesForecaster.forecast(MadeSeries.request(MadeSeries.weekly(days: 100, level: 3)))
        entries[ForecastKey(.revenue, .customer("C \u{00E9}\n"))] = PackedBaseForecast(client)
        let bytes = ForecastArchive.encoded(entries)
        #expect(try ForecastArchive.decoded(bytes) == entries)
        #expect(PackedBaseForecast(client).unpacked == client)
        #expect(ForecastArchive.encoded(try ForecastArchive.decoded(bytes)) == bytes)
        #expect(try ForecastArchive.decoded(ForecastArchive.encoded([:])).isEmpty)
    }

    @Test func damageIsSeen() throws {
        let entry = try SeriesForecaster.forecast(MadeSeries.request(MadeSeries.weekly(days: 40)))
        let bytes = ForecastArchive.encoded([ForecastKey(.tickets, .total): PackedBaseForecast(entry)])
        for length in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: ForecastArchive.Damage.self) { try ForecastArchive.decoded(Array(bytes.prefix(length))) }
        }
        for place in stride(from: 0, to: bytes.count, by: 41) {
            var damaged = bytes
            damaged[place] ^= 0x10
            #expect(throws: ForecastArchive.Damage.self) { try ForecastArchive.decoded(damaged) }
        }
    }
}
