public import Records

/// The periods of the first screen: what stands, stands as of the day; what flows is that of the last whole month, with the
/// running month beside it.
public struct HeadlinePeriods: Sendable, Hashable {
    /// Of the standing figures: the as-of day, or the last day that was asked for.
    public let standing: Day
    /// Of the flows.
    public let flows: ReportPeriod
    /// The running month to date; nil where a period was asked for.
    public let running: ReportPeriod?
    /// The same days of the month before.
    public let runningBefore: ReportPeriod?
    private let asOf: Day

    /// Where nobody asks for a period.
    public init(asOf: Day) {
        let running = ReportPeriod(Period(first: asOf.month.firstDay, last: asOf))
        // A month is whole when its last day lies before the as-of day: that is never the one the day lies in.
        self.init(asOf: asOf, standing: asOf, flows: ReportPeriod(asOf.month.advanced(by: -1)), running: running)
    }

    private init(asOf: Day, standing: Day, flows: ReportPeriod, running: ReportPeriod?) {
        self.asOf = asOf
        self.standing = standing
        self.flows = flows
        self.running = running
        runningBefore = running?.compared(.previous, asOf: asOf)
    }

    /// A period that was asked for: flows inside it, standing figures at its end.
    /// - Parameters:
    ///   - from: by default the first day of the month that the period ends in.
    ///   - to: by default the as-of day; a later one means the as-of day.
    public init(from: Day?, to: Day?, asOf: Day) throws(PeriodProblem) {
        guard from != nil || to != nil else {
            self.init(asOf: asOf)
            return
        }
        if let from, let to, to < from { throw .wrongOrder(from: from, to: to) }
        let last = min(to ?? asOf, asOf)
        let first = from ?? last.month.firstDay
        guard first <= last else { throw .notBegun(from: first, asOf: asOf) }
        self.init(
            asOf: asOf, standing: last, flows: ReportPeriod(Period(first: first, last: last)), running: nil)
    }

    /// What the periods are compared with.
    public func compared(_ comparison: ReportPeriod.Comparison) -> HeadlineComparison {
        let running = running?.compared(comparison, asOf: asOf)
        let flows = flows.compared(comparison, asOf: asOf)
        return HeadlineComparison(standing: running?.last ?? flows.last, flows: flows, running: running)
    }
}

/// The periods beside those of the first screen.
public struct HeadlineComparison: Sendable, Hashable {
    /// The end of the period that the current one is compared with.
    public let standing: Day
    public let flows: ReportPeriod
    public let running: ReportPeriod?
}

/// Why there are no figures for the days that were asked for.
public enum PeriodProblem: Error, Sendable, Equatable {
    case wrongOrder(from: Day, to: Day)
    /// The period begins after the as-of day.
    case notBegun(from: Day, asOf: Day)
    /// More periods than an answer may have.
    case tooMany(Int, limit: Int)
}
