import Gold
import Records
import RiverTesting
import Rollup
import Silver
import Testing

/// Monthly cells against a plain reference, and known answers of what a month counts.
@Suite struct MonthlyTests {
    static let seeds = Array<UInt64>(1...12)

    private func asOf(_ seed: UInt64) -> Day {
        [Day(2024, 3, 31), Day(2024, 2, 29), Day(2023, 1, 1), Day(2024, 12, 30)][Int(seed % 4)]
    }

    @Test(arguments: seeds)
    func cellsAgreeWithTheReference(seed: UInt64) throws {
        let asOf = asOf(seed)
        var settings = GoldSettings.example
        settings.activity = [.any, .engagement, .transactions][Int(seed % 3)]
        let company = Company.random(seed: seed, around: asOf, clients: 9)
        let tables = try company.river().tables
        let gold = GoldRefinery.refine(tables, asOf: asOf, settings: settings)
        let rollup = MonthlyRollup(
            gold, silver: tables, group: Array(repeating: 0, count: gold.count), groupCount: 1)
        let reference = Reference(company, asOf: asOf, settings: settings)
        #expect(rollup.lastMonth == asOf.month)
        var month = min(rollup.firstMonth, reference.firstMonth)
        while month <= asOf.month {
            let cell = rollup[month, 0]
            let expected = reference.month(month)
            var actual = ReferenceMonth()
            actual.active = Int(cell.activeCustomers)
            actual.new = Int(cell.newCustomers)
            actual.churned = Int(cell.lapsedCustomers)
            actual.events = Int(cell.events)
            actual.payments = Int(cell.transactions)
            actual.revenue = cell.revenue
            actual.repeatRevenue = cell.repeatRevenue
            actual.mrr = cell.mrr
            actual.tickets = Int(cell.tickets)
            actual.resolved = Int(cell.resolvedTickets)
            actual.surveys = Int(cell.surveyAnswers)
            actual.promoters = Int(cell.promoters)
            actual.detractors = Int(cell.detractors)
            let m = cell.movements
            actual.movements = [m.starting, m.new, m.reactivation, m.expansion, m.contraction, m.churn, m.ending]
            actual.customers =
                [
                    m.startingCustomers, m.newCustomers, m.reactivationCustomers, m.expansionCustomers,
                    m.contractionCustomers, m.churnCustomers,
                ].map { Int($0) } + [expected.customers[6]]
            #expect(actual == expected, "\(month)")
            #expect(m.starting + m.new + m.reactivation + m.expansion + m.contraction + m.churn == m.ending)
            #expect(m.ending == cell.mrr)
            #expect((m.grr ?? 0) <= 1)
            month = month.advanced(by: 1)
        }
    }

