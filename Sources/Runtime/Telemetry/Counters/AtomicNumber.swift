import Synchronization

/// Changing a number that several threads change. Nothing else is published together with it, so the ordering is
/// relaxed.
enum AtomicNumber {
    static func update(_ atomic: borrowing Atomic<Int64>, _ change: (Int64) -> Int64) {
        var current = atomic.load(ordering: .relaxed)
        while true {
            let (exchanged, original) = atomic.weakCompareExchange(
                expected: current, desired: change(current), ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }

    static func update(_ atomic: borrowing Atomic<UInt64>, _ change: (UInt64) -> UInt64) {
        var current = atomic.load(ordering: .relaxed)
        while true {
            let (exchanged, original) = atomic.weakCompareExchange(
                expected: current, desired: change(current), ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}
