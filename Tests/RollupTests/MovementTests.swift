import Gold
import Records
import RiverTesting
import Rollup
import Testing

/// MRR movements, worked out by hand from `metrics`: what every kind of change is worth, and that it all adds up.
@Suite struct MovementTests {
    private static let asOf = Day(2024, 6, 15)

    /// Payments by client: month (1…6 of 2024) and amount in units.
    private func rollup(_ payments: [String: [(Int, Int64)]], asOf: Day = asOf) throws -> MonthlyRollup {
        var company = Company()
        for (id, list) in payments.sorted(by: { $0.key < $1.key }) {
            company.clients.append(.init(id: id, created: Day(2024, 1, 1)))
            for (month, amount) in list {
                company.transactions.append(
                    .init(
                        id: "t\(company.transactions.count)", client: id, amount: amount * 1_000_000, currency: "USD",
                        day: Day(2024, month, 10)))
            }
        }
        let tables = try company.river().tables
        let gold = GoldRefinery.refine(tables, asOf: asOf, settings: .example)
        return MonthlyRollup(gold, silver: tables, group: Array(repeating: 0, count: gold.count), groupCount: 1)
    }

    private func row(_ rollup: MonthlyRollup, _ month: Int) -> [Int64] {
        let m = rollup[Month(year: 2024, month: month), 0].movements
        return [m.starting, m.new, m.reactivation, m.expansion, m.contraction, m.churn, m.ending].map { $0 / 1_000_000 }
    }

    @Test func everyKindOfMovement() throws {
        let rollup = try rollup([
            "grows": [(1, 100), (2, 150)], "shrinks": [(1, 100), (2, 40)], "leaves": [(1, 70)],
            "comes": [(2, 30)], "returns": [(1, 20), (3, 25)], "same": [(1, 10), (2, 10)],
        ])
        #expect(row(rollup, 1) == [0, 300, 0, 0, 0, 0, 300])
        #expect(row(rollup, 2) == [300, 30, 0, 50, -60, -90, 230])
        #expect(row(rollup, 3) == [230, 0, 25, 0, 0, -230, 25])
        #expect(row(rollup, 4) == [25, 0, 0, 0, 0, -25, 0])
        #expect(row(rollup, 5) == [0, 0, 0, 0, 0, 0, 0])
        let february = rollup[Month(year: 2024, month: 2), 0].movements
        #expect(february.startingCustomers == 5)
        #expect(february.newCustomers == 1)
        #expect(february.expansionCustomers == 1)
        #expect(february.contractionCustomers == 1)
        #expect(february.churnCustomers == 2)
        #expect(february.reactivationCustomers == 0)
        // (300 + 50 − 60 − 90) / 300; without the growth (300 − 60 − 90) / 300; two of five.
        #expect(february.nrr == 200.0 / 300)
        #expect(february.grr == 150.0 / 300)
        #expect(february.logoChurn == 2.0 / 5)
        let march = rollup[Month(year: 2024, month: 3), 0].movements
        #expect(march.reactivationCustomers == 1)
        #expect(march.nrr == 0)
        #expect(march.grr == 0)
        #expect(march.logoChurn == 1)
    }

    @Test func nothingToStartFrom() throws {
        let rollup = try rollup(["a": [(1, 100)]])
        let first = rollup[Month(year: 2024, month: 1), 0].movements
        #expect(first.nrr == nil)
        #expect(first.grr == nil)
        #expect(first.logoChurn == nil)
        let quiet = rollup[Month(year: 2024, month: 5), 0].movements
        #expect(quiet.nrr == nil)
        // Beyond the data: an empty cell.
        #expect(rollup[Month(year: 2023, month: 12), 0] == MonthlyCell())
        #expect(rollup[Month(year: 2024, month: 7), 0].isEmpty)
    }

    @Test func growthAloneKeepsGrossRetentionAtOne() throws {
        let movements = try rollup(["a": [(1, 100), (2, 300)]])[Month(year: 2024, month: 2), 0].movements
        #expect(movements.grr == 1)
        #expect(movements.nrr == 3)
    }

    /// A refund is no payment: the month it stands in has no recurring revenue.
    @Test func aMonthOfRefundsIsAMonthWithoutRevenue() throws {
        let rollup = try rollup(["a": [(1, 100), (2, -30), (3, 100)]])
        #expect(row(rollup, 2) == [100, 0, 0, 0, 0, -100, 0])
        #expect(row(rollup, 3) == [0, 0, 100, 0, 0, 0, 100])
        #expect(rollup[Month(year: 2024, month: 2), 0].revenue == -30_000_000)
        // Paid in January, so February's revenue is repeat revenue; March's is not.
        #expect(rollup[Month(year: 2024, month: 2), 0].repeatRevenue == -30_000_000)
        #expect(rollup[Month(year: 2024, month: 3), 0].repeatRevenue == 0)
    }

    /// Whoever has not paid yet in the running month counts as churned in it, until he does.
    @Test func theRunningMonthIsProvisional() throws {
        let payments: [String: [(Int, Int64)]] = ["a": [(4, 100), (5, 100)]]
        #expect(row(try rollup(payments), 6) == [100, 0, 0, 0, 0, -100, 0])
        #expect(row(try rollup(payments, asOf: Day(2024, 5, 31)), 5) == [100, 0, 0, 0, 0, 0, 100])
        #expect(try rollup(payments, asOf: Day(2024, 5, 31)).lastMonth == Month(year: 2024, month: 5))
        // As of a day before the payment of May.
        #expect(row(try rollup(payments, asOf: Day(2024, 5, 9)), 5) == [100, 0, 0, 0, 0, -100, 0])
    }
}
