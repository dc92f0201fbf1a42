import Gold
import Records
import RiverTesting
import Rollup
import Silver
import Testing

/// Periods that are no calendar months, and the heatmap.
@Suite struct PeriodTests {
    private static let asOf = Day(2024, 3, 31)

    /// Calendar months as periods must give what the monthly cells say.
    @Test(arguments: Array<UInt64>(1...8))
    func monthsAsPeriodsAgreeWithMonthlyCells(seed: UInt64) throws {
        var settings = GoldSettings.example
        settings.activity = [.any, .engagement, .transactions][Int(seed % 3)]
        let tables = try Company.random(seed: seed, around: Self.asOf).river().tables
        let gold = GoldRefinery.refine(tables, asOf: Self.asOf, settings: settings)
        var random = SeededGenerator(seed: seed)
        let includes = (0..<gold.count).map { _ in random.chance(0.7) }
        let monthly = MonthlyRollup(
            gold, silver: tables, group: includes.map { $0 ? 0 : -1 }, groupCount: 1)
        let months = (0..<monthly.monthCount).map { monthly.firstMonth.advanced(by: $0) }
        let rollup = PeriodRollup(
            gold, silver: tables, rates: .example, periods: months.map { Period(first: $0.firstDay, last: $0.lastDay) },
            includes: includes)
        for (month, cell) in zip(months, rollup.cells) {
            let other = monthly[month, 0]
            #expect(cell.activeCustomers == Int(other.activeCustomers), "\(month)")
            #expect(cell.newCustomers == Int(other.newCustomers))
            #expect(cell.payingCustomers == Int(other.payingCustomers))
            #expect(cell.events == Int(other.events))
            #expect(cell.transactions == Int(other.transactions))
            #expect(cell.revenue == other.revenue)
            #expect(cell.positiveRevenue == other.positiveRevenue)
            #expect(cell.tickets == Int(other.tickets))
            #expect(cell.meanResolutionHours == other.meanResolutionHours)
            #expect(cell.csat == other.csat)
            #expect(cell.surveyAnswers == Int(other.surveyAnswers))
            #expect(cell.nps == other.nps)
        }
    }

    /// Single days add up to the whole, and gaps between periods count nothing.
    @Test(arguments: Array<UInt64>(1...6))
    func daysAddUp(seed: UInt64) throws {
        let tables = try Company.random(seed: seed, around: Self.asOf).river().tables
        let gold = GoldRefinery.refine(tables, asOf: Self.asOf, settings: .example)
        let days = (0..<120).map { Self.asOf.advanced(by: $0 - 110) }
        func rollup(_ periods: [Period]) -> [PeriodRollup.Cell] {
            PeriodRollup(gold, silver: tables, rates: .example, periods: periods).cells
        }
        let single = rollup(days.map { Period(first: $0, last: $0) })
        let whole = rollup([Period(first: days[0], last: days[119])])[0]
        #expect(single.reduce(0) { $0 + $1.events } == whole.events)
        #expect(single.reduce(0) { $0 + $1.revenue } == whole.revenue)
        #expect(single.reduce(0) { $0 + $1.tickets } == whole.tickets)
        #expect(single.reduce(0) { $0 + $1.surveyAnswers } == whole.surveyAnswers)
        #expect(single.reduce(0) { $0 + $1.newCustomers } == whole.newCustomers)
        #expect(single.map(\.activeCustomers).max() ?? 0 <= whole.activeCustomers)
        // Days after the as-of day count nothing.
        #expect(single.suffix(9).allSatisfy { $0 == PeriodRollup.Cell() })
        let odd = days.indices.filter { $0 % 2 == 1 }
        #expect(rollup(odd.map { Period(first: days[$0], last: days[$0]) }) == odd.map { single[$0] })
    }

    @Test func bordersOfAPeriod() throws {
        var company = Company()
        company.clients = [.init(id: "c", created: Day(2024, 3, 4)), .init(id: "d", created: Day(2024, 3, 11))]
        for (index, day) in [Day(2024, 3, 3), Day(2024, 3, 4), Day(2024, 3, 10), Day(2024, 3, 11)].enumerated() {
            company.events.append(
                .init(
                    id: "e\(index)", client: "c", type: "x",
                    at: Instant(day: day, millisecondOfDay: 86_399_999).rawValue))
            company.transactions.append(
                .init(id: "t\(index)", client: "d", amount: [1, 2, -4, 8][index], currency: "USD", day: day))
        }
        let tables = try company.river().tables
        let gold = GoldRefinery.refine(tables, asOf: Self.asOf, settings: .example)
        let week = Period(first: Day(2024, 3, 4), last: Day(2024, 3, 10))
        #expect(week.dayCount == 7)
        let cell = PeriodRollup(gold, silver: tables, rates: .example, periods: [week]).cells[0]
        #expect(cell.events == 2)
        #expect(cell.revenue == -2)
        #expect(cell.transactions == 1)
        #expect(cell.averageTransactionValue == 0.000002)
        #expect(cell.activeCustomers == 2)
        #expect(cell.payingCustomers == 1)
        #expect(cell.newCustomers == 1)
        #expect(PeriodRollup(gold, silver: tables, rates: .example, periods: []).cells.isEmpty)
        let later = Period(first: Day(2024, 4, 1), last: Day(2024, 4, 2))
        #expect(PeriodRollup(gold, silver: tables, rates: .example, periods: [later]).cells == [PeriodRollup.Cell()])
        let nothing = PeriodRollup.Cell()
        #expect(nothing.averageTransactionValue == nil)
        #expect(nothing.meanResolutionHours == nil)
    }

    @Test(arguments: Array<UInt64>(1...4))
    func theHeatmapAgreesWithThePlainCount(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.asOf)
        let tables = try company.river().tables
        let gold = GoldRefinery.refine(tables, asOf: Self.asOf, settings: .example)
        let ids = Set(gold.clients.map { tables.clients.id[Int($0)] ?? "" })
        let some = Set(ids.sorted().prefix(4))
        func expected(_ wanted: Set<String>) -> [Int] {
            var counts = Array(repeating: 0, count: 168)
            for event in company.events where wanted.contains(event.client) {
                let instant = Instant(rawValue: event.at)
                guard instant.day <= Self.asOf else { continue }
                // 2024-01-01 was a Monday.
                let weekday = (instant.day.rawValue - Day(2024, 1, 1).rawValue + 7000) % 7
                counts[Int(weekday) * 24 + instant.millisecondOfDay / 3_600_000] += 1
            }
            return counts
        }
        #expect(EngagementHeatmap(gold, silver: tables).counts == expected(ids))
        let includes = gold.clients.map { some.contains(tables.clients.id[Int($0)] ?? "") }
        #expect(EngagementHeatmap(gold, silver: tables, includes: includes).counts == expected(some))
    }

    @Test func weekdaysStartOnMonday() throws {
        var company = Company()
        company.clients = [.init(id: "c", created: Day(2024, 1, 1))]
        company.events = [
            .init(id: "1", client: "c", type: "x", at: Instant(day: Day(2024, 3, 25)).rawValue),
            .init(
                id: "2", client: "c", type: "x",
                at: Instant(day: Day(2024, 3, 31), millisecondOfDay: 86_399_999).rawValue),
        ]
        let tables = try company.river().tables
        let heatmap = EngagementHeatmap(
            GoldRefinery.refine(tables, asOf: Self.asOf, settings: .example), silver: tables)
        #expect(heatmap[1, 0] == 1)
        #expect(heatmap[7, 23] == 1)
        #expect(heatmap.counts.reduce(0, +) == 2)
    }
}
