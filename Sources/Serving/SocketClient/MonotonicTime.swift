internal import Glibc

/// An instant of the monotonic clock in nanoseconds.
struct MonotonicTime: Comparable {
    let nanoseconds: Int64

    static func now() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func after(_ duration: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = duration.components
        // Beyond a century it is for ever, and the sum cannot overflow.
        let bounded = min(max(seconds, 0), 3_200_000_000)
        let part = duration < .zero ? 0 : attoseconds / 1_000_000_000
        return MonotonicTime(nanoseconds: now().nanoseconds + bounded * 1_000_000_000 + part)
    }

    /// What poll(2) takes: milliseconds left, rounded up, and 0 when it has passed.
    var pollMilliseconds: Int32 {
        let left = nanoseconds - Self.now().nanoseconds
        guard left > 0 else { return 0 }
        return Int32(min(Int64(Int32.max), (left + 999_999) / 1_000_000))
    }

    static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }
}
