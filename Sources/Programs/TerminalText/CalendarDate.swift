/// A day of the proleptic Gregorian calendar, for axis labels.
struct CalendarDate: Hashable {
    var year: Int
    /// 1…12.
    var month: Int
    /// 1…31.
    var day: Int

    /// English abbreviations of the months, January first.
    static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The day so many days after 1970-01-01. Counts beyond some 2.7 million years are limited to that.
    ///
    /// The calendar repeats every 400 years of 146,097 days. Within such an era, years begin in March, so that the leap
    /// day is the last of its year and the lengths of the months before it follow one linear rule.
    init(daysSinceEpoch: Int) {
        let limited = min(max(daysSinceEpoch, -1_000_000_000), 1_000_000_000)
        let shifted = limited + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days since 1970-01-01.
    var daysSinceEpoch: Int {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let era = (yearFromMarch >= 0 ? yearFromMarch : yearFromMarch - 399) / 400
        let yearOfEra = yearFromMarch - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The three-letter name of the month.
    var monthName: String { Self.monthNames[month - 1] }

    /// `2026-03-01`.
    var iso8601: String {
        func padded(_ value: Int, _ count: Int) -> String {
            let digits = String(value.magnitude)
            return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
        }
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }
}
