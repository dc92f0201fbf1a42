/// A public holiday that keeps clients of some countries away from their desks.
struct Holiday: Sendable {
    enum Rule: Sendable {
        case fixed(month: Int, day: Int)
        /// Days after Easter Sunday.
        case easter(offset: Int)
        /// Weekday with Monday = 0; `nth` 0 is the last one of the month.
        case weekday(month: Int, weekday: Int, nth: Int)
    }

    let name: String
    let rule: Rule
    /// Length in days from the day of the rule.
    let length: Int
    /// Codes of the countries that keep it; empty for all.
    let countries: Set<String>
    /// What is left of a usual day's activity, 0 … 1.
    let remaining: Double

    private init(_ name: String, _ rule: Rule, length: Int = 1, _ countries: Set<String>, remaining: Double) {
        self.name = name
        self.rule = rule
        self.length = length
        self.countries = countries
        self.remaining = remaining
    }

    func firstDay(year: Int) -> Int {
        switch rule {
        case .fixed(let month, let day): CivilDate(year: year, month: month, day: day).dayNumber
        case .easter(let offset): CivilDate.easter(year: year) + offset
        case .weekday(let month, let weekday, let nth):
            CivilDate.dayNumber(year: year, month: month, weekday: weekday, nth: nth)
        }
    }

    func isKept(in country: Country) -> Bool {
        countries.isEmpty || countries.contains(country.code)
    }

    static let all: [Holiday] = [
        Holiday("New Year", .fixed(month: 1, day: 1), [], remaining: 0.12),
        Holiday("New Year Week Japan", .fixed(month: 1, day: 2), length: 2, ["JP"], remaining: 0.15),
        Holiday(
            "Christmas", .fixed(month: 12, day: 24), length: 3,
            [
                "US", "CA", "GB", "IE", "DE", "AT", "FR", "ES", "IT", "NL", "PL", "ZA", "AU", "SG", "BR", "MX",
            ], remaining: 0.2),
        Holiday(
            "Year End", .fixed(month: 12, day: 27), length: 5,
            ["US", "CA", "GB", "IE", "DE", "AT", "FR", "ES", "IT", "NL", "PL", "ZA", "AU", "BR", "MX", "JP"],
            remaining: 0.5),
        Holiday(
            "Good Friday", .easter(offset: -2), ["GB", "IE", "DE", "ES", "ZA", "AU", "SG", "BR", "MX", "CA"],
            remaining: 0.22),
        Holiday(
            "Easter Monday", .easter(offset: 1), ["GB", "IE", "DE", "AT", "FR", "IT", "NL", "PL", "AU", "ZA"],
            remaining: 0.2),
        Holiday("Ascension", .easter(offset: 39), length: 2, ["DE", "AT", "FR", "NL"], remaining: 0.4),
        Holiday("Whit Monday", .easter(offset: 50), ["DE", "AT", "FR", "NL"], remaining: 0.22),
        Holiday("Carnival", .easter(offset: -48), length: 2, ["BR"], remaining: 0.25),
        Holiday(
            "Labour Day May", .fixed(month: 5, day: 1),
            ["DE", "AT", "FR", "ES", "IT", "PL", "ZA", "SG", "BR", "MX", "IN"], remaining: 0.22),
        Holiday("Early May", .weekday(month: 5, weekday: 0, nth: 1), ["GB", "IE"], remaining: 0.25),
        Holiday("Spring Bank Holiday", .weekday(month: 5, weekday: 0, nth: 0), ["GB"], remaining: 0.25),
        Holiday("Summer Bank Holiday", .weekday(month: 8, weekday: 0, nth: 0), ["GB"], remaining: 0.25),
        Holiday("Memorial Day", .weekday(month: 5, weekday: 0, nth: 0), ["US"], remaining: 0.22),
        Holiday("Independence Day US", .fixed(month: 7, day: 4), ["US"], remaining: 0.2),
        Holiday("Canada Day", .fixed(month: 7, day: 1), ["CA"], remaining: 0.25),
        Holiday("Labor Day", .weekday(month: 9, weekday: 0, nth: 1), ["US", "CA"], remaining: 0.22),
        Holiday("Thanksgiving", .weekday(month: 11, weekday: 3, nth: 4), length: 2, ["US"], remaining: 0.25),
        Holiday("Bastille Day", .fixed(month: 7, day: 14), ["FR"], remaining: 0.25),
        Holiday("Assumption", .fixed(month: 8, day: 15), ["FR", "ES", "IT", "PL", "AT"], remaining: 0.25),
        Holiday("German Unity", .fixed(month: 10, day: 3), ["DE"], remaining: 0.22),
        Holiday("All Saints", .fixed(month: 11, day: 1), ["FR", "ES", "IT", "PL", "AT"], remaining: 0.28),
        Holiday("Golden Week", .fixed(month: 5, day: 3), length: 3, ["JP"], remaining: 0.15),
        Holiday("Obon", .fixed(month: 8, day: 13), length: 3, ["JP"], remaining: 0.45),
        Holiday("Republic Day", .fixed(month: 1, day: 26), ["IN"], remaining: 0.25),
        Holiday("Independence Day India", .fixed(month: 8, day: 15), ["IN"], remaining: 0.25),
        Holiday("Australia Day", .fixed(month: 1, day: 26), ["AU"], remaining: 0.25),
        Holiday("Anzac Day", .fixed(month: 4, day: 25), ["AU"], remaining: 0.25),
        Holiday("Independence Day Mexico", .fixed(month: 9, day: 16), ["MX"], remaining: 0.25),
        Holiday("Freedom Day", .fixed(month: 4, day: 27), ["ZA"], remaining: 0.3),
        Holiday("National Day UAE", .fixed(month: 12, day: 2), length: 2, ["AE"], remaining: 0.25),
    ]
}
