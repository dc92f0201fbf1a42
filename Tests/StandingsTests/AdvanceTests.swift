import Lifecycle
import Records
import Revenue
import RiverTesting
import Silver
import Standings
import Testing

/// What is carried from one state to the next must be what comes out of nothing but silver.
@Suite struct AdvanceTests {
    @Test(arguments: Array<UInt64>(1...12))
    func carriedStandingsAreFreshOnes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let asOf = Day(2024, 4, 30)
        var settings = GoldSettings.example
        if seed % 2 == 0 { settings.billingMonths = [:] }
        if seed % 3 == 0 { settings.activity = .engagement }
        if seed % 5 == 0 { settings.revenue.recurring = .yes }
        let company = Company.random(seed: seed, around: Day(2024, 3, 31), clients: 40)
        let river = River()
        let known = company.lines(.demographics)
        try river.load(.demographics, Company.file(.demographics, Array(known.dropLast(6))))
        // Clients who come later, and records of who is not known yet.
        var drops: [(Category, String)] = known.suffix(6).map { (.demographics, Company.file(.demographics, [$0])) }
        for category in [Category.transactions, .engagement, .support] {
            var rest = company.lines(category)[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...max(2, rest.count / 8), using: &random)
                drops.append((category, Company.file(category, Array(rest.prefix(count)))))
                rest = rest.dropFirst(count)
            }
        }
        var carried: StandingsRefinery.Carried?
        var before = Set<Int64>()
        var advanced = 0
        for (category, text) in drops.shuffled(using: &random) {
            try river.load(category, text)
            let segments = river.tables.events.segments.map(\.id) + river.tables.transactions.segments.map(\.id)
            let changed = AdvanceTests.clients(ofNew: before, in: river.tables)
            before = Set(segments)
            let made = StandingsRefinery.make(
                river.tables, asOf: asOf, settings: settings, previous: carried, changed: changed)
            let fresh = StandingsRefinery.standings(river.tables, asOf: asOf, settings: settings)
            if made.changed != nil { advanced += 1 }
            #expect(StandingsPicture(made.carried.standings) == StandingsPicture(fresh))
            carried = made.carried
        }
        #expect(advanced > 0)
    }

    private static func clients(ofNew known: Set<Int64>, in tables: SilverTables) -> [UInt32] {
        let events = tables.events.segments.filter { !known.contains($0.id) }.flatMap(\.slices.clients)
        let payments = tables.transactions.segments.filter { !known.contains($0.id) }.flatMap(\.slices.clients)
        return Set(events + payments).sorted()
    }

    /// A past day knows nothing of what came later.
    @Test(arguments: Array<UInt64>(1...6)) func pastDaysKnowNothingOfLaterOnes(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Day(2024, 3, 31), clients: 30)
        let asOf = Day(2024, 2, 10)
        var known = company
        known.transactions.removeAll { $0.day > asOf }
        known.events.removeAll { Instant(rawValue: $0.at).day > asOf }
        let settings = GoldSettings.example
        let all = StandingsRefinery.standings(try company.river().tables, asOf: asOf, settings: settings)
        let past = StandingsRefinery.standings(try known.river().tables, asOf: asOf, settings: settings)
        #expect(
            StandingsPicture(all, ids: try company.river().tables)
                == StandingsPicture(past, ids: try known.river().tables))
    }
}

/// All that standings say, by client.
struct StandingsPicture: Equatable {
    var clients: [String: String] = [:]
    var company: [String] = []

    init(_ standings: CompanyStandings, ids tables: SilverTables? = nil) {
        var months = RevenueMonths(standings)
        for client in 0..<standings.count {
            let standing = standings.lifecycle.standings[client]
            if standing.isAhead { continue }
            var text = "\(standing) \(Array(standings.lifecycle.absences(of: client)))"
            text += " \(standings.mrr[client]) \(standings.highestMRR[client]) \(Array(standings.pieces(of: client)))"
            text += " \(standings.isCarried(client)) \(standings.mrrLost(client).map(String.init) ?? "-")"
            months.forEach(client) { text += " \($0) \($1)" }
            clients[tables?.clients.id[client] ?? "\(client)"] = text
        }
        company = [
            "\(standings.recurrence) \(standings.paymentsRecur) \(standings.knowsMRR)", "\(standings.clocks)",
            "\(standings.paymentTerms) \(standings.lifecycleTerms) \(standings.survey)",
            "\(standings.feeds.sorted { $0.key < $1.key })",
            "\(zip(standings.plans.folded, standings.intervals.intervals).sorted { $0.0 < $1.0 })",
        ]
    }
}
