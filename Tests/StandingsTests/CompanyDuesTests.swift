import Records
import Revenue
import RiverTesting
import Silver
import Standings
import Testing

/// What the payments of a company let expect.
@Suite struct CompanyDuesTests {
    private func dues(
        _ transactions: [String], churned: String = "", last: Day = Day(2024, 6, 30),
        recurring: RevenueSettings.Recurrence = .auto
    ) throws -> CompanyDues? {
        let river = River()
        try river.load(
            .demographics,
            "customer_id,account_creation_date,subscription_type,churn_date\nA,2023-01-01,monthly,\(churned)\nB,2024-02-01,monthly,\n"
        )
        try river.load(
            .transactions,
            (["transaction_id,customer_id,amount,currency,transaction_date"]
                + transactions.enumerated().map { "\($0),\($1)" })
                .joined(separator: "\n") + "\n")
        var settings = GoldSettings.example
        settings.revenue.recurring = recurring
        let standings = StandingsRefinery.standings(river.tables, asOf: Day(2024, 6, 30), settings: settings)
        return CompanyDues(river.tables, settings: settings, standings: standings, last: last)
    }

    private static let payments = [
        "A,100,USD,2024-01-10", "A,100,USD,2024-02-12", "A,100,USD,2024-03-10", "B,50,USD,2024-02-01",
        "B,50,USD,2024-03-01", "A,100,USD,2024-06-28", "B,50,USD,2024-06-28",
    ]

    private func text(_ dues: some Sequence<InvoiceDue>) -> [String] {
        dues.map { due in
            "\(due.isCarried ? "carried " : "")\(due.isFirst ? "first " : "")\(due.amount) due "
                + "\(Day(rawValue: due.dueOn)) \(due.outcome)"
                + (due.outcome == .open ? "" : " \(Day(rawValue: due.endedOn))")
        }
    }

    @Test func eachPaymentLetsExpectTheNext() throws {
        let found = try #require(try dues(Self.payments))
        #expect(found.first == Day(2024, 1, 10))
        #expect(
            text(found.lists[0]) == [
                "carried first 100.0 due 2024-02-10 paid 2024-02-12", "100.0 due 2024-03-10 paid 2024-03-10",
                "100.0 due 2024-04-10 open", "first 100.0 due 2024-07-28 open",
            ])
        #expect(text(found.lists[1]).first == "first 50.0 due 2024-03-01 paid 2024-03-01")
    }

    @Test func laterPaymentsAreNotLookedAt() throws {
        let found = try #require(try dues(Self.payments, last: Day(2024, 3, 5)))
        #expect(
            text(found.lists[0]) == [
                "carried first 100.0 due 2024-02-10 paid 2024-02-12", "100.0 due 2024-03-10 open",
            ])
        #expect(found.last == Day(2024, 3, 5))
    }

    @Test func whoIsSaidToHaveLeftIsNotWaitedFor() throws {
        let found = try #require(try dues(Self.payments, churned: "2024-07-15"))
        #expect(text(found.lists[0]).last == "first 100.0 due 2024-07-28 withdrawn 2024-07-15")
    }

    @Test func nothingIsDueWherePaymentsDoNotRecur() throws {
        #expect(try dues(Self.payments, recurring: .no) == nil)
        #expect(try dues(Self.payments, last: Day(2023, 12, 31)) == nil)
    }
}
