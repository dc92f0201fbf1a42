/// Counts of durations in buckets whose width is an eighth of their size: quantiles are exact to 12.5 %.
public struct LatencyHistogram: Sendable, Equatable {
    /// Eight buckets below 8 ns, then eight per doubling up to 2^40 ns (18 minutes), where the rest is counted.
    static let bucketCount = 8 + 37 * 8

    /// Bucket counts, the shortest durations first.
    public private(set) var counts: [UInt64]
    /// The sum of all durations in nanoseconds.
    public private(set) var sumNanoseconds: UInt64 = 0

    public init() {
        counts = [UInt64](repeating: 0, count: Self.bucketCount)
    }

    /// Durations recorded.
    public var count: UInt64 { counts.reduce(0, +) }

    public mutating func record(nanoseconds: UInt64) {
        counts[Self.bucket(of: nanoseconds)] += 1
        sumNanoseconds &+= nanoseconds
    }

    static func bucket(of nanoseconds: UInt64) -> Int {
        guard nanoseconds >= 8 else { return Int(nanoseconds) }
        let exponent = 63 - nanoseconds.leadingZeroBitCount
        guard exponent < 40 else { return bucketCount - 1 }
        return (exponent - 2) * 8 + Int(nanoseconds >> UInt64(exponent - 3) & 7)
    }

    /// The upper bound of a bucket in nanoseconds, itself not included.
    public static func upperBound(ofBucket bucket: Int) -> UInt64 {
        guard bucket >= 8 else { return UInt64(bucket) + 1 }
        let exponent = UInt64(bucket / 8 + 2)
        return UInt64(8 + bucket % 8 + 1) << (exponent - 3)
    }

    /// The upper bound of the bucket a quantile (0…1) falls into, in nanoseconds; nil when nothing was recorded.
    public func quantile(_ fraction: Double) -> UInt64? {
        let total = count
        guard total > 0 else { return nil }
        let rank = max(1, UInt64((min(1, max(0, fraction)) * Double(total)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, number) in counts.enumerated() {
            seen += number
            if seen >= rank { return Self.upperBound(ofBucket: bucket) }
        }
        return nil
    }

    mutating func merge(_ other: LatencyHistogram) {
        for bucket in counts.indices { counts[bucket] += other.counts[bucket] }
        sumNanoseconds &+= other.sumNanoseconds
    }
}
