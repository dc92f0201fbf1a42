import Freshness
import Records
import RiverTesting
import Testing

@Suite struct FreshnessTests {
    private func counts(_ days: some Sequence<Int>, rows: Int = 1) -> DayCounts {
        var counts = DayCounts()
        for day in days { counts.add(Int32(day), count: rows) }
        return counts
    }

    private func feed(_ days: some Sequence<Int>, asOf: Int, rows: Int = 1) throws -> FeedFreshness {
        try #require(FeedFreshness(counts(days, rows: rows), asOf: Day(rawValue: Int32(asOf))))
    }

    @Test func firstAndLastDayAndRows() throws {
        var counts = self.counts([100, 103, 110], rows: 4)
        counts.add(103, count: 6)
        counts.add(120)
        let feed = try #require(FeedFreshness(counts, asOf: Day(rawValue: 119)))
        #expect(feed.firstDay.rawValue == 100 && feed.lastDay.rawValue == 110)
        #expect(feed.activeDays == 3 && feed.rows == 18 && feed.rowsPerActiveDay == 6)
        #expect(FeedFreshness(counts, asOf: Day(rawValue: 99)) == nil)
        #expect(FeedFreshness(DayCounts(), asOf: Day(rawValue: 99)) == nil)
    }

    /// Daily rows: missing from the fifth day on without any, for the usual gap is one day and three more are granted.
    @Test func aDailyFeed() throws {
        #expect(try feed(100..<200, asOf: 199).usualGap == 1)
        #expect(try !feed(100..<200, asOf: 203).isMissing)
        let missing = try feed(100..<200, asOf: 204)
        #expect(missing.isMissing)
        #expect(missing.clock.rawValue == 200)
        #expect(try feed(100..<200, asOf: 203).clock.rawValue == 203)
        #expect(try feed(100..<200, asOf: 900).clock.rawValue == 200)
    }

    @Test func aWeeklyFeed() throws {
        let weekly = stride(from: 100, through: 240, by: 7)
        #expect(try feed(weekly, asOf: 250).usualGap == 7)
        #expect(try !feed(weekly, asOf: 250).isMissing)
        #expect(try feed(weekly, asOf: 251).isMissing)
        #expect(try feed(weekly, asOf: 251).clock.rawValue == 247)
    }

    /// The ceil(0.95 n)-th of n gaps: of 20 the 19th, of 19 the last.
    @Test func theUsualGapLeavesOneInTwentyAside() throws {
        // 21 days with rows: 20 gaps, one of them 9 days.
        let days = Array(100..<120) + [128]
        #expect(try feed(days, asOf: 130).usualGap == 1)
        #expect(try feed(days.dropFirst(), asOf: 130).usualGap == 9)
    }

    /// What was usual earlier than ninety days before the last day is forgotten.
    @Test func ninetyDays() throws {
        let seldom = Array(stride(from: 0, through: 300, by: 30))
        #expect(try feed(seldom + Array(311...400), asOf: 400).usualGap == 1)
        // Day 310 is the first of the ninety: 310 to 399.
        #expect(try feed([100, 250] + Array(stride(from: 310, to: 400, by: 10)) + [399], asOf: 399).usualGap == 10)
        #expect(try feed(Array(0..<20) + [310, 380, 399], asOf: 399).usualGap == 70)
        #expect(try feed(Array(0..<20) + [309, 380, 399], asOf: 399).usualGap == 19)
        // Of the last day alone nothing is usual, and nothing is missing.
        let lonely = try feed(Array(0..<20) + [300], asOf: 3000)
        #expect(lonely.usualGap == nil && !lonely.isMissing && lonely.clock.rawValue == 3000)
    }

    @Test func withFewDaysNothingIsMissing() throws {
        #expect(try !feed(100..<109, asOf: 900).isMissing)
        #expect(try feed(100..<110, asOf: 900).isMissing)
    }

