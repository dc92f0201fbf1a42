import Gold
import Records
import RiverTesting
import Testing

/// What clients are compared with: the clients as they stood at the end of the day before.
@Suite struct DayBeforeTests {
    private static let asOf = Day(2024, 3, 31)

    /// The gold of the day before says what they had done by then.
    @Test(arguments: Array<UInt64>(1...8))
    func standsAsGoldOfTheDayBefore(seed: UInt64) throws {
        let silver = try Company.random(seed: seed, around: Self.asOf, clients: 60).river().tables
        for offset in stride(from: -60, through: 3, by: 7) {
            let day = Self.asOf.advanced(by: Int(offset))
            let today = GoldRefinery.refine(silver, asOf: day, settings: .example)
            let before = GoldRefinery.refine(silver, asOf: day.advanced(by: -1), settings: .example)
            var expected = PlanActivity()
            for (position, client) in before.clients.enumerated() {
                // By the plan of today, whose codes are those of today.
                let now = try #require(today.clients.firstIndex(of: client))
                let metrics = before.metrics
                expected.insert(
                    EngagementCounts(
                        activeDays: metrics.activeDaysLast28Days[position],
                        events: metrics.eventsLast28Days[position],
                        distinctFeatures: metrics.distinctFeaturesLast28Days[position]),
                    plan: today.dimensions.tier.codes[now])
            }
            #expect(today.dayBefore == expected, "\(day)")
            let pass = try #require(HealthPass(silver, asOf: day, settings: .example))
            #expect(pass.dayBefore == expected, "\(day)")
        }
    }

    @Test func clientsCanBeTakenOutAgain() {
        var random = SeededGenerator(seed: 5)
        var entries: [(EngagementCounts, UInt16)] = []
        for _ in 0..<200 {
            let count = random.pick([0, 3, 4095, 4096, 9000, 70_000], else: 0) as Int32
            entries.append(
                (EngagementCounts(activeDays: count, events: count / 2, distinctFeatures: 2), UInt16(entries.count % 7))
            )
        }
        var all = PlanActivity()
        for entry in entries { all.insert(entry.0, plan: entry.1) }
        entries.shuffle(using: &random)
        for entry in entries[100...] { all.remove(entry.0, plan: entry.1) }
        var half = PlanActivity()
        for entry in entries[..<100].reversed() { half.insert(entry.0, plan: entry.1) }
        #expect(all == half)
        for entry in entries[..<100] { all.remove(entry.0, plan: entry.1) }
        #expect(all == PlanActivity())
    }
}
