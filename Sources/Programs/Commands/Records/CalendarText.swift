/// Days and instants as they travel: `YYYY-MM-DD`, and RFC 3339 in UTC.
enum CalendarText {
    /// Days since 1970-01-01 of a day's text; nil when it is no day of the Gregorian calendar.
    ///
    /// Counts like the usual proleptic formula: in eras of 400 years, and years that begin in March.
    static func daysSinceEpoch(day text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == 0x2D, bytes[7] == 0x2D, let year = number(bytes[0..<4]),
            let month = number(bytes[5..<7]), let day = number(bytes[8..<10]), (1...12).contains(month), year >= 1,
            day >= 1, day <= length(ofMonth: month, year: year)
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Seconds since 1970-01-01 UTC of an instant's text, or nil.
    static func seconds(instant text: String) -> Double? {
        guard let days = daysSinceEpoch(day: String(text.prefix(10))) else { return nil }
        let bytes = Array(text.utf8.dropFirst(10))
        guard bytes.count >= 10, bytes[0] == 0x54 || bytes[0] == 0x74 || bytes[0] == 0x20, bytes[3] == 0x3A,
            bytes[6] == 0x3A, bytes.last == 0x5A || bytes.last == 0x7A, let hour = number(bytes[1..<3]),
            let minute = number(bytes[4..<6]), let second = number(bytes[7..<9]), hour < 24, minute < 60, second <= 60
        else { return nil }
        return Double(days * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    /// The text of a day.
    static func day(_ daysSinceEpoch: Int) -> String {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ value: Int, _ count: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, 2))"
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
