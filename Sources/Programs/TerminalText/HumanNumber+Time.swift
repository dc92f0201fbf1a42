extension HumanNumber {
    /// A length of time with its two largest units: `85 ms`, `3.2 s`, `42 s`, `2 min 05 s`, `1 h 03 min`, `2 d 4 h`.
    ///
    /// - Parameter seconds: negative lengths get a minus sign; NaN and infinities are unknown.
    public func duration(seconds: Double?) -> String {
        guard let seconds, seconds.isFinite else { return unknown }
        let sign = seconds < 0 ? "-" : ""
        let length = seconds.magnitude
        if length == 0 { return "0 s" }
        if length < 0.000_000_999_5 { return sign + "<1 " + microseconds }
        if length < 0.000_999_5 { return sign + decimal(length * 1e6, fractionDigits: 0) + " " + microseconds }
        if length < 0.999_5 { return sign + decimal(length * 1000, fractionDigits: 0) + " ms" }
        if length < 9.95 { return sign + decimal(length, fractionDigits: 1) + " s" }
        if length < 59.5 { return sign + decimal(length, fractionDigits: 0) + " s" }
        // Beyond what an integer holds only the days matter.
        guard length < 1e15 else { return sign + compact(length / 86_400) + " d" }
        let whole = Int(length.rounded())
        if whole < 3600 { return sign + "\(whole / 60) min \(Self.twoDigits(whole % 60)) s" }
        let minutes = Int((length / 60).rounded())
        if minutes < 24 * 60 { return sign + "\(minutes / 60) h \(Self.twoDigits(minutes % 60)) min" }
        let hours = Int((length / 3600).rounded())
        if hours < 100 * 24 { return sign + "\(hours / 24) d \(hours % 24) h" }
        return sign + integer(Int((length / 86_400).rounded())) + " d"
    }

    /// How long ago something was, in one unit: `just now`, `5 min ago`, `3 h ago`, `yesterday`, `12 days ago`,
    /// `4 months ago`; for a negative age `in 5 min`, `tomorrow`, and so on. Months count 30.44 days.
    public func age(seconds: Double?) -> String {
        guard let seconds, seconds.isFinite else { return unknown }
        let length = seconds.magnitude
        if length < 45 { return "just now" }
        let isPast = seconds > 0
        let day = 86_400.0
        let text: String
        if length < 59.5 * 60 {
            text = "\(Int((length / 60).rounded())) min"
        } else if length < 23.5 * 3600 {
            text = "\(Int((length / 3600).rounded())) h"
        } else if length < 1.5 * day {
            return isPast ? "yesterday" : "tomorrow"
        } else if length < 60 * day {
            text = "\(Int((length / day).rounded())) days"
        } else if length < 24 * 30.44 * day {
            text = "\(Int((length / (30.44 * day)).rounded())) months"
        } else {
            text = compact((length / (365.25 * day)).rounded()) + " years"
        }
        return isPast ? text + " ago" : "in " + text
    }

    /// A calendar day counted from 1970-01-01, in ISO 8601: `2026-03-01`.
    public func day(_ daysSinceEpoch: Int?) -> String {
        guard let daysSinceEpoch else { return unknown }
        return CalendarDate(daysSinceEpoch: daysSinceEpoch).iso8601
    }

    private var microseconds: String { unicode ? "µs" : "us" }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
