import Gold
import Records
import RiverTesting
import Silver
import Testing

/// Amounts in the base currency, and recurring revenue over the months a payment covers.
@Suite struct MoneyTests {
    private static let asOf = Day(2024, 3, 31)

    private func rates(_ steps: [(Day, Int64, Int)]) -> ExchangeRates {
        ExchangeRates(
            baseCurrency: "USD",
            steps: steps.map { ("EUR", .init(day: $0.0, rate: ExchangeRate(mantissa: $0.1, scale: $0.2))) })
    }

    /// Every row is rounded by itself, half to the even neighbour.
    @Test func halfEven() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.settings.rates = rates([(Day(2000, 1, 1), 5, 1)])
        // 0.5, 1.5, 2.5, −0.5, −1.5 micro-units: 0, 2, 2, 0, −2.
        for amount: Int64 in [1, 3, 5, -1, -3] { fixture.payment(Self.asOf, amount, "EUR") }
        #expect(try fixture.value("total_amount") == 0.000002)
        // What rounds to 0 is no payment.
        #expect(try fixture.value("transactions_total") == 2)
        #expect(try fixture.value("mrr") == 0.000004)
    }

    @Test func ratesOfTheDay() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.settings.rates = rates([(Day(2024, 1, 1), 1, 0), (Day(2024, 2, 1), 2, 0), (Day(2024, 3, 1), 4, 0)])
        fixture.payment(Day(2024, 1, 31), 1_000_000, "EUR")
        fixture.payment(Day(2024, 2, 1), 1_000_000, "EUR")
        fixture.payment(Day(2024, 2, 29), 1_000_000, "EUR")
        fixture.payment(Day(2024, 3, 1), 1_000_000, "EUR")
        fixture.payment(Day(2024, 3, 31), 1_000_000)
        #expect(try fixture.value("total_amount") == 1 + 2 + 2 + 4 + 1)
        // Accepted once with a rate; the earliest one that is left counts where that is gone.
        fixture.settings.rates = rates([(Day(2024, 2, 15), 3, 0), (Day(2024, 3, 1), 4, 0)])
        #expect(try fixture.value("total_amount") == 3 + 3 + 3 + 4 + 1)
        fixture.settings.rates = ExchangeRates(baseCurrency: "USD", steps: [])
        #expect(try fixture.value("total_amount") == 5)
    }

    @Test func sumsStayInTheirRange() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        for _ in 0..<12 { fixture.payment(Self.asOf, 1_000_000_000_000_000_000) }
        let gold = try fixture.gold()
        #expect(gold.metrics.totalAmount == [.max])
        #expect(gold.metrics.mrr == [.max])
        #expect(gold.metrics.revenue90Days == [.max])
        #expect(gold.metrics.averageTransactionValue(0).isFinite)
    }

    @Test func aYearPaidAtOnce() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.company.clients[0].type = "yearly"
        // 1,000 over twelve months: 83.333334 four times, then 83.333333.
        fixture.payment(Day(2024, 1, 31), 1_000_000_000)
        fixture.payment(Day(2024, 2, 10), -100_000_000)
        #expect(
            try fixture.picture().months["c"] == [
                "2024-01 events 0 payments 1 revenue 1000 positive 1000 recurring 83.333334 active",
                "2024-02 events 0 payments 0 revenue -100 positive 0 recurring 83.333334",
                "2024-03 events 0 payments 0 revenue 0 positive 0 recurring 83.333334",
            ])
        #expect(try fixture.value("mrr") == 83.333334)
        fixture.asOf = Day(2024, 12, 31)
        let months = try fixture.gold().months[0]
        #expect(months.map { Month(rawValue: $0.month).description }.last == "2024-12")
        #expect(months.reduce(0) { $0 + $1.recurring } == 1_000_000_000)
        #expect(
            months.map(\.recurring) == Array(repeating: 83_333_334, count: 4) + Array(repeating: 83_333_333, count: 8))
        fixture.asOf = Day(2025, 1, 1)
        #expect(try fixture.value("mrr") == 0)
    }

    @Test func overlappingYearsAddUp() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.company.clients[0].type = "yearly"
        fixture.payment(Day(2023, 4, 1), 12_000_000)
        fixture.payment(Day(2024, 3, 1), 24_000_000)
        fixture.payment(Day(2024, 3, 2), 36_000_000)
        #expect(try fixture.value("mrr") == 1 + 2 + 3)
        #expect(try fixture.picture().months["c"]?.count == 12)
    }
}
