/// Durations as whole microseconds, and as short text for people.
enum DurationText {
    /// Whole microseconds, rounded towards zero; the nearest representable value where it does not fit.
    static func microseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, overflowOfSum) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        guard !overflow, !overflowOfSum else { return seconds < 0 ? .min : .max }
        return sum
    }

    /// `250 us`, `45 ms`, `1.25 s`, `310 s`. Whole units from 1 ms up, hundredths below 100 s.
    static func short(_ duration: Duration) -> String {
        let microseconds = microseconds(duration)
        let sign = microseconds < 0 ? "-" : ""
        let magnitude = microseconds.magnitude
        switch magnitude {
        case 0..<1_000: return "\(sign)\(magnitude) us"
        case 1_000..<1_000_000: return "\(sign)\(magnitude / 1_000) ms"
        case 1_000_000..<100_000_000:
            let hundredths = magnitude / 10_000 % 100
            let padded = hundredths < 10 ? "0\(hundredths)" : "\(hundredths)"
            return "\(sign)\(magnitude / 1_000_000).\(padded) s"
        default: return "\(sign)\(magnitude / 1_000_000) s"
        }
    }
}
