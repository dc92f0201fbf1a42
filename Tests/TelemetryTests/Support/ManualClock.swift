import Synchronization
import Telemetry

/// A clock that stands until the test moves it.
final class ManualClock: Sendable {
    private let time = Mutex(MonotonicTime(microseconds: 1_000_000))

    var now: MonotonicTime { time.withLock(\.self) }

    func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = UInt64(seconds) * 1_000_000 + UInt64(attoseconds / 1_000_000_000_000)
        time.withLock { $0 = MonotonicTime(microseconds: $0.microseconds + microseconds) }
    }
}

/// Values gathered from several threads.
final class Collector<Value: Sendable>: Sendable {
    private let storage = Mutex<[Value]>([])

    var values: [Value] { storage.withLock(\.self) }

    func append(_ value: Value) { storage.withLock { $0.append(value) } }
}

/// Repeatable random numbers (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
