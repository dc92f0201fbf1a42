import CoreMetrics
import Locks

/// One histogram: how many observations lie at or below each bound, their number and their sum. An observation that is
/// not finite changes nothing; neither does a negative duration.
final class HistogramSeries: RecorderHandler, TimerHandler {
    private struct State {
        /// Observations per bucket, the last one above all bounds; not cumulative.
        var counts: [Int64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Guarded<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Guarded(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            let sum = state.sum + value
            if sum.isFinite { state.sum = sum }
        }
    }

    func recordNanoseconds(_ duration: Int64) {
        guard duration >= 0 else { return }
        record(Double(duration) / 1e9)
    }

    /// The lines of the histogram: cumulative buckets, sum, count, all of one instant.
    func samples(_ labels: [MetricLabel]) -> [MetricFamily.Sample] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var samples: [MetricFamily.Sample] = []
        var total: Int64 = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            let limited = labels + [MetricLabel(name: "le", value: bound)]
            samples.append(MetricFamily.Sample(suffix: "_bucket", labels: limited, value: .integer(total)))
        }
        samples.append(MetricFamily.Sample(suffix: "_sum", labels: labels, value: .real(sum)))
        samples.append(MetricFamily.Sample(suffix: "_count", labels: labels, value: .integer(total)))
        return samples
    }
}
