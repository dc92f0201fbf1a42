import Glibc

/// Draws the sign-up days of all clients: growth over the years, the season, weekdays, promotions.
///
/// Older sign-ups are thinned by the clients who had left before the window; those who remain are clients on its
/// first day.
struct SignupDays: Sendable {
    /// How long before the window the oldest clients signed up.
    static let daysBeforeWindow = 1460
    private static let earliestDay = 10_957

    private static let monthFactors = [1.12, 1.06, 1.1, 1.02, 1.0, 0.93, 0.74, 0.7, 1.16, 1.1, 1.05, 0.72]

    /// The days in ascending order.
    static func draw(settings: SampleSettings, calendar: CompanyCalendar) -> [Int32] {
        let start = max(earliestDay, settings.firstDay - daysBeforeWindow)
        var promotion = [Int: Double]()
        for run in calendar.promotions {
            for day in run.day..<(run.day + run.promotion.length) {
                promotion[day, default: 1] *= run.promotion.signups
            }
        }
        var cumulative: [Double] = []
        var sum = 0.0
        for day in start...settings.lastDay {
            let years = Double(day - settings.lastDay) / 365
            var weight = exp(0.3 * years) * monthFactors[CivilDate(dayNumber: day).month - 1]
            if CivilDate.weekday(of: day) >= 5 { weight *= 0.22 }
            if day < settings.firstDay { weight *= pow(0.5, Double(settings.firstDay - day) / 900) }
            weight *= promotion[day] ?? 1
            sum += weight
            cumulative.append(sum)
        }
        var days = (0..<settings.clients).map { index in
            var stream = RandomStream(seed: settings.seed, concern: .signup, entity: index)
            let target = stream.unit() * sum
            var low = 0
            var high = cumulative.count - 1
            while low < high {
                let middle = (low + high) / 2
                if cumulative[middle] > target { high = middle } else { low = middle + 1 }
            }
            return Int32(start + low)
        }
        days.sort()
        return days
    }
}
