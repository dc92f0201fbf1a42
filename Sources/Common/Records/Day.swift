/// A UTC calendar day, counted from 1970-01-01 (day 0) in the proleptic Gregorian calendar.
public struct Day: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public var rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The day of a real calendar date, or nil when there is no such date.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), day >= 1, day <= Day.length(ofMonth: month, year: year),
            (0...9999).contains(year)
        else { return nil }
        self.rawValue = Day.daysFromCivil(year: year, month: month, day: day)
    }

    /// The day written as `YYYY-MM-DD`, and nothing else.
    public init?(_ text: some StringProtocol) {
        let utf8 = Array(text.utf8)
        guard utf8.count == 10, utf8[4] == 45, utf8[7] == 45 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in utf8[range] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Howard Hinnant's `days_from_civil`: years start in March, so that the leap day is the last day of a year.
    static func daysFromCivil(year: Int, month: Int, day: Int) -> Int32 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }

    static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Year, month (1…12) and day of the month (1…31).
    public var components: (year: Int, month: Int, day: Int) {
        let z = Int(rawValue) + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The calendar month this day lies in.
    public var month: Month {
        let (year, month, _) = components
        return Month(year: year, month: month)
    }

    /// Monday = 1 … Sunday = 7. 1970-01-01 was a Thursday.
    @inlinable
    public var weekday: Int {
        let shifted = (Int(rawValue) + 3) % 7
        return (shifted < 0 ? shifted + 7 : shifted) + 1
    }

    @inlinable
    public func advanced(by days: Int) -> Day { Day(rawValue: rawValue &+ Int32(truncatingIfNeeded: days)) }

    /// `end - self` in days.
    @inlinable
    public func days(to end: Day) -> Int { Int(end.rawValue) - Int(rawValue) }

    @inlinable
    public static func < (lhs: Day, rhs: Day) -> Bool { lhs.rawValue < rhs.rawValue }

    /// The same day of the month `months` later, or the last day of that month where it is shorter.
    public func advanced(byMonths months: Int) -> Day {
        let (year, month, day) = components
        let target = Month(year: year, month: month).advanced(by: months)
        let length = Day.length(ofMonth: target.month, year: target.year)
        return Day(rawValue: Day.daysFromCivil(year: target.year, month: target.month, day: min(day, length)))
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        let (year, month, day) = components
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}

/// A calendar month, counted as `year * 12 + (month - 1)`.
public struct Month: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    public var rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    @inlinable
    public init(year: Int, month: Int) { rawValue = Int32(truncatingIfNeeded: year * 12 + month - 1) }

    /// The month written as `YYYY-MM`, and nothing else.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 7, let day = Day("\(text)-01") else { return nil }
        self = day.month
    }

    public var year: Int { Int(rawValue) / 12 }

    /// 1…12.
    public var month: Int { Int(rawValue) % 12 + 1 }

    public var firstDay: Day { Day(rawValue: Day.daysFromCivil(year: year, month: month, day: 1)) }
    public var lastDay: Day { advanced(by: 1).firstDay.advanced(by: -1) }

    @inlinable
    public func advanced(by months: Int) -> Month { Month(rawValue: rawValue &+ Int32(truncatingIfNeeded: months)) }

    @inlinable
    public static func < (lhs: Month, rhs: Month) -> Bool { lhs.rawValue < rhs.rawValue }

    /// `YYYY-MM`.
    public var description: String { "\(padded(year, 4))-\(padded(month, 2))" }
}

/// An instant in UTC, counted in milliseconds from 1970-01-01T00:00:00Z.
public struct Instant: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    public var rawValue: Int64

    @inlinable
    public init(rawValue: Int64) { self.rawValue = rawValue }

    @inlinable
    public init(day: Day, millisecondOfDay: Int = 0) {
        rawValue = Int64(day.rawValue) * 86_400_000 + Int64(millisecondOfDay)
    }

    /// The UTC day this instant lies in.
    @inlinable
    public var day: Day {
        let quotient = rawValue / 86_400_000
        return Day(rawValue: Int32(truncatingIfNeeded: rawValue % 86_400_000 < 0 ? quotient - 1 : quotient))
    }

    /// 0 ..< 86,400,000.
    @inlinable
    public var millisecondOfDay: Int { Int(rawValue - Int64(day.rawValue) * 86_400_000) }

    @inlinable
    public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.rawValue < rhs.rawValue }

    /// RFC 3339 in UTC, with milliseconds only where there are any.
    public var description: String {
        let rest = millisecondOfDay
        let seconds = rest / 1000
        let clock = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        let fraction = rest % 1000 == 0 ? "" : ".\(padded(rest % 1000, 3))"
        return "\(day)T\(clock)\(fraction)Z"
    }
}

/// `value` in decimal, at least `width` digits wide.
func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
}
