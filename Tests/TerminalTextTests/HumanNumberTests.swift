import Testing

@testable import TerminalText

struct HumanNumberTests {
    private let number = HumanNumber(unicode: true)

    @Test func unknownIsADash() {
        let plainNumber = HumanNumber(ascii(80))
        for formatter in [number, plainNumber] {
            let dash = formatter.unicode ? "–" : "-"
            #expect(formatter.integer(nil) == dash)
            for value in [nil, Double.nan, .infinity, -.infinity] {
                #expect(formatter.decimal(value) == dash)
                #expect(formatter.signed(value) == dash)
                #expect(formatter.percent(value) == dash)
                #expect(formatter.percentagePoints(value) == dash)
                #expect(formatter.money(value, currency: "EUR") == dash)
                #expect(formatter.compact(value) == dash)
                #expect(formatter.compactMoney(value, currency: "EUR") == dash)
                #expect(formatter.duration(seconds: value) == dash)
                #expect(formatter.age(seconds: value) == dash)
            }
            #expect(formatter.money(microUnits: nil, currency: "EUR") == dash)
            #expect(formatter.bytes(nil) == dash)
            #expect(formatter.day(nil) == dash)
            // A percentage beyond the largest double.
            #expect(formatter.percent(1e308) == dash)
        }
    }

    @Test func integers() {
        #expect(number.integer(0) == "0")
        #expect(number.integer(999) == "999")
        #expect(number.integer(-1_234_567) == "-1,234,567")
        #expect(number.integer(Int.min) == "-9,223,372,036,854,775,808")
    }

    @Test(arguments: [
        (0.0, 2, "0.00"), (-0.0, 1, "0.0"), (-0.04, 1, "0.0"), (2.675, 2, "2.68"), (1.005, 2, "1.01"),
        (0.125, 2, "0.13"),
        (-2.5, 0, "-3"), (999.999, 2, "1,000.00"), (1234.5, 1, "1,234.5"), (0.05, 1, "0.1"), (0.004, 1, "0.0"),
        (0.0004, 3, "0.000"), (0.0005, 3, "0.001"), (1e21, 0, "1,000,000,000,000,000,000,000"),
        (1.5e-7, 8, "0.00000015"),
        (9.99, 1, "10.0"), (0.5, 0, "1"), (0.49, 0, "0"), (123, -3, "123"), (.leastNonzeroMagnitude, 2, "0.00"),
    ])
    func decimals(value: Double, digits: Int, expected: String) {
        #expect(number.decimal(value, fractionDigits: digits) == expected)
    }

    @Test func differences() {
        #expect(number.signed(1.25, fractionDigits: 1) == "+1.3")
        #expect(number.signed(-1.25, fractionDigits: 1) == "-1.3")
        #expect(number.signed(0.001, fractionDigits: 1) == "0.0")
        #expect(number.percentagePoints(0.0123) == "+1.2 pp")
        #expect(number.percentagePoints(-0.012) == "-1.2 pp")
    }

    @Test func percentages() {
        #expect(number.percent(0.123) == "12.3 %")
        #expect(number.percent(1) == "100.0 %")
        #expect(number.percent(0.005, fractionDigits: 0) == "1 %")
    }

    @Test func money() {
        #expect(number.money(1234.5, currency: "EUR") == "1,234.50 EUR")
        #expect(number.money(1234.5, currency: "JPY", fractionDigits: 0) == "1,235 JPY")
        #expect(number.money(microUnits: 1_234_567_890, currency: "EUR") == "1,234.57 EUR")
        #expect(number.money(microUnits: -5_000, currency: "EUR") == "-0.01 EUR")
        #expect(number.money(microUnits: 4_999, currency: "EUR") == "0.00 EUR")
        #expect(number.money(microUnits: .min, currency: "EUR") == "-9,223,372,036,854.78 EUR")
    }

    @Test(arguments: [
        (0.0, "0"), (3, "3"), (42, "42"), (999, "999"), (999.5, "1.0 k"), (1234, "1.2 k"), (12_345, "12 k"),
        (999_499, "999 k"), (999_500, "1.0 M"), (1_234_567, "1.2 M"), (5.5e9, "5.5 G"), (7.2e12, "7.2 T"),
        (1e15, "1.0e+15"), (-1500, "-1.5 k"), (0.25, "0.25"), (3.5, "3.5"), (12.6, "13"), (0.012, "0.012"),
        (0.00012, "1.2e-04"), (1e300, "1.0e+300"), (9.96, "10"), (0.996, "1.0"),
    ])
    func compact(value: Double, expected: String) {
        #expect(number.compact(value) == expected)
        #expect(number.compactMoney(value, currency: "EUR") == expected + " EUR")
    }