    @Test func offMeansNever() throws {
        let feed = try #require(
            FeedFreshness(counts(100..<200), asOf: Day(rawValue: 900), isWatched: false))
        #expect(!feed.isMissing && feed.clock.rawValue == 900)
    }

    /// Less than a quarter of what a week had in the eight before.
    @Test func thin() throws {
        // Eight weeks of 4 rows a day: 28 a week; a quarter is 7.
        func last(_ rows: Int) throws -> Bool {
            var counts = self.counts(100..<156, rows: 4)
            counts.add(162, count: rows)
            return try #require(FeedFreshness(counts, asOf: Day(rawValue: 162))).isThin
        }
        #expect(try last(6))
        #expect(try !last(7))
        // Rows of longer ago play no part, nor does the first day of the week before the seven days.
        var counts = self.counts([92], rows: 10_000)
        counts.add(155, count: 3)
        #expect(try !#require(FeedFreshness(counts, asOf: Day(rawValue: 155))).isThin)
        counts.add(100, count: 97)
        #expect(try #require(FeedFreshness(counts, asOf: Day(rawValue: 162))).isThin)
        #expect(try !feed([5], asOf: 5).isThin)
    }

    @Test func clocks() throws {
        let asOf = Day(rawValue: 300)
        let ended = try feed(100..<200, asOf: 300)
        let ended2 = try feed(100..<250, asOf: 300)
        let fresh = try feed(100...300, asOf: 300)
        func clocks(_ feeds: [Category: FeedFreshness], _ activity: ActivityDefinition) -> FeedClocks {
            FeedClocks(feeds, activity: activity, asOf: asOf)
        }
        let none = clocks([.transactions: fresh, .engagement: fresh], .any)
        #expect(none.missing.isEmpty && none.silence == asOf && none.start == asOf && none.payments == asOf)
        // Silence stands at the earliest of the feeds that show activity.
        let both = clocks([.transactions: ended2, .engagement: ended], .any)
        #expect(both.silence.rawValue == 200 && both.payments.rawValue == 250 && both.engagement.rawValue == 200)
        #expect(both.missing == [.transactions, .engagement])
        let events = clocks([.transactions: ended, .engagement: fresh], .engagement)
        #expect(events.silence == asOf && events.start.rawValue == 200 && events.payments.rawValue == 200)
        let money = clocks([.transactions: fresh, .engagement: ended], .transactions)
        #expect(money.silence == asOf && money.start == asOf && money.engagement.rawValue == 200)
        let others = clocks([.support: ended, .surveys: ended2], .any)
        #expect(others.support.rawValue == 200 && others.surveys.rawValue == 250 && others.silence == asOf)
        #expect(others.missing == [.support, .surveys])
    }

    // MARK: Properties

    /// Nothing later than the as-of day is looked at.
    @Test(arguments: 1...20) func theFuturePlaysNoPart(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let days = (0..<Int.random(in: 1...80, using: &random)).map { _ in Int.random(in: 0...300, using: &random) }
        let asOf = Int.random(in: 0...300, using: &random)
        let day = Day(rawValue: Int32(asOf))
        #expect(
            FeedFreshness(counts(days), asOf: day) == FeedFreshness(counts(days.filter { $0 <= asOf }), asOf: day))
    }

    @Test(arguments: 1...20) func partsInAnyOrderAddUp(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limits = [Int(Int32.min), -719_528, 0, 2_932_896, Int(Int32.max)]
        let days = (0..<200).map { _ in
            random.chance(0.1) ? random.pick(limits, else: 0) : Int.random(in: 10_000...11_000, using: &random)
        }
        let whole = counts(days)
        var parts = counts(days.prefix(70).shuffled(using: &random))
        parts.merge(counts(days.dropFirst(70).shuffled(using: &random)))
        #expect(parts == whole)
        let asOf = Day(rawValue: .max)
        let feed = FeedFreshness(whole, asOf: asOf)
        #expect(feed == FeedFreshness(parts, asOf: asOf))
        #expect(feed?.rows == 200 && feed?.activeDays == Set(days).count)
        #expect(feed?.firstDay.rawValue == days.min().map { Int32($0) })
        // What goes is gone.
        for day in days { parts.add(Int32(day), count: -1) }
        #expect(parts == DayCounts())
        #expect(FeedFreshness(parts, asOf: asOf) == nil)
    }

    @Test func countsAtTheLimits() {
        var counts = DayCounts()
        for day: Int32 in [.max, .min, 5, 6] {
            counts.add(day, count: .max)
            counts.add(day, count: .max)
        }
        for asOf: Int32 in [.min, 0, 6, 13, .max] {
            #expect((FeedFreshness(counts, asOf: Day(rawValue: asOf))?.rows ?? .max) == .max)
        }
    }
}
