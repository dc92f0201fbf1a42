import Gold
import Records
import RiverTesting
import Standings
import Testing
import Words

/// Gold that is carried on from the generation before is the gold that is made from nothing.
@Suite struct AdvanceTests {
    private static let asOf = Day(2024, 3, 31)

    /// Loads drop after drop; after each, what is carried on (where it can be) is compared with what is made anew.
    @Test(arguments: Array<UInt64>(1...10))
    func carriedOnIsMadeAnew(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.asOf, clients: 60)
        // With records after the day nothing is carried on.
        let asOf = try #require(try company.river().tables.lastDay)
        let river = River()
        for category in Category.allCases {
            let lines = company.lines(category)
            let held = category == .engagement || category == .transactions ? lines.count / 2 : lines.count
            try river.load(category, Company.file(category, Array(lines.prefix(held))))
        }
        let settings = GoldSettings.example
        var silver = river.tables
        var (history, _) = ClientHistory.make(silver, asOf: asOf, settings: settings)
        var gold = GoldRefinery.refine(
            silver, settings: settings, history: history,
            standings: StandingsRefinery.standings(silver, asOf: asOf, settings: settings))
        var carriedOn = 0
        for category in [Category.engagement, .transactions] {
            let lines = company.lines(category)
            var rest = lines.dropFirst(lines.count / 2)
            while !rest.isEmpty {
                let part = rest.prefix(7)
                rest = rest.dropFirst(7)
                try river.load(category, Company.file(category, Array(part)))
                let next = ClientHistory.make(
                    river.tables, asOf: asOf, settings: settings, previous: history)
                let anew = GoldRefinery.refine(river.tables, asOf: asOf, settings: settings)
                if let changed = next.changed,
                    let advanced = GoldRefinery.advance(
                        river.tables, settings: settings, history: next.history,
                        standings: StandingsRefinery.standings(river.tables, asOf: asOf, settings: settings),
                        previous: gold,
                        previousSilver: silver, changed: changed)
                {
                    carriedOn += 1
                    #expect(GoldPicture(advanced, river.tables) == GoldPicture(anew, river.tables))
                    for metric in ClientMetric.stored {
                        switch metric.form {
                        case .whole: #expect(advanced.metrics[whole: metric] == anew.metrics[whole: metric])
                        case .money: #expect(advanced.metrics[money: metric] == anew.metrics[money: metric])
                        case .real:
                            #expect(
                                advanced.metrics[real: metric].map(\.bitPattern)
                                    == anew.metrics[real: metric].map(\.bitPattern))
                        }
                    }
                    #expect(advanced.counts == anew.counts)
                    #expect(advanced.months.hashes == anew.months.hashes)
                }
                (silver, history, gold) = (river.tables, next.history, anew)
            }
        }
        #expect(carriedOn > 5)
    }

    /// Everything else that can change gold asks for a pass over all clients.
    @Test func whatCannotBeCarriedOn() throws {
        let river = try Company.random(seed: 4, around: Self.asOf, clients: 40).river()
        let settings = GoldSettings.example
        func advances(_ category: Category, _ text: String) throws -> Bool {
            let silver = river.tables
            let (history, _) = ClientHistory.make(silver, asOf: Self.asOf, settings: settings)
            let gold = GoldRefinery.refine(
                silver, settings: settings, history: history,
                standings: StandingsRefinery.standings(silver, asOf: Self.asOf, settings: settings))
            try river.load(category, text)
            let next = ClientHistory.make(river.tables, asOf: Self.asOf, settings: settings, previous: history)
            return GoldRefinery.advance(
                river.tables, settings: settings, history: next.history,
                standings: StandingsRefinery.standings(river.tables, asOf: Self.asOf, settings: settings),
                previous: gold,
                previousSilver: silver,
                changed: next.changed ?? []) != nil
        }
        let id = river.tables.clients.id[Int(try #require(river.tables.clients.isKnown.firstIndex(of: true)))] ?? ""
        #expect(
            try advances(.engagement, "event_id,customer_id,event_type,timestamp\nx1,\(id),login,2024-03-30\n"))
        #expect(try !advances(.engagement, "event_id,customer_id,event_type,timestamp\nx2,new,login,2024-03-30\n"))
        #expect(
            try !advances(.engagement, "event_id,customer_id,event_type,timestamp\nx3,\(id),login,2001-01-01\n"))
        #expect(try !advances(.support, "ticket_id,customer_id,created_at\nx4,\(id),2024-03-30\n"))
        #expect(try !advances(.surveys, "survey_id,customer_id,response_date,nps_score\nx5,\(id),2024-03-30,3\n"))
        #expect(try !advances(.demographics, "customer_id,account_creation_date,tier\n\(id),2023-01-01,other\n"))
        #expect(try advances(.demographics, "customer_id,account_creation_date,tier\n\(id),2023-01-01,other\n"))
    }
}
