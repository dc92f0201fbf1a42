/// Months of the proleptic Gregorian calendar in 64-bit arithmetic: no day that fits a column overflows here, however far
/// off it lies.
enum CivilMonth {
    /// The month (`year * 12 + month - 1`) and the day of the month (1…31) of a day since 1970-01-01.
    @inline(__always)
    static func split(_ day: Int) -> (month: Int, dayOfMonth: Int) {
        let z = day &+ 719_468
        let era = (z >= 0 ? z : z &- 146_096) / 146_097
        let dayOfEra = z &- era &* 146_097
        let yearOfEra = (dayOfEra &- dayOfEra / 1460 &+ dayOfEra / 36_524 &- dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra &- (365 &* yearOfEra &+ yearOfEra / 4 &- yearOfEra / 100)
        // Years start in March here, so that the leap day is the last day of a year.
        let monthIndex = (5 &* dayOfYear &+ 2) / 153
        let dayOfMonth = dayOfYear &- (153 &* monthIndex &+ 2) / 5 &+ 1
        return ((yearOfEra &+ era &* 400) &* 12 &+ monthIndex &+ 2, dayOfMonth)
    }

    /// The day of a month, or its last day where the month is shorter.
    @inline(__always)
    static func day(_ month: Int, _ dayOfMonth: Int) -> Int {
        let first = firstDay(of: month)
        // No month has fewer than 28 days.
        if dayOfMonth <= 28 { return first &+ dayOfMonth &- 1 }
        return min(first &+ dayOfMonth, firstDay(of: month &+ 1)) &- 1
    }

    @inline(__always)
    static func firstDay(of month: Int) -> Int {
        // Counted from March of year 0.
        let shifted = month &- 2
        let year = (shifted >= 0 ? shifted : shifted &- 11) / 12
        let monthOfYear = shifted &- year &* 12
        let era = (year >= 0 ? year : year &- 399) / 400
        let yearOfEra = year &- era &* 400
        let dayOfYear = (153 &* monthOfYear &+ 2) / 5
        return era &* 146_097 &+ yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear &- 719_468
    }

    /// The same day of the month `months` later, or the last day of that month where it is shorter.
    static func adding(_ months: Int, to day: Int) -> Int {
        let (month, dayOfMonth) = split(day)
        return CivilMonth.day(month &+ months, dayOfMonth)
    }
}
