import Gold
import HealthScore
import Records
import RiverTesting
import Testing

/// The health of a past day by the short way is the one of the whole gold of that day.
@Suite struct HealthPastTests {
    private static let asOf = Day(2024, 3, 31)

    /// What an answer as of the day shows, by customer id.
    private static func whole(_ silver: SilverTables, _ day: Day, _ model: HealthModel) -> [String: HealthPoint] {
        let gold = GoldRefinery.refine(silver, asOf: day, settings: .example)
        let health = model.assess(
            gold.metrics, plan: gold.dimensions.tier.codes, sources: HealthModel.Sources(silver),
            dayBefore: gold.dayBefore)
        var result: [String: HealthPoint] = [:]
        for (position, client) in gold.clients.enumerated() {
            result[silver.clients.id[Int(client)] ?? ""] = HealthPoint(
                score: health.score[position], level: health.level[position])
        }
        return result
    }

    private static func short(_ silver: SilverTables, _ day: Day, _ model: HealthModel) -> [String: HealthPoint] {
        guard var pass = HealthPass(silver, asOf: day, settings: .example) else { return [:] }
        let scorer = model.scorer(sources: HealthModel.Sources(silver), dayBefore: pass.dayBefore)
        var result: [String: HealthPoint] = [:]
        for start in stride(from: 0, to: pass.count, by: 7) {
            let range = start..<min(start + 7, pass.count)
            let clients = pass.clients
            scorer.score(pass.inputs(of: range), plans: pass.plans[range]) { index, point in
                result[silver.clients.id[Int(clients[start + index])] ?? ""] = point
            }
        }
        return result
    }

    private static let days = stride(from: -400, through: 30, by: 13).map { asOf.advanced(by: $0) }

    @Test(arguments: Array<UInt64>(1...12))
    func theShortWayIsTheLongOne(seed: UInt64) throws {
        let silver = try Company.random(seed: seed, around: Self.asOf, clients: 40).river().tables
        var settings = HealthSettings()
        if seed % 3 == 0 { settings.sentimentWeight = 0 }
        let model = HealthModel(settings: settings)
        var shown = 0
        for day in Self.days {
            let whole = Self.whole(silver, day, model)
            #expect(Self.short(silver, day, model) == whole, "\(day)")
            shown += whole.values.count { !$0.score.isNaN }
        }
        #expect(shown > 200)
    }

    @Test func nothingIsWorkedOutWhenItIsCancelled() throws {
        let silver = try Company.random(seed: 1, around: Self.asOf).river().tables
        #expect(HealthPass(silver, asOf: Self.asOf, settings: .example, isCancelled: { true }) == nil)
    }

    /// Whatever comes in whatever order: before the first changed day the health of everybody is what it was.
    @Test(arguments: Array<UInt64>(1...6))
    func daysBeforeTheFirstChangeKeepTheirHealth(seed: UInt64) throws {
        let company = Company.random(seed: seed, around: Self.asOf, clients: 30)
        var random = SeededGenerator(seed: seed)
        let river = River()
        let model = HealthModel()
        // A first half of everything, so that all kinds of data are there.
        var parts: [(Category, [String])] = []
        for category in Category.allCases where category != .events {
            let lines = company.lines(category)
            try river.load(category, Company.file(category, Array(lines.prefix(lines.count / 2))))
            var rest = lines.dropFirst(lines.count / 2)
            while !rest.isEmpty {
                parts.append((category, Array(rest.prefix(17))))
                rest = rest.dropFirst(17)
            }
        }
        // Clients and tickets that are there already, changed.
        for _ in 0..<4 {
            let id = random.pick(company.clients.map(\.id), else: "")
            parts.append((.demographics, ["\(id),2023-\(random.pick(["02", "11"], else: "01"))-03,basic,,,"]))
            let ticket = random.pick(company.tickets, else: company.tickets[0])
            parts.append(
                (
                    .support,
                    [
                        "\(ticket.id),\(ticket.client),\(ticket.issue),\(Instant(rawValue: ticket.created)),"
                            + "\(Instant(rawValue: ticket.created + 20 * 86_400_000)),3"
                    ]
                ))
        }
        parts.shuffle(using: &random)
        var before = river.tables
        var health = Self.days.map { Self.short(before, $0, model) }
        var kept = 0
        for (category, lines) in parts {
            try river.load(category, Company.file(category, lines))
            let first = HealthChanges.firstDay(before, river.tables)
            for (index, day) in Self.days.enumerated() {
                let now = Self.short(river.tables, day, model)
                if first.map({ day < $0 }) ?? true {
                    kept += 1
                    #expect(
                        now == health[index], "\(category) \(lines) \(day), changed from \(String(describing: first))")
                }
                health[index] = now
            }
            before = river.tables
        }
        #expect(kept > parts.count)
    }
}
