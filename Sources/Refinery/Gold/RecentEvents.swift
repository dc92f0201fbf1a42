import Records

/// Counts clients' events in the windows before the as-of day: 30 and 28 days, and as many before.
struct RecentEvents {
    struct Result {
        var last30: Int32 = 0
        var previous30: Int32 = 0
        var last28: Int32 = 0
        var previous28: Int32 = 0
        var activeDays30: Int32 = 0
        var activeDays28: Int32 = 0
        var features30: Int32 = 0
        var features28: Int32 = 0
        /// As it was counted at the end of the day before.
        var dayBefore = EngagementCounts()
        /// Of any event up to the as-of day, `Int32.min` when there was none.
        var lastDay = Int32.min
    }

    private let context: RefineContext
    private let segments: [EventSegment]
    private var walker: SliceWalker
    /// The age in days at which a feature was last used, by feature.
    private var featureAge: [Int32]
    /// The same, the as-of day left out.
    private var earlierFeatureAge: [Int32]
    private var featuresTouched: [Int32] = []
    /// The age of what was there at the end of the day before: where the clock stands still, all of it was.
    private let youngest: Int32

    init(_ context: RefineContext, firstClient: Int) {
        self.context = context
        segments = context.silver.events.segments
        walker = SliceWalker(segments.map(\.slices), firstClient: firstClient)
        featureAge = Array(repeating: .max, count: context.featureCount)
        earlierFeatureAge = featureAge
        youngest = context.engagementClock < context.asOf ? 0 : 1
    }

    /// Clients come in ascending order.
    mutating func run(_ client: Int) -> Result {
        walker.advance(to: client)
        var result = Result()
        var dayBits: UInt64 = 0
        let end = PackedEvent.lowerBound(day: context.engagementClock + 1)
        let start = PackedEvent.lowerBound(day: context.engagementClock - 59)
        for index in segments.indices where !walker.slices[index].isEmpty {
            let slice = walker.slices[index]
            segments[index].values.withUnsafeBufferPointer { events in
                // Backwards from the end: what is older than the windows is not even looked at.
                var at = events.end(of: slice, below: end)
                if at > slice.lowerBound { result.lastDay = max(result.lastDay, events[at - 1].day) }
                while at > slice.lowerBound, !(events[at - 1] < start) {
                    at &-= 1
                    see(events[at], &result, &dayBits)
                }
            }
        }
        result.activeDays30 = Int32((dayBits & (1 << 30 - 1)).nonzeroBitCount)
        result.activeDays28 = Int32((dayBits & (1 << 28 - 1)).nonzeroBitCount)
        result.dayBefore.activeDays = Int32((dayBits >> UInt64(youngest) & (1 << 28 - 1)).nonzeroBitCount)
        for feature in featuresTouched {
            if featureAge[Int(feature)] < 30 { result.features30 += 1 }
            if featureAge[Int(feature)] < 28 { result.features28 += 1 }
            if earlierFeatureAge[Int(feature)] < 28 + youngest { result.dayBefore.distinctFeatures += 1 }
            featureAge[Int(feature)] = .max
            earlierFeatureAge[Int(feature)] = .max
        }
        featuresTouched.removeAll(keepingCapacity: true)
        return result
    }

    @inline(__always)
    private mutating func see(_ event: PackedEvent, _ result: inout Result, _ dayBits: inout UInt64) {
        let age = context.engagementClock - event.day
        dayBits |= 1 << UInt64(truncatingIfNeeded: age)
        if age < 30 { result.last30 &+= 1 } else { result.previous30 &+= 1 }
        if age < 28 { result.last28 &+= 1 } else if age < 56 { result.previous28 &+= 1 }
        if age >= youngest, age < 28 + youngest { result.dayBefore.events &+= 1 }
        let feature = context.featureOfKind[Int(event.kind)]
        if feature >= 0, age < 30 {
            if featureAge[Int(feature)] == .max { featuresTouched.append(feature) }
            featureAge[Int(feature)] = min(featureAge[Int(feature)], age)
            if age >= youngest { earlierFeatureAge[Int(feature)] = min(earlierFeatureAge[Int(feature)], age) }
        }
    }
}
