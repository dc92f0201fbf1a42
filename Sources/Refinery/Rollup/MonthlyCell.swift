public import Records

/// What a group of clients did in one month. All fields add up over groups.
public struct MonthlyCell: Sendable, Equatable, BitwiseCopyable {
    public var activeCustomers: Int32 = 0
    public var newCustomers: Int32 = 0
    /// Customers at the end of the day before the month, and at its end.
    public var customersAtStart: Int32 = 0
    public var customersAtEnd: Int32 = 0
    /// Customers who left in the month and were not back at its end, and those of them who were there at its start.
    public var churnedCustomers: Int32 = 0
    public var churnedFromStart: Int32 = 0
    /// Clients whose last active month is the month before.
    public var lapsedCustomers: Int32 = 0
    public var payingCustomers: Int32 = 0
    public var transactions: Int32 = 0
    public var events: Int64 = 0
    /// Micro-units, as all amounts here.
    public var revenue: Int64 = 0
    /// Of amounts above 0.
    public var positiveRevenue: Int64 = 0
    /// Revenue of clients who also paid in the month before.
    public var repeatRevenue: Int64 = 0
    public var mrr: Int64 = 0
    public var tickets: Int32 = 0
    /// Tickets created in the month that are resolved, and the time that took, in milliseconds.
    public var resolvedTickets: Int32 = 0
    public var resolutionTime: Int64 = 0
    public var ratedTickets: Int32 = 0
    public var ratingSum: Int32 = 0
    public var surveyAnswers: Int32 = 0
    public var promoters: Int32 = 0
    public var detractors: Int32 = 0
    public var movements = RevenueMovements()

    public init() {}

    public static func += (lhs: inout MonthlyCell, rhs: MonthlyCell) {
        lhs.activeCustomers += rhs.activeCustomers
        lhs.newCustomers += rhs.newCustomers
        lhs.customersAtStart += rhs.customersAtStart
        lhs.customersAtEnd += rhs.customersAtEnd
        lhs.churnedCustomers += rhs.churnedCustomers
        lhs.churnedFromStart += rhs.churnedFromStart
        lhs.lapsedCustomers += rhs.lapsedCustomers
        lhs.payingCustomers += rhs.payingCustomers
        lhs.transactions += rhs.transactions
        lhs.events += rhs.events
        lhs.revenue = lhs.revenue.addingSaturated(rhs.revenue)
        lhs.positiveRevenue = lhs.positiveRevenue.addingSaturated(rhs.positiveRevenue)
        lhs.repeatRevenue = lhs.repeatRevenue.addingSaturated(rhs.repeatRevenue)
        lhs.mrr = lhs.mrr.addingSaturated(rhs.mrr)
        lhs.tickets += rhs.tickets
        lhs.resolvedTickets += rhs.resolvedTickets
        lhs.resolutionTime = lhs.resolutionTime.addingSaturated(rhs.resolutionTime)
        lhs.ratedTickets += rhs.ratedTickets
        lhs.ratingSum += rhs.ratingSum
        lhs.surveyAnswers += rhs.surveyAnswers
        lhs.promoters += rhs.promoters
        lhs.detractors += rhs.detractors
        lhs.movements += rhs.movements
    }

    public var isEmpty: Bool { self == MonthlyCell() }

    /// The share of the customers at the start who have left; nil without any.
    public var churnRate: Double? {
        customersAtStart > 0 ? Double(churnedFromStart) / Double(customersAtStart) : nil
    }

    /// 100 · (promoters − detractors) / answers; nil without answers.
    public var nps: Double? {
        surveyAnswers > 0 ? 100 * Double(promoters - detractors) / Double(surveyAnswers) : nil
    }

    /// Mean over tickets created in the month that are resolved by the as-of day.
    public var meanResolutionHours: Double? {
        resolvedTickets > 0 ? Double(resolutionTime) / Double(resolvedTickets) / 3_600_000 : nil
    }

    /// Mean rating 1…5.
    public var csat: Double? { ratedTickets > 0 ? Double(ratingSum) / Double(ratedTickets) : nil }
}
