/// A rule that names one day of every year.
enum AnnualDay: Hashable, Sendable {
    /// The same day of the same month.
    case fixed(month: Int, day: Int)
    /// The `ordinal`-th (0 = first) weekday (0 = Monday) of a month.
    case ordinal(month: Int, ordinal: Int, weekday: Int)
    /// The last such weekday of a month.
    case last(month: Int, weekday: Int)
    /// So many days after the Easter Sunday of the western churches.
    case easter(offset: Int)

    /// From Maundy Thursday to Corpus Christi.
    private static let easterOffsets = -3...60

    /// Days that many countries keep: what a single earlier year shows of them is no accident.
    static let widelyKept: Set<AnnualDay> = [
        .fixed(month: 1, day: 1), .fixed(month: 1, day: 6), .fixed(month: 5, day: 1), .fixed(month: 12, day: 24),
        .fixed(month: 12, day: 25), .fixed(month: 12, day: 26), .fixed(month: 12, day: 31),
        .easter(offset: -2), .easter(offset: 0), .easter(offset: 1), .easter(offset: 39), .easter(offset: 50),
    ]

    /// The rules that name day `number` (days since 1970-01-01).
    static func rules(naming number: Int) -> [AnnualDay] {
        let date = CivilDate(dayNumber: number)
        let weekday = weekday(number)
        var rules: [AnnualDay] = [
            .fixed(month: date.month, day: date.day),
            .ordinal(month: date.month, ordinal: (date.day - 1) / 7, weekday: weekday),
        ]
        if date.day + 7 > CivilDate.daysInMonth(year: date.year, month: date.month) {
            rules.append(.last(month: date.month, weekday: weekday))
        }
        let offset = number - easterSunday(of: date.year)
        if easterOffsets.contains(offset) { rules.append(.easter(offset: offset)) }
        return rules
    }

    /// The day it names in `year`, in days since 1970-01-01; nil where the year has none.
    func dayNumber(in year: Int) -> Int? {
        switch self {
        case .fixed(let month, let day):
            guard day <= CivilDate.daysInMonth(year: year, month: month) else { return nil }
            return CivilDate.dayNumber(year: year, month: month, day: day)
        case .ordinal(let month, let ordinal, let weekday):
            let first = CivilDate.dayNumber(year: year, month: month, day: 1)
            let day = floorModulo(weekday - Self.weekday(first), 7) + 7 * ordinal
            return day < CivilDate.daysInMonth(year: year, month: month) ? first + day : nil
        case .last(let month, let weekday):
            let length = CivilDate.daysInMonth(year: year, month: month)
            let last = CivilDate.dayNumber(year: year, month: month, day: length)
            return last - floorModulo(Self.weekday(last) - weekday, 7)
        case .easter(let offset):
            return Self.easterSunday(of: year) + offset
        }
    }

    /// 0 = Monday.
    private static func weekday(_ number: Int) -> Int { floorModulo(number + 3, 7) }

    /// Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher), in days since 1970-01-01.
    static func easterSunday(of year: Int) -> Int {
        let golden = year % 19
        let century = year / 100
        let rest = year % 100
        let correction = (8 * century + 13) / 25
        let epact = (19 * golden + century - century / 4 - correction + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7
        let shift = (golden + 11 * epact + 19 * weekday) / 433
        let month = (epact + weekday - 7 * shift + 90) / 25
        let day = (epact + weekday - 7 * shift + 33 * month + 19) % 32
        return CivilDate.dayNumber(year: year, month: month, day: day)
    }
}
