import CoreMetrics
import Synchronization

/// One counter: it only grows, and stays at the largest number rather than wrap around. What is not a finite amount
/// above zero changes nothing.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
    private let whole = Atomic<Int64>(0)
    /// The bits of the sum of the amounts that came as floating point numbers.
    private let real = Atomic<UInt64>(0)

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        AtomicNumber.update(whole) { value in
            let (sum, overflow) = value.addingReportingOverflow(amount)
            return overflow ? .max : sum
        }
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        AtomicNumber.update(real) { bits in
            let sum = Double(bitPattern: bits) + amount
            return sum.isFinite ? sum.bitPattern : bits
        }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        real.store(0, ordering: .relaxed)
    }

    var value: MetricFamily.Value {
        let whole = whole.load(ordering: .relaxed)
        let real = Double(bitPattern: real.load(ordering: .relaxed))
        return real == 0 ? .integer(whole) : .real(Double(whole) + real)
    }
}
