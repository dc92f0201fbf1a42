import Gold
import Records
import RiverTesting
import Rollup
import Silver
import Synchronization
import Testing

/// A published data set with known facts, and how it is to be read.
struct ReferenceSet: Sendable, CustomTestStringConvertible {
    var name: String
    /// What the facts call active in this set.
    var activity: ActivityDefinition
    /// The metric that stands for "not seen for 30 days" in the facts' rule score.
    var seenMetric: String
    var categories: [Category]

    var testDescription: String { name }

    static let all: [ReferenceSet] = [
        .init(
            name: "online_retail", activity: .transactions, seenMetric: "days_since_last_transaction",
            categories: [.demographics, .transactions]),
        .init(
            name: "online_retail_lines", activity: .transactions, seenMetric: "days_since_last_transaction",
            categories: [.demographics, .transactions]),
        .init(
            name: "ravenstack", activity: .engagement, seenMetric: "days_since_last_event",
            categories: [.demographics, .transactions, .engagement, .support]),
        .init(
            name: "relax", activity: .engagement, seenMetric: "days_since_last_event",
            categories: [.demographics, .engagement]),
        .init(
            name: "sparkify_nov2018", activity: .engagement, seenMetric: "days_since_last_event",
            categories: [.demographics, .engagement]),
        .init(
            name: "telco_dated", activity: .transactions, seenMetric: "days_since_last_transaction",
            categories: [.demographics, .transactions]),
    ]

    static func having(_ category: Category) -> [ReferenceSet] { all.filter { $0.categories.contains(category) } }

    /// The rates of all sets: one to one, for each has a currency of its own.
    static let rates = ExchangeRates(
        baseCurrency: "USD", steps: [("GBP", .init(day: Day(2000, 1, 1), rate: .one))])

    func goldSettings(_ activity: ActivityDefinition) -> GoldSettings {
        GoldSettings(activity: activity, rates: ReferenceSet.rates)
    }
}

/// A set that went through the river.
struct LoadedSet: Sendable {
    var facts: @Sendable () throws -> Facts
    var asOf: Day
    var silver: SilverTables
    var counts: [Category: DropCounts]
    var rejects: [Category: [Reject]]

    private static let cache = Mutex<[String: LoadedSet]>([:])

    /// Loads a set once for all tests.
    /// - Parameter keepsRepeatedIDs: the facts on activity use all rows, also those whose id was there before; the data
    ///   contract keeps the first row of an id. With this, repeated ids are made different.
    static func of(_ set: ReferenceSet, keepsRepeatedIDs: Bool = false) throws -> LoadedSet {
        let key = set.name + (keepsRepeatedIDs ? " with all rows" : "")
        return try cache.withLock { cache in
            if let known = cache[key] { return known }
            let name = set.name
            let facts = try SharedFolder.facts(name)
            let river = River(
                settings: SilverSettings(
                    earliestDay: Day(2000, 1, 1), latestDay: Day(2030, 1, 1), rates: ReferenceSet.rates))
            var counts: [Category: DropCounts] = [:]
            var rejects: [Category: [Reject]] = [:]
            for category in set.categories {
                var file = try SharedFolder.file(name, category.rawValue)
                if keepsRepeatedIDs, category == .engagement { file = distinctIDs(file) }
                let loaded = try river.load(category, file, blockBytes: 1 << 20)
                counts[category] = loaded.counts
                rejects[category] = loaded.rejects
            }
            let result = LoadedSet(
                facts: { try SharedFolder.facts(name) },
                asOf: facts.text("as_of").flatMap { Day($0) } ?? Day(2000, 1, 1), silver: river.tables,
                counts: counts, rejects: rejects)
            cache[key] = result
            return result
        }
    }

    /// Puts a number behind ids that were there before. For files without quotes, whose first column is the id.
    private static func distinctIDs(_ file: [UInt8]) -> [UInt8] {
        var seen = Set<ArraySlice<UInt8>>()
        var result: [UInt8] = []
        for line in file.split(separator: 10) {
            let id = line.prefix { $0 != 44 }
            result += id
            if !seen.insert(id).inserted { result += Array("#\(seen.count)".utf8) }
            result += line.dropFirst(id.count) + [10]
        }
        return result
    }

    func gold(_ set: ReferenceSet, _ activity: ActivityDefinition) -> GoldTables {
        GoldRefinery.refine(silver, asOf: asOf, settings: set.goldSettings(activity))
    }

    func monthly(_ gold: GoldTables) -> MonthlyRollup {
        MonthlyRollup(gold, silver: silver, group: Array(repeating: 0, count: gold.count), groupCount: 1)
    }
}
