import Freshness
import Records

/// Rows per day of each category, of which only what is new is counted anew.
struct FeedCounts: Sendable {
    private var segments: [Int64: DayCounts] = [:]
    private var support = DayCounts()
    private var surveys = DayCounts()
    private var recordsRevision: UInt64 = 0
    private(set) var transactions = DayCounts()
    private(set) var engagement = DayCounts()

    /// - Parameter previous: of an earlier state of the same tables.
    init(_ silver: SilverTables, previous: FeedCounts? = nil) {
        func count<Record>(_ table: [Segment<Record>], _ known: [Int64: DayCounts]) -> (DayCounts, [Int64: DayCounts]) {
            var all = DayCounts()
            var kept: [Int64: DayCounts] = [:]
            for segment in table {
                let counts = known[segment.id] ?? FeedCounts.count(segment)
                kept[segment.id] = counts
                all.merge(counts)
            }
            return (all, kept)
        }
        let known = previous?.segments ?? [:]
        let (events, eventSegments) = count(silver.events.segments, known)
        let (payments, paymentSegments) = count(silver.transactions.segments, known)
        engagement = events
        transactions = payments
        // Segments of both tables are numbered together.
        segments = eventSegments.merging(paymentSegments) { first, _ in first }
        recordsRevision = silver.recordsRevision
        if let previous, previous.recordsRevision == recordsRevision, recordsRevision > 0 {
            (support, surveys) = (previous.support, previous.surveys)
        } else {
            for created in silver.tickets.createdAt { support.add(Instant(rawValue: created).day.rawValue) }
            for day in silver.surveys.day { surveys.add(day) }
        }
    }

    private static func count<Record>(_ segment: Segment<Record>) -> DayCounts {
        var counts = DayCounts()
        segment.values.withUnsafeBufferPointer { values in
            // Records of a client lie in the order of their days.
            var at = 0
            while at < values.count {
                let day = values[at].day
                let first = at
                repeat { at += 1 } while at < values.count && values[at].day == day
                counts.add(day, count: at - first)
            }
        }
        return counts
    }

    func freshness(asOf: Day, isWatched: Bool) -> [Category: FeedFreshness] {
        var feeds: [Category: FeedFreshness] = [:]
        for (category, counts) in [
            (Category.transactions, transactions), (.engagement, engagement), (.support, support), (.surveys, surveys),
        ] {
            feeds[category] = FeedFreshness(counts, asOf: asOf, isWatched: isWatched)
        }
        return feeds
    }

}
