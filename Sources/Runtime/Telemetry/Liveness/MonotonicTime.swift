import Glibc

/// A reading of the clock that never goes back (`CLOCK_MONOTONIC`), the one the service manager compares with.
public struct MonotonicTime: Sendable, Hashable, Comparable {
    public let microseconds: UInt64

    public init(microseconds: UInt64) {
        self.microseconds = microseconds
    }

    /// The clock of the system.
    public static func now() -> MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(microseconds: UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1_000)
    }

    /// The time since `earlier`; zero when that is later.
    public func duration(since earlier: MonotonicTime) -> Duration {
        .microseconds(Int64(clamping: microseconds > earlier.microseconds ? microseconds - earlier.microseconds : 0))
    }

    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.microseconds < right.microseconds
    }
}
