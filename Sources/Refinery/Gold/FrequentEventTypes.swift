public import Records

/// The types of events that are seen most.
public enum FrequentEventTypes {
    /// Events that are looked at, at most; where there are more, every so many of them.
    private static let sampleMax = 1_000_000

    /// - Returns: at most `count` types, the most frequent first; among equally frequent ones by their names. Events
    ///   without a type are left out.
    public static func find(_ silver: SilverTables, count: Int) -> [String] {
        let events = silver.events
        var counts = [Int](repeating: 0, count: events.kinds.kinds.count)
        let step = max(1, events.count / sampleMax)
        for segment in events.segments {
            segment.values.withUnsafeBufferPointer { values in
                for at in stride(from: 0, to: values.count, by: step) { counts[Int(values[at].kind)] += 1 }
            }
        }
        var countOfType: [String: Int] = [:]
        for (kind, count) in zip(events.kinds.kinds, counts) where count > 0 && !kind.type.isEmpty {
            countOfType[kind.type, default: 0] += count
        }
        return countOfType.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(count).map(\.key)
    }
}
