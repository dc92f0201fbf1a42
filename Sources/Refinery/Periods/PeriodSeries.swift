public import Records

/// A period cut into days, Monday-to-Sunday weeks, months or quarters.
public struct PeriodSeries: Sendable, Hashable {
    public enum Step: Sendable, Hashable, CaseIterable {
        case day
        case week
        case month
        case quarter

        /// The whole period that a day lies in.
        public func whole(around day: Day) -> Period {
            switch self {
            case .day: return Period(first: day, last: day)
            case .week:
                let first = day.advanced(by: 1 - day.weekday)
                return Period(first: first, last: first.advanced(by: 6))
            case .month: return Period(first: day.month.firstDay, last: day.month.lastDay)
            case .quarter:
                let first = day.month.advanced(by: -((day.month.month - 1) % 3))
                return Period(first: first.firstDay, last: first.advanced(by: 2).lastDay)
            }
        }

        /// The least days that one takes.
        fileprivate var daysLeast: Int {
            switch self {
            case .day: 1
            case .week: 7
            case .month: 28
            case .quarter: 90
            }
        }
    }

    public struct Element: Sendable, Hashable {
        /// The days that are asked for.
        public let period: Period
        /// All of the day, week, month or quarter.
        public let whole: Period

        /// Whether it is all there, and over.
        public func isComplete(asOf: Day) -> Bool { period == whole && whole.last < asOf }
    }

    public let elements: [Element]

    /// - Parameter limit: as many periods as an answer may have.
    public init(_ period: Period, by step: Step, limit: Int) throws(PeriodProblem) {
        guard period.first <= period.last else { throw .wrongOrder(from: period.first, to: period.last) }
        // Asked before any is made: the days may be thousands of years apart.
        let least = period.dayCount / (step == .day ? 1 : step.daysLeast + 3)
        guard least <= limit else { throw .tooMany(least, limit: limit) }
        var elements: [Element] = []
        var first = period.first
        while first <= period.last {
            let whole = step.whole(around: first)
            elements.append(
                Element(period: Period(first: first, last: min(whole.last, period.last)), whole: whole))
            first = whole.last.advanced(by: 1)
        }
        guard elements.count <= limit else { throw .tooMany(elements.count, limit: limit) }
        self.elements = elements
    }
}