    @Test(arguments: [
        (0, "0 B"), (512, "512 B"), (1023, "1.0 KiB"), (1536, "1.5 KiB"), (1 << 20, "1.0 MiB"),
        (123_456_789, "118 MiB"),
        (5 << 30, "5.0 GiB"), (3 << 40, "3.0 TiB"), (2 << 50, "2.0 PiB"), (Int.max, "8.0 EiB"), (-2048, "-2.0 KiB"),
    ])
    func bytes(count: Int, expected: String) {
        #expect(number.bytes(count) == expected)
    }

    @Test(
        arguments: [
            (0, "0 s"), (5e-10, "<1 µs"), (85e-6, "85 µs"), (0.085, "85 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"),
            (3.24, "3.2 s"), (42.4, "42 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"),
            (3599.6, "1 h 00 min"), (3780, "1 h 03 min"), (86_399, "1 d 0 h"), (187_200, "2 d 4 h"),
            (-90, "-1 min 30 s"),
            (1e8, "1,157 d"), (1e17, "1.2 T d"),
        ] as [(Double, String)])
    func durations(seconds: Double, expected: String) {
        #expect(number.duration(seconds: seconds) == expected)
    }

    @Test func durationsInAscii() {
        #expect(HumanNumber(unicode: false).duration(seconds: 85e-6) == "85 us")
    }

    @Test(
        arguments: [
            (0, "just now"), (44, "just now"), (50, "1 min ago"), (300, "5 min ago"), (-300, "in 5 min"),
            (3570, "1 h ago"),
            (10_800, "3 h ago"), (86_400, "yesterday"), (-86_400, "tomorrow"), (12 * 86_400, "12 days ago"),
            (120 * 86_400, "4 months ago"), (-1000 * 86_400, "in 3 years"), (1e15, "32 M years ago"),
        ] as [(Double, String)])
    func ages(seconds: Double, expected: String) {
        #expect(number.age(seconds: seconds) == expected)
    }

    @Test(arguments: [
        (0, "1970-01-01"), (20_513, "2026-03-01"), (11_016, "2000-02-29"), (-1, "1969-12-31"),
        (-719_529, "-0001-12-31"),
    ])
    func days(day: Int, expected: String) {
        #expect(number.day(day) == expected)
    }

    @Test func calendarGoesBothWays() {
        for day in stride(from: -1_000_000, through: 1_000_000, by: 37) {
            #expect(CalendarDate(daysSinceEpoch: day).daysSinceEpoch == day)
        }
        #expect(CalendarDate(daysSinceEpoch: .max) == CalendarDate(daysSinceEpoch: 1_000_000_000))
    }

    @Test func roundingAgreesWithExactArithmetic() {
        var generator = SeededGenerator(state: 11)
        for _ in 0..<5000 {
            let cents = Int64.random(in: -1_000_000_000...1_000_000_000, using: &generator)
            let exact = DecimalDigits(cents, scale: 2, fractionDigits: 2).grouped
            #expect(number.decimal(Double(cents) / 100, fractionDigits: 2) == exact)
            #expect(
                exact.filter { $0 != "," && $0 != "." && $0 != "-" }.drop { $0 == "0" }
                    == String(cents.magnitude).drop { $0 == "0" })
        }
    }

    @Test func csvFields() {
        #expect(CSVField.quoted("plain text") == "plain text")
        #expect(CSVField.quoted("a,b") == "\"a,b\"")
        #expect(CSVField.quoted("say \"hi\"") == "\"say \"\"hi\"\"\"")
        #expect(CSVField.quoted("a\r\nb") == "\"a\r\nb\"")
        #expect(CSVField.quoted("") == "\"\"")
        #expect(CSVField.quoted(" x") == "\" x\"")
        #expect(CSVField.quoted("é\u{301}\"") == "\"é\u{301}\"\"\"")
        #expect(CSVField.record(["a", nil, "", "b,c"]) == "a,,\"\",\"b,c\"\r\n")
        #expect(CSVField.record([nil]) == "\"\"\r\n")
        #expect(CSVField.record([]) == "\r\n")
    }
}
