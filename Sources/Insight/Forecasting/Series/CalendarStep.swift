/// The spacing of a series' regular time grid.
public enum CalendarStep: Sendable, Equatable, Hashable {
    /// A fixed number of seconds, at least 1 (3,600 hourly, 86,400 daily, 604,800 weekly).
    case seconds(Int64)
    /// Whole calendar months, at least 1 (1 monthly, 3 quarterly, 12 yearly).
    case months(Int)

    /// One day.
    public static let day = CalendarStep.seconds(secondsPerDay)
    /// Seven days.
    public static let week = CalendarStep.seconds(7 * secondsPerDay)
    /// One calendar month.
    public static let month = CalendarStep.months(1)

    static let secondsPerDay: Int64 = 86_400

    /// The mean length of a step in days (a month counts as 365.25 / 12 days).
    public var meanDays: Double {
        switch self {
        case .seconds(let seconds): Double(seconds) / Double(Self.secondsPerDay)
        case .months(let months): Double(months) * 365.25 / 12
        }
    }

    /// `count` timestamps strictly after `last`, each one step after the one before.
    ///
    /// Calendar months keep the day of the month of `last`, or take the month's last day where it is shorter
    /// (and stay at month ends when `last` is the end of its month).
    public func timestamps(after last: Int64, count: Int) -> [Int64] {
        guard count > 0 else { return [] }
        switch self {
        case .seconds(let seconds):
            let seconds = max(1, seconds)
            return (1...count).map { last &+ Int64($0) &* seconds }
        case .months(let months):
            let months = max(1, months)
            let date = CivilDate(timestamp: last)
            let atMonthEnd = date.day == CivilDate.daysInMonth(year: date.year, month: date.month)
            return (1...count).map { step in
                let index = date.year * 12 + date.month - 1 + step * months
                let (year, month) = (floorDivide(index, 12), floorModulo(index, 12) + 1)
                let length = CivilDate.daysInMonth(year: year, month: month)
                let day = atMonthEnd ? length : min(date.day, length)
                return Int64(CivilDate.dayNumber(year: year, month: month, day: day)) * Self.secondsPerDay
                    + floorModulo(last, Self.secondsPerDay)
            }
        }
    }

    /// The step that explains the spacing of ascending `timestamps` best; daily when fewer than two differ.
    ///
    /// The most frequent gap decides; gaps of 28...31 days are months, 89...92 quarters, 365 or 366 years.
    public static func inferred(from timestamps: [Int64]) -> CalendarStep {
        var counts: [Int64: Int] = [:]
        for row in 1..<max(1, timestamps.count) {
            let gap = timestamps[row] - timestamps[row - 1]
            if gap > 0 { counts[gap, default: 0] += 1 }
        }
        guard let best = counts.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) }) else { return .day }
        let days = Double(best.key) / Double(secondsPerDay)
        switch days {
        case 28...31: return .months(1)
        case 89...92: return .months(3)
        case 365...366: return .months(12)
        default: return .seconds(best.key)
        }
    }

    /// The grid index of `timestamp` counted from `origin`, rounded to the nearest step.
    func index(of timestamp: Int64, from origin: Int64) -> Int {
        switch self {
        case .seconds(let seconds):
            let seconds = max(1, seconds)
            return Int(floorDivide(timestamp - origin + seconds / 2, seconds))
        case .months(let months):
            let months = max(1, months)
            let from = CivilDate(timestamp: origin)
            let to = CivilDate(timestamp: timestamp)
            let days = Double(to.day - from.day) / 30.4375
            let distance = Double((to.year - from.year) * 12 + to.month - from.month) + days
            return Int((distance / Double(months)).rounded())
        }
    }
}
