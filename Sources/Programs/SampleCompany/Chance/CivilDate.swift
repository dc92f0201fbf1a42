/// A date of the proleptic Gregorian calendar, and its day number since 1970-01-01.
///
/// The conversions count days from 0000-03-01 in eras of 400 years (146,097 days), so that the leap day is the last
/// day of a year; see H. Hinnant, "chrono-compatible low-level date algorithms".
struct CivilDate: Hashable, Sendable {
    var year: Int
    var month: Int
    var day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(dayNumber: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var dayNumber: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func isLeap(year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year: year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The same day `months` later; a day that the month lacks becomes its last day.
    func adding(months: Int) -> CivilDate {
        let index = year * 12 + (month - 1) + months
        let newYear = index / 12
        let newMonth = index % 12 + 1
        return CivilDate(
            year: newYear, month: newMonth, day: min(day, CivilDate.daysInMonth(year: newYear, month: newMonth)))
    }

    /// Weekday of a day number, Monday = 0 … Sunday = 6. 1970-01-01 was a Thursday.
    static func weekday(of dayNumber: Int) -> Int {
        let rest = (dayNumber + 3) % 7
        return rest < 0 ? rest + 7 : rest
    }

    /// Day number of the n-th (1…) given weekday of a month, or of the last one when `n` is 0.
    static func dayNumber(year: Int, month: Int, weekday: Int, nth: Int) -> Int {
        if nth == 0 {
            let last = CivilDate(year: year, month: month, day: daysInMonth(year: year, month: month)).dayNumber
            return last - (CivilDate.weekday(of: last) - weekday + 7) % 7
        }
        let first = CivilDate(year: year, month: month, day: 1).dayNumber
        return first + (weekday - CivilDate.weekday(of: first) + 7) % 7 + 7 * (nth - 1)
    }

    /// Day number of Easter Sunday (the anonymous Gregorian computus, published in Nature, 1876).
    static func easter(year: Int) -> Int {
        let a = year % 19
        let b = year / 100
        let c = year % 100
        let d = b / 4
        let e = b % 4
        let f = (b + 8) / 25
        let g = (b - f + 1) / 3
        let h = (19 * a + b - d - g + 15) % 30
        let i = c / 4
        let k = c % 4
        let l = (32 + 2 * e + 2 * i - h - k) % 7
        let m = (a + 11 * h + 22 * l) / 451
        let month = (h + l - 7 * m + 114) / 31
        let day = (h + l - 7 * m + 114) % 31 + 1
        return CivilDate(year: year, month: month, day: day).dayNumber
    }
}
