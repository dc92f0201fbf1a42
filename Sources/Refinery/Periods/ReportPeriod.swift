public import Records

/// A period that figures are shown for, with what kind of period it is: that says what it may be compared with.
public struct ReportPeriod: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Calendar months, from the first day of the first to the last day of the last.
        case wholeMonths(Int)
        /// The first days of a month.
        case monthToDate
        /// Any other days.
        case days
    }

    public let period: Period
    public let kind: Kind

    /// Nil where the days are in the wrong order.
    public init?(first: Day, last: Day) {
        guard first <= last else { return nil }
        self.init(Period(first: first, last: last))
    }

    /// - Precondition: the days are in order.
    init(_ period: Period) {
        self.period = period
        let (first, last) = (period.first.month, period.last.month)
        if period.first == first.firstDay, period.last == last.lastDay {
            kind = .wholeMonths(Int(last.rawValue) - Int(first.rawValue) + 1)
        } else if period.first == first.firstDay, first == last {
            kind = .monthToDate
        } else {
            kind = .days
        }
    }

    /// A calendar month.
    public init(_ month: Month) { self.init(Period(first: month.firstDay, last: month.lastDay)) }

    public var first: Day { period.first }
    public var last: Day { period.last }

    /// The day at whose end the period begins: standing figures "at its start" are of this day.
    public var dayBefore: Day { first.advanced(by: -1) }

    /// Whether it is over: nothing more can come into it.
    public func isOver(asOf: Day) -> Bool { last < asOf }

    /// Whether figures of it are complete: it is over, and all of it lies in the data.
    /// - Parameters:
    ///   - dataFrom: the first day of the data that the figure is made of; nil where that is not known to matter.
    ///   - clock: the day on which the figure's clock stands, where a feed is missing.
    public func isComplete(asOf: Day, dataFrom: Day? = nil, clock: Day? = nil) -> Bool {
        guard isOver(asOf: asOf) else { return false }
        if let dataFrom, first < dataFrom { return false }
        if let clock, last > clock { return false }
        return true
    }

    /// The period of the same kind that this one is compared with.
    /// - Parameter asOf: the month that it lies in is running, and is compared with the same days of another.
    public func compared(_ comparison: Comparison, asOf: Day) -> ReportPeriod {
        switch kind {
        case .wholeMonths(let count): return wholeMonths(comparison == .previous ? -count : -12, asOf: asOf)
        case .monthToDate: return sameDays(comparison == .previous ? -1 : -12, comparison, asOf: asOf)
        case .days: return sameLength(comparison)
        }
    }

    private func wholeMonths(_ months: Int, asOf: Day) -> ReportPeriod {
        // A month that ends on the as-of day is still running: it has the same days of another one beside it, which are a
        // whole month, or the first days of one, all the same.
        if period.last >= asOf, period.first.month == period.last.month {
            return sameDays(months, months == -12 ? .year : .previous, asOf: asOf)
        }
        return ReportPeriod(
            Period(
                first: period.first.month.advanced(by: months).firstDay,
                last: period.last.month.advanced(by: months).lastDay))
    }

    /// The same days of the month `months` later. Where it is shorter, the running month is compared with as many as there
    /// are; a period that was asked for, with as many days as it has.
    private func sameDays(_ months: Int, _ comparison: Comparison, asOf: Day) -> ReportPeriod {
        let other = period.first.month.advanced(by: months)
        let last = other.firstDay.advanced(by: period.dayCount - 1)
        if last <= other.lastDay { return ReportPeriod(Period(first: other.firstDay, last: last)) }
        if period.last >= asOf { return ReportPeriod(other) }
        return sameLength(comparison)
    }

    private func sameLength(_ comparison: Comparison) -> ReportPeriod {
        let start =
            comparison == .previous
            ? period.first.advanced(by: -period.dayCount) : period.first.advanced(byMonths: -12)
        return ReportPeriod(Period(first: start, last: start.advanced(by: period.dayCount - 1)))
    }

    /// Which other period figures are compared with.
    public enum Comparison: Sendable, Hashable, CaseIterable {
        /// The one before.
        case previous
        /// The same one a year ago.
        case year
    }
}

extension ReportPeriod: CustomStringConvertible {
    /// What stands above its figures: `2025`, `2025-Q3`, `2025-07`, or its first and last day.
    public var description: String {
        if case .wholeMonths(let count) = kind {
            let month = first.month
            switch count {
            case 12 where month.month == 1: return padded(month.year)
            case 3 where month.month % 3 == 1: return "\(padded(month.year))-Q\((month.month + 2) / 3)"
            case 1: return month.description
            default: return "\(month) to \(last.month)"
            }
        }
        return first == last ? first.description : "\(first) to \(last)"
    }

    private func padded(_ year: Int) -> String { String(Month(year: year, month: 1).description.dropLast(3)) }
}
