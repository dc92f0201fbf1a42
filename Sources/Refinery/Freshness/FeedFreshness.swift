public import Records

/// How fresh the rows of a category are on the as-of day: how often they come, and whether they have stopped coming.
public struct FeedFreshness: Sendable, Equatable {
    public let asOf: Day
    public let firstDay: Day
    public let lastDay: Day
    /// Days with rows.
    public let activeDays: Int
    public let rows: Int
    /// Between two days with rows, as a rule; nil where the last months do not show it.
    public let usualGap: Int?
    /// The last day is longer ago than the usual gap and some days.
    public let isMissing: Bool
    /// Much less has come in the last week than in those before.
    public let isThin: Bool

    /// What is usual is told from so many days up to the last one.
    private static let observedDays = 90
    /// A feed is missing when it is so many days later than usual.
    private static let patienceDays = 3
    /// With fewer days with rows nothing is usual.
    private static let activeDaysLeast = 10
    private static let weeksBefore = 8

    /// Nil where there are no rows up to the day.
    /// - Parameter isWatched: false where it was decided that no feed is ever taken for missing.
    public init?(_ counts: DayCounts, asOf: Day, isWatched: Bool = true) {
        let end = Int(asOf.rawValue)
        var (first, last, active, rows) = (Int.max, Int.min, 0, 0)
        counts.forEach(through: asOf.rawValue) { day, count in
            first = min(first, day)
            last = day
            active += 1
            rows = rows.addingHeld(count)
        }
        guard active > 0 else { return nil }
        var gaps: [Int] = []
        var before: Int?
        var (lately, earlier) = (0, 0)
        counts.forEach(through: asOf.rawValue) { day, count in
            if day > last - FeedFreshness.observedDays {
                if let before { gaps.append(day - before) }
                before = day
            }
            if day > end - 7 {
                lately = lately.addingHeld(count)
            } else if day > end - 7 - 7 * FeedFreshness.weeksBefore {
                earlier = earlier.addingHeld(count)
            }
        }
        gaps.sort()
        // The 95 % quantile: the ceil(0.95 n)-th of n.
        let usual = gaps.isEmpty ? nil : gaps[(95 * gaps.count + 99) / 100 - 1]
        self.asOf = asOf
        firstDay = Day(rawValue: Int32(clamping: first))
        lastDay = Day(rawValue: Int32(clamping: last))
        activeDays = active
        self.rows = rows
        usualGap = usual
        isMissing =
            isWatched && active >= FeedFreshness.activeDaysLeast
            && (usual.map { end - last > $0 + FeedFreshness.patienceDays } ?? false)
        isThin = lately.multipliedHeld(by: 4 * FeedFreshness.weeksBefore) < earlier
    }

    public var rowsPerActiveDay: Double { Double(rows) / Double(activeDays) }

    /// The day on which the clock stands for what comes from this feed: the day on which its next rows were due where it is
    /// missing, the as-of day otherwise.
    public var clock: Day {
        guard isMissing, let usualGap else { return asOf }
        return Day(rawValue: Int32(clamping: Int(lastDay.rawValue) + usualGap))
    }
}

extension Int {
    fileprivate func multipliedHeld(by factor: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
