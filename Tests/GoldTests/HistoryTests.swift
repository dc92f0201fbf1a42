import Gold
import Records
import RiverTesting
import Silver
import Standings
import Testing

/// What is carried from one refresh to the next must be what comes out of nothing but silver.
@Suite struct HistoryTests {
    static let seeds = Array<UInt64>(1...16)

    /// Random drops, merges, days and settings; after each step the carried history against a fresh one.
    @Test(arguments: seeds)
    func carriedHistoriesAreFreshOnes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var asOf = Day(2024, 3, 31)
        var settings = GoldSettings.example
        if seed % 2 == 0 { settings.billingMonths = [:] }
        let company = Company.random(seed: seed, around: asOf, clients: 30)
        var drops: [(Category, String)] = []
        for category in Category.allCases {
            var rest = company.lines(category)[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...max(2, rest.count / 3), using: &random)
                drops.append((category, Company.file(category, Array(rest.prefix(count)))))
                rest = rest.dropFirst(count)
            }
        }
        // Records after the as-of day are there half of the time.
        if seed % 4 < 2 { asOf = asOf.advanced(by: 25) }
        let river = River()
        var history: ClientHistory?
        for (category, text) in drops.shuffled(using: &random) {
            try river.load(category, text)
            if random.chance(0.25), river.tables.events.segments.count > 2 {
                let chosen = Array(river.tables.events.segments.prefix(Int.random(in: 2...3, using: &random)))
                // As the store numbers them: no number stands for two segments.
                let id = river.tables.nextSegmentID
                river.state.replace(events: Set(chosen.map(\.id)), with: SegmentMerge.merge(chosen, id: id))
            }
            if random.chance(0.2), river.tables.transactions.segments.count > 2 {
                let chosen = Array(river.tables.transactions.segments.suffix(2))
                // As the store numbers them: no number stands for two segments.
                let id = river.tables.nextSegmentID
                river.state.replace(transactions: Set(chosen.map(\.id)), with: SegmentMerge.merge(chosen, id: id))
            }
            if random.chance(0.2) { asOf = asOf.advanced(by: Int.random(in: -40...40, using: &random)) }
            if random.chance(0.1) { settings.activity = random.pick(ActivityDefinition.allCases, else: .any) }
            // Some refreshes are left out: the history then covers several drops.
            if random.chance(0.3) { continue }
            let made = ClientHistory.make(river.tables, asOf: asOf, settings: settings, previous: history)
            let carried = GoldRefinery.refine(
                river.tables, settings: settings, history: made.history,
                standings: StandingsRefinery.standings(river.tables, asOf: asOf, settings: settings))
            let fresh = GoldRefinery.refine(river.tables, asOf: asOf, settings: settings)
            #expect(GoldPicture(carried, river.tables) == GoldPicture(fresh, river.tables))
            #expect(carried.months.hashes == fresh.months.hashes)
            history = made.history
        }
    }

    /// The clients said to have changed are all that have.
    @Test(arguments: seeds)
    func changedClients(seed: UInt64) throws {
        // After the last record: before that a history is never built upon.
        let asOf = Day(2024, 4, 30)
        var settings = GoldSettings.example
        settings.billingMonths = [:]
        let company = Company.random(seed: seed, around: Day(2024, 3, 31), clients: 40)
        let river = try company.river()
        let before = ClientHistory.make(river.tables, asOf: asOf, settings: settings)
        #expect(before.changed == nil)
        let same = ClientHistory.make(river.tables, asOf: asOf, settings: settings, previous: before.history)
        #expect(same.changed == [])
        try river.load(
            .engagement,
            "event_id,customer_id,event_type,timestamp\nnew1,c3,login,2024-03-30\nnew2,stranger,x,2024-03-30\n")
        let after = ClientHistory.make(river.tables, asOf: asOf, settings: settings, previous: before.history)
        let ids = after.changed?.map { river.tables.clients.id[Int($0)] ?? "" }
        #expect(ids == ["c3", "stranger"])
        let gold = GoldRefinery.refine(
            river.tables, settings: settings, history: after.history,
            standings: StandingsRefinery.standings(river.tables, asOf: asOf, settings: settings))
        let fresh = GoldRefinery.refine(river.tables, asOf: asOf, settings: settings)
        #expect(GoldPicture(gold, river.tables) == GoldPicture(fresh, river.tables))
        // Other settings: nothing is known of anyone.
        settings.loginEvents = ["x"]
        let other = ClientHistory.make(river.tables, asOf: asOf, settings: settings, previous: after.history)
        #expect(other.changed == nil)
    }
}
