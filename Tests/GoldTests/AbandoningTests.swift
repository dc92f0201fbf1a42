import Gold
import Records
import RiverTesting
import Synchronization
import Testing

/// Work that nobody wants any more ends, and nothing that it has left behind is taken for a result.
struct AbandoningTests {
    private final class Asked: Sendable {
        let count = Atomic<Int>(0)
    }

    /// Clients enough for several parts.
    private static let river = Result {
        try Company.random(seed: 5, around: Day(2024, 6, 15), clients: 10_000).river().tables
    }

    private static let asOf = Day(2024, 6, 15)

    @Test func whatIsWantedIsTheSame() throws {
        let silver = try Self.river.get()
        let made = GoldRefinery.refine(silver, asOf: Self.asOf, settings: .example) { true }
        let wanted = GoldPicture(try #require(made).gold, silver)
        #expect(wanted == GoldPicture(GoldRefinery.refine(silver, asOf: Self.asOf, settings: .example), silver))
    }

    /// Whenever it is given up, and though somebody should want it again a moment later.
    @Test(arguments: 0..<8)
    func whatIsNotWantedIsNoResult(after asks: Int) throws {
        let asked = Asked()
        let gold = GoldRefinery.refine(try Self.river.get(), asOf: Self.asOf, settings: .example) {
            asked.count.add(1, ordering: .relaxed).oldValue != asks
        }
        let count = asked.count.load(ordering: .relaxed)
        if count > asks { #expect(gold == nil) } else { #expect(gold != nil) }
        // It is asked for every part.
        #expect(count > asks || asks >= 4)
    }
}
