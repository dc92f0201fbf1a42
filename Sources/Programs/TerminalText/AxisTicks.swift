/// Places on an axis with their labels.
struct AxisTicks {
    /// A labelled place.
    struct Tick: Hashable {
        var value: Double
        var label: String
    }

    /// A range that ends at ticks, and the distance between ticks: 1, 2 or 5 times a power of ten.
    struct NiceRange: Hashable {
        var lower: Double
        var upper: Double
        var step: Double

        /// The ticks from low to high.
        var values: [Double] {
            let count = Int(((upper - lower) / step).rounded())
            // Multiples of the step rather than sums, so that no error adds up; zero is exactly zero.
            let first = (lower / step).rounded()
            return (0...max(0, count)).map { (first + Double($0)) * step }
        }
    }

    /// The smallest range around the values with at most so many steps (at least 1). A single value gets room around
    /// it.
    static func niceRange(lower: Double, upper: Double, stepCountMax: Int) -> NiceRange {
        var lower = lower
        var upper = upper
        let magnitude = max(lower.magnitude, upper.magnitude)
        if upper - lower <= magnitude * 1e-9 {
            if magnitude < 1e-290 {
                (lower, upper) = (0, 1)
            } else {
                // Zero is a natural border: a constant share is not drawn as if it could be negative.
                lower -= magnitude * 0.1
                upper += magnitude * 0.1
            }
        }
        let stepCount = Double(max(1, stepCountMax))
        var step = niceStep(atLeast: (upper - lower) / stepCount)
        while true {
            let low = (lower / step + 1e-9).rounded(.down) * step
            let high = (upper / step - 1e-9).rounded(.up) * step
            if (high - low) / step <= stepCount + 0.5 || stepCount < 2 {
                return NiceRange(lower: low, upper: max(high, low + step), step: step)
            }
            step = niceStep(atLeast: step * 1.5)
        }
    }

    /// The next of 1, 2, 5 times a power of ten.
    static func niceStep(atLeast minimum: Double) -> Double {
        guard minimum > 0, minimum.isFinite else { return 1 }
        var power = 1.0
        while power * 10 <= minimum { power *= 10 }
        while power > minimum { power /= 10 }
        for factor in [1.0, 2, 5] where power * factor >= minimum * (1 - 1e-12) { return power * factor }
        return power * 10
    }

    /// Calendar ticks for a range of days: the finest steps whose labels find room.
    ///
    /// - Parameters:
    ///   - first: first day of the range, counted from 1970-01-01.
    ///   - last: last day of the range.
    ///   - fits: whether a list of ticks finds room.
    static func days(from first: Int, through last: Int, fits: ([Tick]) -> Bool) -> [Tick] {
        let span = last - first
        for step in [1, 2, 7, 14] where span / step <= 400 {
            // Day 4 of the epoch, 1970-01-05, was a Monday.
            let offset = step >= 7 ? 4 : 0
            let remainder = ((first - offset) % step + step) % step
            let start = remainder == 0 ? first : first + step - remainder
            guard start <= last else { continue }
            let ticks = stride(from: start, through: last, by: step).enumerated().map { index, day in
                Tick(value: Double(day), label: dayLabel(day, withYear: index == 0, previous: day - step))
            }
            if fits(ticks) { return ticks }
        }
        for step in [1, 2, 3, 6] where span / (28 * step) <= 400 {
            let ticks = months(from: first, through: last, step: step)
            if ticks.count > 1, fits(ticks) { return ticks }
        }
        var step = 1
        while step <= 1_000_000_000 {
            for factor in [1, 2, 5] where span / (365 * step * factor) <= 400 {
                let ticks = years(from: first, through: last, step: step * factor)
                if !ticks.isEmpty, fits(ticks) { return ticks }
            }
            step *= 10
        }
        return []
    }

    private static func dayLabel(_ day: Int, withYear: Bool, previous: Int) -> String {
        let date = CalendarDate(daysSinceEpoch: day)
        let isNewYear = CalendarDate(daysSinceEpoch: previous).year != date.year
        return "\(date.day) \(date.monthName)" + (withYear || isNewYear ? " \(date.year)" : "")
    }

    private static func months(from first: Int, through last: Int, step: Int) -> [Tick] {
        var ticks: [Tick] = []
        var date = CalendarDate(daysSinceEpoch: first)
        date.day = 1
        date.month = (date.month - 1) / step * step + 1
        while date.daysSinceEpoch <= last {
            if date.daysSinceEpoch >= first {
                let withYear = ticks.isEmpty || date.month == 1
                ticks.append(
                    Tick(
                        value: Double(date.daysSinceEpoch),
                        label: date.monthName + (withYear ? " \(date.year)" : "")))
            }
            date.month += step
            if date.month > 12 {
                date.month -= 12
                date.year += 1
            }
        }
        return ticks
    }

    private static func years(from first: Int, through last: Int, step: Int) -> [Tick] {
        let firstYear = CalendarDate(daysSinceEpoch: first).year
        let lastYear = CalendarDate(daysSinceEpoch: last).year
        var year = firstYear - ((firstYear % step) + step) % step
        var ticks: [Tick] = []
        while year <= lastYear {
            let day = CalendarDate(year: year, month: 1, day: 1).daysSinceEpoch
            if day >= first, day <= last { ticks.append(Tick(value: Double(day), label: "\(year)")) }
            year += step
        }
        return ticks
    }
}
