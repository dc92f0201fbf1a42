import Gold
import Records
import RiverTesting
import Rollup
import Standings
import Testing

/// Daily series, against sums over the records as plain values.
@Suite struct DailyValuesTests {
    private static let asOf = Day(2024, 6, 30)

    private static func gold(_ silver: SilverTables, asOf: Day, activity: ActivityDefinition = .any) -> GoldTables {
        GoldRefinery.refine(silver, asOf: asOf, settings: GoldSettings(activity: activity, rates: .example))
    }

    /// Micro-units of the base currency.
    private static func base(_ payment: Company.Transaction) -> Double {
        let rates: [String: Double] = ["USD": 1, "EUR": 1.08, "GBP": 1.27, "JPY": 0.0067]
        return (Double(payment.amount) * (rates[payment.currency] ?? 0)).rounded(.toNearestOrEven)
    }

    /// What a metric comes to on a day for a client, counted from the plain values.
    private static func expected(
        _ company: Company, _ id: String, _ metric: ForecastMetric, _ day: Day, _ activity: ActivityDefinition
    ) -> Double {
        let events = company.events.filter { $0.client == id && Instant(rawValue: $0.at).day == day }
        let payments = company.transactions.filter { $0.client == id && $0.day == day }
        switch metric {
        case .engagement: return Double(events.count)
        case .revenue: return payments.reduce(0) { $0 + base($1) / 1_000_000 }
        case .activeCustomers:
            let byEvent = activity != .transactions && !events.isEmpty
            let byPayment = activity != .engagement && payments.contains { base($0) > 0 }
            return byEvent || byPayment ? 1 : 0
        case .tickets:
            let tickets = company.tickets.filter { $0.client == id && Instant(rawValue: $0.created).day == day }
            return Double(tickets.count)
        // Stands instead of happening: see below.
        case .mrr: return 0
        }
    }

