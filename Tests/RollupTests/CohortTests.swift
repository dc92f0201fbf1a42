import Gold
import Records
import RiverTesting
import Rollup
import Silver
import Standings
import Testing

@Suite struct CohortTests {
    static let seeds = Array<UInt64>(1...8)

    @Test(arguments: seeds, CohortDefinition.allCases)
    func cohortsAgreeWithTheReference(seed: UInt64, definition: CohortDefinition) throws {
        let asOf = [Day(2024, 3, 31), Day(2024, 2, 28)][Int(seed % 2)]
        var settings = GoldSettings.example
        settings.activity = [.any, .engagement, .transactions][Int(seed % 3)]
        let company = Company.random(seed: seed, around: asOf, clients: 9)
        let tables = try company.river().tables
        let (gold, standings) = GoldRefinery.refineStanding(tables, asOf: asOf, settings: settings)
        let table = CohortTable(gold, silver: tables, standings: standings, by: definition)
        let expected = Reference(company, asOf: asOf, settings: settings).cohorts(bySignup: definition == .signupMonth)
        #expect(table.cohorts.map(\.month) == expected.keys.sorted())
        for cohort in table.cohorts {
            let other = try #require(expected[cohort.month])
            #expect(cohort.size == other.size)
            #expect(cohort.active == other.active)
            #expect(cohort.active.indices.map { cohort.revenue($0) } == other.revenue)
        }
    }

    /// What a cohort is worth is the sum of what its members are, one by one, at the end of each month.
    @Test(arguments: seeds)
    func revenueIsWhatMembersAreWorth(seed: UInt64) throws {
        let asOf = Day(2024, 3, 20)
        var settings = GoldSettings.example
        settings.revenue.method = .coverage
        settings.revenue.recurring = .yes
        let company = Company.random(seed: seed, around: asOf, clients: 12)
        let tables = try company.river().tables
        let (gold, standings) = GoldRefinery.refineStanding(tables, asOf: asOf, settings: settings)
        let table = CohortTable(gold, silver: tables, standings: standings, by: .signupMonth)
        for cohort in table.cohorts {
            for k in cohort.active.indices {
                let month = cohort.month.advanced(by: k)
                var worth: Int64?
                if month >= standings.firstRevenueMonth {
                    let members = gold.clients.filter {
                        Day(rawValue: tables.clients.creationDay[Int($0)]).month == cohort.month
                    }
                    worth = members.map { standings.mrr(of: Int($0), on: min(month.lastDay, asOf)) }.reduce(0, +)
                }
                #expect(cohort.revenue(k) == worth)
            }
        }
        settings.revenue.recurring = .no
        let other = GoldRefinery.refineStanding(tables, asOf: asOf, settings: settings)
        let unknown = CohortTable(other.gold, silver: tables, standings: other.standings, by: .signupMonth)
        #expect(unknown.cohorts.allSatisfy { $0.revenue(0) == nil && $0.revenueRetention(0) == nil })
    }

    /// Clients with the months (of 2024) in which they paid ten units.
    private func table(
        _ clients: [(created: Day, months: [Int])], asOf: Day, _ definition: CohortDefinition,
        includes: [Bool]? = nil
    ) throws -> CohortTable {
        var company = Company()
        for (index, client) in clients.enumerated() {
            company.clients.append(.init(id: "c\(index)", created: client.created))
            for month in client.months {
                company.transactions.append(
                    .init(
                        id: "\(index)-\(month)", client: "c\(index)", amount: Int64(month) * 10_000_000,
                        currency: "USD",
                        day: Day(2024, month, 1)))
            }
        }
        let tables = try company.river().tables
        let (gold, standings) = GoldRefinery.refineStanding(tables, asOf: asOf, settings: .example)
        return CohortTable(gold, silver: tables, standings: standings, by: definition, includes: includes)
    }

    private static let clients: [(created: Day, months: [Int])] = [
        (Day(2024, 1, 31), [1, 2, 4]), (Day(2024, 1, 1), [2, 3]), (Day(2024, 2, 1), [2, 4]), (Day(2024, 1, 5), []),
        // Active before he signed up: not in his cohort's months by sign-up.
        (Day(2024, 3, 1), [2, 3]),
    ]

    @Test func bySignupMonth() throws {
        let table = try table(Self.clients, asOf: Day(2024, 4, 10), .signupMonth)
        #expect(table.cohorts.map(\.month.description) == ["2024-01", "2024-02", "2024-03"])
        #expect(table.cohorts.map(\.size) == [3, 1, 1])
        #expect(table.cohorts.map(\.active) == [[1, 2, 1, 1], [1, 0, 1], [1, 0]])
        #expect(
            table.cohorts[0].active.indices.map { table.cohorts[0].revenue($0) } == [
                10_000_000, 40_000_000, 30_000_000, 40_000_000,
            ])
        #expect(table.cohorts[0].retention(1) == 2.0 / 3)
        #expect(table.cohorts[0].revenueRetention(1) == 4)
        // The cell of April, the running month, is shown and never averaged.
        #expect(table.isComplete(table.cohorts[0], 2))
        #expect(!table.isComplete(table.cohorts[0], 3))
        #expect(table.overall(0) == 3.0 / 5)
        #expect(table.overall(1) == (2.0 + 0) / (3 + 1))
        #expect(table.overall(2) == 1.0 / 3)
        #expect(table.overall(3) == nil)
        #expect(table.overall(99) == nil)
    }

    @Test func byFirstActivity() throws {
        let table = try table(Self.clients, asOf: Day(2024, 4, 10), .firstActivity)
        #expect(table.cohorts.map(\.month.description) == ["2024-01", "2024-02"])
        // Whoever was never active is in no cohort.
        #expect(table.cohorts.map(\.size) == [1, 3])
        #expect(table.cohorts.map(\.active) == [[1, 1, 0, 1], [3, 2, 1]])
        #expect(table.cohorts.allSatisfy { $0.retention(0) == 1 })
    }

    @Test func theLastDayOfAMonthIsStillInIt() throws {
        let table = try table(Self.clients, asOf: Day(2024, 3, 31), .firstActivity)
        #expect(table.lastMonth.description == "2024-03")
        #expect(table.overall(2) == nil)
        #expect(table.overall(1) == 1)
    }

    @Test func partOfThePopulation() throws {
        let table = try table(
            Self.clients, asOf: Day(2024, 4, 10), .signupMonth, includes: [false, true, false, true, false])
        #expect(table.cohorts.map(\.size) == [2])
        #expect(table.cohorts.map(\.active) == [[0, 1, 1, 0]])
        // No revenue in the first month: no revenue retention.
        #expect(table.cohorts[0].revenueRetention(1) == nil)
        #expect(Cohort(month: Month(year: 2024, month: 1), size: 0, active: [0], revenue: [0]).retention(0) == nil)
    }
}
