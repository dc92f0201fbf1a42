import Records
import RiverTesting
import Silver
import Standings
import Testing

/// Payments whose rows say what they are for: their intervals and covers are those of the rows.
@Suite struct StatedPeriodTests {
    private func mrr(_ payments: String, asOf: Day = Day(2024, 6, 15)) throws -> [String: Int64] {
        let river = River()
        try river.load(
            .demographics,
            "customer_id,subscription_type,account_creation_date\nyear,Pro,2024-01-01\nonce,Pro,2024-01-01\n"
                + "two,Pro,2024-01-01\nplain,Pro,2024-01-01\n")
        try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,transaction_date,period_start,period_end,kind\n" + payments)
        let standings = StandingsRefinery.standings(river.tables, asOf: asOf, settings: .example)
        return Dictionary(
            uniqueKeysWithValues: (0..<standings.count).map { (river.tables.clients.id[$0] ?? "", standings.mrr[$0]) })
    }

    @Test func aPeriodIsTheInterval() throws {
        let mrr = try mrr(
            """
            y1,year,1200,USD,2024-02-01,2024-02-01,2025-01-31,
            p1,plain,1200,USD,2024-06-01,,,
            """)
        #expect(mrr["year"] == 100_000_000)
        #expect(mrr["plain"] == 1_200_000_000)
    }

    @Test(arguments: ["one_off", "Usage", "SETUP", "service"]) func whatIsSoldOnceCoversNothing(kind: String) throws {
        let mrr = try mrr("o1,once,50,USD,2024-06-01,,,\(kind)\np1,plain,50,USD,2024-06-01,,,recurring\n")
        #expect(mrr["once"] == 0)
        #expect(mrr["plain"] == 50_000_000)
    }

    /// Two months that are paid on one day follow each other.
    @Test func periodsOfOneDayAreCoversOfTheirOwn() throws {
        let payments = """
            a,two,10,USD,2024-05-20,2024-05-20,2024-06-19,
            b,two,10,USD,2024-05-20,2024-06-20,2024-07-19,
            """
        #expect(try mrr(payments, asOf: Day(2024, 6, 15))["two"] == 10_000_000)
        #expect(try mrr(payments, asOf: Day(2024, 7, 15))["two"] == 10_000_000)
    }
}