    /// What clients are worth at the end of each day is what they are said to be worth on it.
    @Test(arguments: [UInt64(1), 2, 3]) func recurringRevenueStands(seed: UInt64) throws {
        let silver = try Company.random(seed: seed, around: Self.asOf).river().tables
        var settings = GoldSettings(rates: .example)
        settings.revenue.recurring = .yes
        let gold = GoldRefinery.refine(silver, asOf: Self.asOf, settings: settings)
        let standings = StandingsRefinery.standings(silver, asOf: Self.asOf, settings: settings)
        func values(_ standings: CompanyStandings?) -> DailyValues {
            DailyValues(
                gold, silver: silver, rates: .example, metric: .mrr, last: Self.asOf.advanced(by: 3),
                standings: standings)
        }
        let known = values(standings)
        let start = try #require(known.first)
        #expect(start == standings.firstRevenueDay)
        let all = known.series(ofGroups: Array(repeating: 0, count: gold.count), count: 1, from: start)[0]
        #expect(all.last == known.last)
        var isWorth = false
        for offset in all.values.indices where offset % 7 == 0 {
            let day = start.advanced(by: offset)
            var sum = 0.0
            for position in 0..<gold.count {
                let client = Int(gold.clients[position])
                let worth = Double(standings.mrr(of: client, on: day)) / 1_000_000
                // Each line is rounded for itself.
                #expect(abs((known.series(ofPosition: position, from: day).values.first ?? -1) - worth) < 1e-4)
                sum += worth
            }
            isWorth = isWorth || sum > 0
            #expect(abs(all.values[offset] - sum) < 1e-3)
        }
        #expect(isWorth)
        settings.revenue.recurring = .no
        let unknown = StandingsRefinery.standings(silver, asOf: Self.asOf, settings: settings)
        for standings in [unknown, nil] { #expect(values(standings).first == nil) }
    }

    @Test(arguments: [UInt64(1), 2, 3], [ActivityDefinition.any, .engagement, .transactions])
    func seriesAreSumsOverRecords(seed: UInt64, activity: ActivityDefinition) throws {
        let company = Company.random(seed: seed, around: Self.asOf)
        let silver = try company.river().tables
        let gold = Self.gold(silver, asOf: Self.asOf, activity: activity)
        let start = Self.asOf.advanced(by: -200)
        for metric in ForecastMetric.allCases where metric != .mrr {
            let values = DailyValues(gold, silver: silver, rates: .example, metric: metric, last: Self.asOf)
            let group = (0..<gold.count).map { Int32($0 % 3) - 1 }
            let groups = values.series(ofGroups: group, count: 2, from: start)
            for offset in 0...200 {
                let day = start.advanced(by: offset)
                var sums = [0.0, 0.0]
                for position in 0..<gold.count {
                    let id = silver.clients.id[Int(gold.clients[position])] ?? ""
                    let value = Self.expected(company, id, metric, day, activity)
                    let own = values.series(ofPosition: position, from: day).values.first ?? -1
                    #expect(abs(own - value) < 1e-9, "\(metric) \(id) \(day)")
                    if group[position] >= 0 { sums[Int(group[position])] += value }
                }
                for index in 0..<2 { #expect(abs(groups[index].values[offset] - sums[index]) < 1e-6) }
            }
        }
    }

    @Test func nothingAfterTheLastDayCounts() throws {
        let company = Company.random(seed: 9, around: Self.asOf)
        let silver = try company.river().tables
        let gold = Self.gold(silver, asOf: Self.asOf)
        let early = Self.asOf.advanced(by: -5)
        for metric in ForecastMetric.allCases where metric != .mrr {
            let all = DailyValues(
                gold, silver: silver, rates: .example, metric: metric, last: Self.asOf.advanced(by: 30))
            let cut = DailyValues(gold, silver: silver, rates: .example, metric: metric, last: early)
            #expect(all.last == Self.asOf)
            let start = Self.asOf.advanced(by: -60)
            let whole = all.series(ofGroups: [Int32](repeating: 0, count: gold.count), count: 1, from: start)[0]
            let part = cut.series(ofGroups: [Int32](repeating: 0, count: gold.count), count: 1, from: start)[0]
            #expect(whole.last == Self.asOf)
            #expect(part.last == early)
            #expect(Array(whole.values.prefix(part.values.count)) == part.values)
        }
    }

    @Test func aClientBeginsWithHisSignUpOrTheData() throws {
        let river = River()
        try river.load(
            .demographics,
            "customer_id,account_creation_date\na,2020-01-01\nb,2024-03-05\nc,2024-07-05\n")
        try river.load(
            .engagement, "event_id,customer_id,event_type,timestamp\ne1,a,x,2024-02-01\ne2,b,x,2024-03-09\n")
        let gold = Self.gold(river.tables, asOf: Self.asOf)
        let values = DailyValues(
            gold, silver: river.tables, rates: .example, metric: .engagement, last: Day(2024, 3, 10))
        #expect(values.first == Day(2024, 2, 1))
        #expect(values.start(ofPosition: 0) == Day(2024, 2, 1))
        #expect(values.start(ofPosition: 1) == Day(2024, 3, 5))
        #expect(gold.count == 2, "c has not signed up yet")
        let none = DailyValues(gold, silver: river.tables, rates: .example, metric: .tickets, last: Self.asOf)
        #expect(none.first == nil)
        #expect(none.start(ofPosition: 0) == nil)
    }

    /// Compaction merges segments in another order than the data came in.
    @Test func theOrderOfDropsDoesNotShow() throws {
        let company = Company.random(seed: 4, around: Self.asOf)
        let lines = company.lines(.transactions)
        func sums(_ parts: [[String]]) throws -> [DailySeries] {
            let river = River()
            try river.load(.demographics, company.file(.demographics))
            for part in parts { try river.load(.transactions, Company.file(.transactions, part)) }
            let gold = Self.gold(river.tables, asOf: Self.asOf)
            let values = DailyValues(gold, silver: river.tables, rates: .example, metric: .revenue, last: Self.asOf)
            return values.series(
                ofGroups: [Int32](repeating: 0, count: gold.count), count: 1, from: Self.asOf.advanced(by: -90))
        }
        let half = lines.count / 2
        #expect(
            try sums([lines]) == sums([Array(lines[half...].reversed()), Array(lines[..<half])]))
    }
}
