public import Records

/// Events by weekday and hour, UTC.
public struct EngagementHeatmap: Sendable, Equatable {
    /// 7 × 24 counts, Monday first.
    public var counts: [Int]

    /// Counts the events of the clients at the given positions up to the as-of day.
    public init(_ gold: GoldTables, silver: SilverTables, includes: [Bool]? = nil) {
        var counts = [Int](repeating: 0, count: 7 * 24)
        var wanted = [Bool](repeating: false, count: silver.clients.count)
        for (position, client) in gold.clients.enumerated() where includes?[position] ?? true {
            wanted[Int(client)] = true
        }
        let end = PackedEvent.lowerBound(day: gold.asOf.rawValue + 1)
        for segment in silver.events.segments {
            segment.values.withUnsafeBufferPointer { events in
                for (index, client) in segment.slices.clients.enumerated() where wanted[Int(client)] {
                    var lastDay = Int32.min
                    var row = 0
                    for at in Int(segment.slices.starts[index])..<Int(segment.slices.starts[index + 1]) {
                        let event = events[at]
                        if !(event < end) { break }
                        if event.day != lastDay {
                            lastDay = event.day
                            row = (Day(rawValue: lastDay).weekday - 1) * 24
                        }
                        counts[row &+ event.hour] &+= 1
                    }
                }
            }
        }
        self.counts = counts
    }

    /// - Parameters: weekday 1…7, Monday first; hour 0…23.
    public subscript(weekday: Int, hour: Int) -> Int { counts[(weekday - 1) * 24 + hour] }
}
