import CoreMetrics
import Synchronization

/// One gauge: the latest value. A value that is not finite changes nothing.
final class GaugeSeries: MeterHandler, RecorderHandler {
    private let bits = Atomic<UInt64>(0)

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) {
        guard value.isFinite else { return }
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        AtomicNumber.update(bits) { bits in
            let sum = Double(bitPattern: bits) + amount
            return sum.isFinite ? sum.bitPattern : bits
        }
    }

    func decrement(by amount: Double) { increment(by: -amount) }

    func record(_ value: Int64) { set(value) }

    func record(_ value: Double) { set(value) }

    var value: MetricFamily.Value { .real(Double(bitPattern: bits.load(ordering: .relaxed))) }
}
