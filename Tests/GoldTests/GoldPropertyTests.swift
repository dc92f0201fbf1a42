import Gold
import Records
import RiverTesting
import Silver
import Testing
import Words

/// Metrics against a plain reference on random data; what must not matter does not.
@Suite struct GoldPropertyTests {
    static let seeds = Array<UInt64>(1...12)

    /// Days with awkward months around them.
    private func asOf(_ seed: UInt64) -> Day {
        [Day(2024, 3, 31), Day(2024, 2, 29), Day(2023, 1, 1), Day(2024, 12, 31)][Int(seed % 4)]
    }

    @Test(arguments: seeds)
    func allMetricsAgreeWithTheReference(seed: UInt64) throws {
        let asOf = asOf(seed)
        var settings = GoldSettings.example
        settings.activity = [.any, .engagement, .transactions][Int(seed % 3)]
        let company = Company.random(seed: seed, around: asOf)
        let tables = try company.river().tables
        let gold = GoldPicture(GoldRefinery.refine(tables, asOf: asOf, settings: settings), tables)
        let reference = Reference(company, asOf: asOf, settings: settings)
        #expect(gold.metrics.keys.sorted() == reference.clients.map(\.id).sorted())
        for client in reference.clients {
            let expected = reference.metrics(of: client)
            for (name, value) in expected {
                try #require(ClientMetric(name: name) != nil)
                let actual = gold[client.id, name]
                if value.isNaN {
                    #expect(actual == nil, "\(name) of \(client.id)")
                } else {
                    #expect(
                        actual.map { abs($0 - value) <= 1e-9 * max(1, abs(value)) } == true, "\(name) of \(client.id)")
                }
            }
        }
    }

    @Test(arguments: seeds)
    func monthsAgreeWithTheReference(seed: UInt64) throws {
        let asOf = asOf(seed)
        var settings = GoldSettings.example
        settings.activity = [.any, .engagement, .transactions][Int(seed % 3)]
        let company = Company.random(seed: seed, around: asOf, clients: 8)
        let tables = try company.river().tables
        let gold = GoldRefinery.refine(tables, asOf: asOf, settings: settings)
        let reference = Reference(company, asOf: asOf, settings: settings)
        for (position, client) in gold.clients.enumerated() {
            let id = tables.clients.id[Int(client)]
            let own = try #require(reference.clients.first { $0.id == id })
            let months = gold.months[position]
            #expect(zip(months, months.dropFirst()).allSatisfy { $0.month < $1.month })
            var month = reference.firstMonth
            while month <= asOf.month {
                let found = months.first { $0.month == month.rawValue }
                #expect((found?.isActive ?? false) == reference.isActive(own, month), "\(own.id) \(month)")
                #expect((found?.recurring ?? 0) == reference.recurring(own, month), "\(own.id) \(month)")
                month = month.advanced(by: 1)
            }
            #expect(months.allSatisfy { reference.firstMonth.rawValue...asOf.month.rawValue ~= $0.month })
        }
    }

    /// Nothing later than the as-of day is used: with the later records gone, the same comes out.
    @Test(arguments: seeds)
    func theFuturePlaysNoPart(seed: UInt64) throws {
        let last = asOf(seed)
        let asOf = last.advanced(by: -75)
        let company = Company.random(seed: seed, around: last)
        var past = company
        past.events.removeAll { Instant(rawValue: $0.at).day > asOf }
        past.transactions.removeAll { $0.day > asOf }
        past.tickets.removeAll { Instant(rawValue: $0.created).day > asOf }
        for index in past.tickets.indices
        where past.tickets[index].resolved.map({ Instant(rawValue: $0).day > asOf }) ?? false {
            past.tickets[index].resolved = nil
            past.tickets[index].satisfaction = nil
        }
        past.surveys.removeAll { $0.day > asOf }
        past.clients.removeAll { $0.created > asOf }
        let all = try company.river().tables
        let known = try past.river().tables
        #expect(
            GoldPicture(GoldRefinery.refine(all, asOf: asOf, settings: .example), all)
                == GoldPicture(GoldRefinery.refine(known, asOf: asOf, settings: .example), known))
    }

    /// Neither the order of the drops nor the number of segments matters.
    @Test(arguments: seeds)
    func dropsInAnyOrderGiveTheSameMetrics(seed: UInt64) throws {
        let asOf = asOf(seed)
        let company = Company.random(seed: seed, around: asOf)
        let tables = try company.river().tables
        let expected = GoldPicture(GoldRefinery.refine(tables, asOf: asOf, settings: .example), tables)
        var random = SeededGenerator(seed: seed)
        var drops: [(Category, String)] = []
        for category in Category.allCases {
            var rest = company.lines(category)[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...max(1, rest.count / 2), using: &random)
                drops.append((category, Company.file(category, Array(rest.prefix(count)))))
                rest = rest.dropFirst(count)
            }
        }
        let river = River()
        for (category, text) in drops.shuffled(using: &random) { try river.load(category, text) }
        let gold = GoldRefinery.refine(river.tables, asOf: asOf, settings: .example)
        #expect(GoldPicture(gold, river.tables) == expected)
        if river.tables.events.segments.count > 1 {
            let segments = river.tables.events.segments
            river.state.replace(events: Set(segments.map(\.id)), with: SegmentMerge.merge(segments, id: 1000))
        }
        let merged = GoldRefinery.refine(river.tables, asOf: asOf, settings: .example)
        #expect(GoldPicture(merged, river.tables) == expected)
    }

    /// More clients than one range of the parallel pass holds; every client comes out once, with his own records.
    @Test func manyClients() throws {
        var company = Company()
        let asOf = Day(2024, 3, 31)
        for index in 0..<9000 {
            let id = "c\(index)"
            company.clients.append(.init(id: id, created: index % 5 == 4 ? asOf.advanced(by: 1) : Day(2024, 1, 1)))
            if index % 3 == 0 {
                company.events.append(
                    .init(id: "e\(index)", client: id, type: "login", at: Instant(day: asOf).rawValue))
            }
            if index % 7 == 0 {
                company.transactions.append(
                    .init(id: "t\(index)", client: id, amount: Int64(index + 1), currency: "USD", day: asOf))
            }
        }
        let river = try company.river()
        let gold = GoldRefinery.refine(river.tables, asOf: asOf, settings: .example)
        #expect(gold.count == 7200)
        #expect(gold.months.places.count == 7200)
        for (position, client) in gold.clients.enumerated() {
            let index = Int(client)
            #expect(gold.metrics.eventsTotal[position] == (index % 3 == 0 ? 1 : 0))
            #expect(gold.metrics.totalAmount[position] == (index % 7 == 0 ? Int64(index + 1) : 0))
        }
    }
}
