import Records
import RiverTesting
import Testing

@Suite struct CalendarTests {
    @Test(arguments: [
        (1970, 1, 1, 0, 4), (1969, 12, 31, -1, 3), (2000, 2, 29, 11_016, 2), (2024, 1, 1, 19_723, 1),
        (2024, 3, 31, 19_813, 7), (1900, 3, 1, -25_508, 4), (9999, 12, 31, 2_932_896, 5), (0, 1, 1, -719_528, 6),
    ])
    func knownDays(year: Int, month: Int, day: Int, raw: Int32, weekday: Int) throws {
        let value = try #require(Day(year: year, month: month, day: day))
        #expect(value.rawValue == raw)
        #expect(value.components == (year, month, day))
        #expect(value.weekday == weekday)
    }

    /// Every day of four hundred years follows the one before it: by its number, its date and its weekday.
    @Test func everyDay() throws {
        var value = try #require(Day(year: 1900, month: 1, day: 1))
        for year in 1900..<2300 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            for month in 1...12 {
                for day in 1...lengths[month - 1] {
                    guard Day(year: year, month: month, day: day) == value, value.components == (year, month, day),
                        value.month == Month(year: year, month: month),
                        value.weekday == (Int(value.rawValue) + 25_567) % 7 + 1
                    else {
                        Issue.record("\(year)-\(month)-\(day)")
                        return
                    }
                    value = value.advanced(by: 1)
                }
                #expect(Day(year: year, month: month, day: lengths[month - 1] + 1) == nil)
            }
        }
    }

    @Test(arguments: [
        (2024, 0, 1), (2024, 13, 1), (2024, 1, 0), (2024, 2, 30), (2023, 2, 29), (10_000, 1, 1), (-1, 1, 1),
    ])
    func noDays(year: Int, month: Int, day: Int) { #expect(Day(year: year, month: month, day: day) == nil) }

    @Test(arguments: ["2024-02-29", "0000-01-01", "9999-12-31"])
    func text(text: String) { #expect(Day(text)?.description == text) }

    @Test(arguments: [
        "", "2024-2-29", "2024-02-30", "2024/02/29", "2024-02-29 ", "20240229", "2024-02-2x", "٢٠٢٤-02-29",
        "+024-02-29",
    ])
    func noText(text: String) { #expect(Day(text) == nil) }

    @Test(arguments: [
        ("2024-01-31", 1, "2024-02-29"), ("2024-01-31", 13, "2025-02-28"), ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"), ("2024-03-31", -1, "2024-02-29"), ("2024-12-15", 1, "2025-01-15"),
        ("2024-01-15", -1, "2023-12-15"), ("2024-05-31", 0, "2024-05-31"), ("2024-08-31", 6, "2025-02-28"),
    ])
    func months(day: String, months: Int, expected: String) {
        #expect(Day(day)?.advanced(byMonths: months).description == expected)
    }

    @Test func monthsAndTheirDays() throws {
        let month = try #require(Month("2024-02"))
        #expect(month == Month(year: 2024, month: 2))
        #expect((month.year, month.month) == (2024, 2))
        #expect(month.firstDay.description == "2024-02-01")
        #expect(month.lastDay.description == "2024-02-29")
        #expect(month.advanced(by: 11).description == "2025-01")
        #expect(month.advanced(by: -2).description == "2023-12")
        #expect(month < month.advanced(by: 1))
        for text in ["2024-13", "2024-00", "2024-2", "2024-021", "abcd-ef", ""] { #expect(Month(text) == nil) }
        #expect(Day(2024, 3, 1).days(to: Day(2024, 2, 28)) == -2)
        #expect(Day(2024, 2, 28) < Day(2024, 3, 1))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999Z"), (86_399_999, "1970-01-01T23:59:59.999Z"),
        (-86_400_000, "1969-12-31T00:00:00Z"), (-86_400_001, "1969-12-30T23:59:59.999Z"),
        (1_709_210_096_007, "2024-02-29T12:34:56.007Z"),
    ])
    func instants(raw: Int64, text: String) {
        let instant = Instant(rawValue: raw)
        #expect(instant.description == text)
        #expect((0..<86_400_000).contains(instant.millisecondOfDay))
        #expect(Instant(day: instant.day, millisecondOfDay: instant.millisecondOfDay) == instant)
        #expect(instant < Instant(rawValue: raw + 1))
    }
}
