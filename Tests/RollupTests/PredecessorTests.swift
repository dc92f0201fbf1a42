import Gold
import Records
import RiverTesting
import Standings
import Rollup
import Testing

/// A rollup that builds on an earlier one is the same as one that does not.
@Suite struct PredecessorTests {
    @Test(arguments: Array<UInt64>(1...10))
    func carriedRollupsAreFreshOnes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // After the last record: before that nothing is built upon.
        let asOf = Day(2024, 4, 30)
        var settings = GoldSettings.example
        settings.billingMonths = [:]
        var company = Company.random(seed: seed, around: Day(2024, 3, 31), clients: 40)
        let late = company.lines(.engagement).suffix(12)
        let lateMoney = company.lines(.transactions).suffix(8)
        company.events.removeLast(12)
        company.transactions.removeLast(8)
        let river = try company.river()
        var history = ClientHistory.make(river.tables, asOf: asOf, settings: settings).history
        var gold = GoldRefinery.refine(
            river.tables, settings: settings, history: history,
            standings: StandingsRefinery.standings(river.tables, asOf: asOf, settings: settings))
        let group = (0..<gold.count).map { _ in Int32.random(in: -1..<3, using: &random) }
        var rollup = MonthlyRollup(gold, silver: river.tables, group: group, groupCount: 3)
        var carriedOn = 0
        for (category, lines) in [(Category.engagement, late), (.transactions, lateMoney)] {
            for line in lines {
                try river.load(category, Company.file(category, [line]))
                // A step of a day now and then, also into the next month.
                let day = asOf.advanced(by: random.chance(0.2) ? 1 : 0)
                let made = ClientHistory.make(river.tables, asOf: day, settings: settings, previous: history)
                let next = GoldRefinery.refine(
                    river.tables, settings: settings, history: made.history,
                    standings: StandingsRefinery.standings(river.tables, asOf: day, settings: settings))
                guard next.clients == gold.clients, let changed = made.changed else { continue }
                var positions: [UInt32: Int] = [:]
                for (position, client) in next.clients.enumerated() { positions[client] = position }
                let carried = MonthlyRollup(
                    next, silver: river.tables, group: group, groupCount: 3,
                    predecessor: .init(rollup: rollup, gold: gold, changed: changed.compactMap { positions[$0] }))
                let fresh = MonthlyRollup(next, silver: river.tables, group: group, groupCount: 3)
                #expect(carried == fresh)
                carriedOn += 1
                (gold, rollup, history) = (next, carried, made.history)
            }
        }
        #expect(carriedOn > 15)
    }
}
