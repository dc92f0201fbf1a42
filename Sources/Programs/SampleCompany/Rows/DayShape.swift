/// How the activity of one UTC day spreads over its hours in each country.
///
/// Working hours are local, so an hour of the UTC day can belong to the local day before or after it, with that day's
/// weekday and holidays.
struct DayShape: Sendable {
    /// Share of a working day's sessions per local hour; the sum is 1.
    private static let localHours: [Float] = {
        let raw: [Float] = [
            0.16, 0.1, 0.08, 0.06, 0.07, 0.12, 0.35, 1.1, 3.1, 5.3, 5.7, 5.2, 3.4, 4.3, 5.2, 5.0, 4.3, 2.9, 1.5, 1.0,
            0.8, 0.7, 0.5, 0.3,
        ]
        let sum = raw.reduce(0, +)
        return raw.map { $0 / sum }
    }()

    /// Activity of the day per country against an average day.
    private(set) var totals: [Float]
    private var cumulative: [Float]

    init(day: Int, calendar: CompanyCalendar) {
        totals = []
        cumulative = []
        for (index, country) in Country.all.enumerated() {
            let offset = country.offsetMinutes(on: day)
            var sum: Float = 0
            for hour in 0..<24 {
                let localMinute = hour * 60 + 30 + offset
                let localDay = localMinute < 0 ? day - 1 : localMinute >= 1440 ? day + 1 : day
                let localHour = (localMinute + 1440) / 60 % 24
                let factor = calendar.countryFactor(country: index, localDay: localDay)
                sum += DayShape.localHours[localHour] * Float(factor)
                cumulative.append(sum)
            }
            totals.append(sum)
        }
    }

    /// A second of the day: `position` in [0, 1) chooses the hour, `second` in 0 ..< 3600 the place in it.
    @inline(__always)
    func second(country: Int, position: Float, within second: Int) -> Int {
        let target = position * totals[country]
        let base = country * 24
        var hour = 0
        while hour < 23, cumulative[base + hour] <= target { hour += 1 }
        return hour * 3600 + second
    }
}