    /// Groups add up to the whole, and starts are the ends of the month before.
    @Test(arguments: seeds)
    func groupsAddUp(seed: UInt64) throws {
        let asOf = asOf(seed)
        let tables = try Company.random(seed: seed, around: asOf).river().tables
        let gold = GoldRefinery.refine(tables, asOf: asOf, settings: .example)
        var random = SeededGenerator(seed: seed)
        let group = (0..<gold.count).map { _ in Int32.random(in: 0..<3, using: &random) }
        let split = MonthlyRollup(gold, silver: tables, group: group, groupCount: 3)
        let whole = MonthlyRollup(
            gold, silver: tables, group: Array(repeating: 0, count: gold.count), groupCount: 1)
        #expect(split.monthCount == whole.monthCount)
        for offset in 0..<whole.monthCount {
            let month = whole.firstMonth.advanced(by: offset)
            #expect(split.sum(month, over: 0..<3) == whole[month, 0])
            if offset > 0 {
                for index in 0..<3 {
                    #expect(
                        split[month, index].movements.starting == split[month.advanced(by: -1), index].movements.ending)
                }
            }
        }
        // Whoever is left out counts nowhere.
        let some = MonthlyRollup(gold, silver: tables, group: group.map { $0 == 1 ? 0 : -1 }, groupCount: 1)
        for offset in 0..<whole.monthCount {
            let month = whole.firstMonth.advanced(by: offset)
            #expect(some[month, 0] == split[month, 1])
        }
    }

    @Test func churnedAndReactivatedClients() throws {
        var company = Company()
        company.clients = ["a", "b", "c"].map { .init(id: $0, created: Day(2023, 12, 1)) }
        for (client, months) in [("a", [1, 2, 4]), ("b", [1]), ("c", [1, 2, 3, 4, 5])] {
            for month in months {
                company.events.append(
                    .init(
                        id: "\(client)\(month)", client: client, type: "x",
                        at: Instant(day: Day(2024, month, 1)).rawValue))
            }
        }
        let tables = try company.river().tables
        let gold = GoldRefinery.refine(tables, asOf: Day(2024, 5, 20), settings: .example)
        let rollup = MonthlyRollup(gold, silver: tables, group: [0, 0, 0], groupCount: 1)
        let cells = (1...5).map { rollup[Month(year: 2024, month: $0), 0] }
        #expect(cells.map(\.activeCustomers) == [3, 2, 1, 2, 1])
        // a came back in April, so he did not leave in March; provisionally in May.
        #expect(cells.map(\.lapsedCustomers) == [0, 1, 0, 0, 1])
        #expect(rollup.firstMonth == Month(year: 2023, month: 12))
        #expect(rollup[rollup.firstMonth, 0].newCustomers == 3)
    }

    @Test func ticketsAndSurveysOfAMonth() throws {
        var company = Company()
        company.clients = [.init(id: "c", created: Day(2024, 1, 1))]
        func at(_ day: Day, _ hour: Int) -> Int64 { Instant(day: day, millisecondOfDay: hour * 3_600_000).rawValue }
        company.tickets = [
            .init(
                id: "1", client: "c", created: at(Day(2024, 1, 31), 23), resolved: at(Day(2024, 2, 1), 3),
                satisfaction: 5),
            .init(
                id: "2", client: "c", created: at(Day(2024, 1, 1), 0), resolved: at(Day(2024, 1, 1), 2), satisfaction: 2
            ),
            .init(id: "3", client: "c", created: at(Day(2024, 1, 2), 0), satisfaction: 2),
            .init(
                id: "4", client: "c", created: at(Day(2024, 1, 2), 0), resolved: at(Day(2024, 3, 1), 0), satisfaction: 1
            ),
            .init(id: "5", client: "c", created: at(Day(2024, 2, 2), 0)),
        ]
        company.surveys = zip(0..., [10, 9, 8, 7, 6, 0]).map {
            .init(id: "s\($0)", client: "c", day: Day(2024, 2, 29), score: $1)
        }
        let tables = try company.river().tables
        let gold = GoldRefinery.refine(tables, asOf: Day(2024, 2, 29), settings: .example)
        let rollup = MonthlyRollup(gold, silver: tables, group: [0], groupCount: 1)
        let january = rollup[Month(year: 2024, month: 1), 0]
        #expect(january.tickets == 4)
        #expect(january.resolvedTickets == 2)
        #expect(january.meanResolutionHours == 3)
        #expect(january.ratedTickets == 3)
        #expect(january.csat == 3)
        #expect(january.nps == nil)
        let february = rollup[Month(year: 2024, month: 2), 0]
        #expect(february.tickets == 1)
        #expect(february.meanResolutionHours == nil)
        #expect(february.csat == nil)
        // Two promoters, two detractors of six.
        #expect(february.surveyAnswers == 6)
        #expect(february.nps == 0)
        #expect(!february.isEmpty)
    }

    @Test func noClients() {
        let gold = GoldRefinery.refine(SilverTables(), asOf: Day(2024, 2, 29), settings: .example)
        let rollup = MonthlyRollup(gold, silver: SilverTables(), group: [], groupCount: 0)
        #expect(rollup.monthCount == 1)
        #expect(rollup.sum(rollup.lastMonth, over: 0..<0) == MonthlyCell())
    }
}
