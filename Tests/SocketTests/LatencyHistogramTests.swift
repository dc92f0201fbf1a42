import SocketServer
import Testing

@Suite struct LatencyHistogramTests {
    @Test func quantilesAreWithinAnEighth() {
        var histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == nil)
        for nanoseconds in 1...100_000 { histogram.record(nanoseconds: UInt64(nanoseconds)) }
        #expect(histogram.count == 100_000)
        #expect(histogram.sumNanoseconds == 5_000_050_000)
        for fraction in [0.01, 0.5, 0.9, 0.99, 1] {
            let exact = fraction * 100_000
            let found = Double(histogram.quantile(fraction) ?? 0)
            #expect(found >= exact && found <= exact * 1.13 + 1, "\(fraction)")
        }
    }

    @Test func everyDurationHasABucketBelowItsBound() {
        for shift in 0..<64 {
            for value in [1 << UInt64(shift), (1 << UInt64(shift)) &- 1, (1 << UInt64(shift)) &+ 1] as [UInt64] {
                var histogram = LatencyHistogram()
                histogram.record(nanoseconds: value)
                let bucket = histogram.counts.firstIndex(of: 1) ?? -1
                if value < 1 << 40 { #expect(LatencyHistogram.upperBound(ofBucket: bucket) > value) }
                if bucket > 0, value < 1 << 40 { #expect(LatencyHistogram.upperBound(ofBucket: bucket - 1) <= value) }
            }
        }
    }
}
