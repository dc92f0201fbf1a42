import Glibc

/// The machine's clocks in nanoseconds.
enum MachineClock {
    /// Never jumps; counts from some moment in the past.
    static var monotonic: Int64 { read(CLOCK_MONOTONIC) }

    /// Since 1970, comparable with the times of files.
    static var wall: Int64 { read(CLOCK_REALTIME) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
