public import Words

/// Metrics per position: a column for each of ``ClientMetric`` that is kept. Days and counts that are unknown are
/// ``unknown``, unknown ratios are NaN, amounts are micro-units, unknown ones ``unknownAmount``.
///
/// What is read for many clients is taken out once, before the loop: `let mrr = metrics[money: .mrr]`.
public struct ClientMetrics: Sendable {
    public static let unknown = Int32.min
    /// What is not known to be worth anything is not worth nothing.
    public static let unknownAmount = Int64.min

    // By metric; empty for those of another form, and for those that follow from others.
    @usableFromInline
    var wholes = [[Int32]](repeating: [], count: ClientMetric.allCases.count)
    @usableFromInline
    var reals = [[Double]](repeating: [], count: ClientMetric.allCases.count)
    @usableFromInline
    var amounts = [[Int64]](repeating: [], count: ClientMetric.allCases.count)
    /// The same for all clients.
    public var measured = MeasuredDays.always

    public init() {}

    @inlinable
    public subscript(whole metric: ClientMetric) -> [Int32] {
        get { wholes[metric.rawValue] }
        _modify {
            precondition(metric.form == .whole && !metric.isDerived, "a metric that is kept otherwise")
            yield &wholes[metric.rawValue]
        }
    }

    @inlinable
    public subscript(real metric: ClientMetric) -> [Double] {
        get { reals[metric.rawValue] }
        _modify {
            precondition(metric.form == .real && !metric.isDerived, "a metric that is kept otherwise")
            yield &reals[metric.rawValue]
        }
    }

    @inlinable
    public subscript(money metric: ClientMetric) -> [Int64] {
        get { amounts[metric.rawValue] }
        _modify {
            precondition(metric.form == .money && !metric.isDerived, "a metric that is kept otherwise")
            yield &amounts[metric.rawValue]
        }
    }

    public mutating func reserve(_ count: Int) {
        for metric in ClientMetric.stored {
            switch metric.form {
            case .whole: wholes[metric.rawValue].reserveCapacity(count)
            case .real: reals[metric.rawValue].reserveCapacity(count)
            case .money: amounts[metric.rawValue].reserveCapacity(count)
            }
        }
    }

    /// Appends the clients of another part.
    public mutating func append(_ other: ClientMetrics) {
        for metric in ClientMetric.stored {
            let index = metric.rawValue
            switch metric.form {
            case .whole: wholes[index].append(contentsOf: other.wholes[index])
            case .real: reals[index].append(contentsOf: other.reals[index])
            case .money: amounts[index].append(contentsOf: other.amounts[index])
            }
        }
    }

    /// The clients that a metric is kept of.
    public func count(_ metric: ClientMetric) -> Int {
        switch metric.form {
        case .whole: wholes[metric.rawValue].count
        case .real: reals[metric.rawValue].count
        case .money: amounts[metric.rawValue].count
        }
    }

    /// (previous − last) / previous; NaN when the previous 90 days brought nothing.
    public func revenueDecline90Days(_ position: Int) -> Double { values(.revenueDecline90Days)[position] }

    /// Mean of the amounts above 0, in units; NaN when there are none.
    public func averageTransactionValue(_ position: Int) -> Double { values(.averageTransactionValue)[position] }
}

/// The metrics that code reads by name.
extension ClientMetrics {
    @inlinable public var tenureDays: [Int32] {
        get { self[whole: .tenureDays] }
        _modify { yield &self[whole: .tenureDays] }
    }
    @inlinable public var eventsTotal: [Int32] {
        get { self[whole: .eventsTotal] }
        _modify { yield &self[whole: .eventsTotal] }
    }
    @inlinable public var eventsLast30Days: [Int32] {
        get { self[whole: .eventsLast30Days] }
        _modify { yield &self[whole: .eventsLast30Days] }
    }
    @inlinable public var eventsPrevious30Days: [Int32] {
        get { self[whole: .eventsPrevious30Days] }
        _modify { yield &self[whole: .eventsPrevious30Days] }
    }
    @inlinable public var activeDaysLast30Days: [Int32] {
        get { self[whole: .activeDaysLast30Days] }
        _modify { yield &self[whole: .activeDaysLast30Days] }
    }
    @inlinable public var distinctFeaturesLast30Days: [Int32] {
        get { self[whole: .distinctFeaturesLast30Days] }
        _modify { yield &self[whole: .distinctFeaturesLast30Days] }
    }
    @inlinable public var averageEvents30Days: [Double] {
        get { self[real: .averageEvents30Days] }
        _modify { yield &self[real: .averageEvents30Days] }
    }
    @inlinable public var engagementScore: [Double] {
        get { self[real: .engagementScore] }
        _modify { yield &self[real: .engagementScore] }
    }
    @inlinable public var transactionsTotal: [Int32] {
        get { self[whole: .transactionsTotal] }
        _modify { yield &self[whole: .transactionsTotal] }
    }
    @inlinable public var totalAmount: [Int64] {
        get { self[money: .totalAmount] }
        _modify { yield &self[money: .totalAmount] }
    }
    @inlinable public var positiveAmount: [Int64] {
        get { self[money: .positiveAmount] }
        _modify { yield &self[money: .positiveAmount] }
    }
    @inlinable public var revenue90Days: [Int64] {
        get { self[money: .revenue90Days] }
        _modify { yield &self[money: .revenue90Days] }
    }
    @inlinable public var revenuePrevious90Days: [Int64] {
        get { self[money: .revenuePrevious90Days] }
        _modify { yield &self[money: .revenuePrevious90Days] }
    }
    @inlinable public var daysSinceLastLogin: [Int32] {
        get { self[whole: .daysSinceLastLogin] }
        _modify { yield &self[whole: .daysSinceLastLogin] }
    }
    @inlinable public var daysSinceLastEvent: [Int32] {
        get { self[whole: .daysSinceLastEvent] }
        _modify { yield &self[whole: .daysSinceLastEvent] }
    }
    @inlinable public var daysSinceLastTransaction: [Int32] {
        get { self[whole: .daysSinceLastTransaction] }
        _modify { yield &self[whole: .daysSinceLastTransaction] }
    }
    @inlinable public var ticketsTotal: [Int32] {
        get { self[whole: .ticketsTotal] }
        _modify { yield &self[whole: .ticketsTotal] }
    }
    @inlinable public var tickets30Days: [Int32] {
        get { self[whole: .tickets30Days] }
        _modify { yield &self[whole: .tickets30Days] }
    }
    @inlinable public var openTickets: [Int32] {
        get { self[whole: .openTickets] }
        _modify { yield &self[whole: .openTickets] }
    }
    @inlinable public var openTicketsOlderThan7Days: [Int32] {
        get { self[whole: .openTicketsOlderThan7Days] }
        _modify { yield &self[whole: .openTicketsOlderThan7Days] }
    }
    @inlinable public var meanResolutionHours: [Double] {
        get { self[real: .meanResolutionHours] }
        _modify { yield &self[real: .meanResolutionHours] }
    }
    @inlinable public var meanSatisfaction: [Double] {
        get { self[real: .meanSatisfaction] }
        _modify { yield &self[real: .meanSatisfaction] }
    }
    @inlinable public var recentSatisfaction: [Double] {
        get { self[real: .recentSatisfaction] }
        _modify { yield &self[real: .recentSatisfaction] }
    }
    @inlinable public var lastNPS: [Int32] {
        get { self[whole: .lastNPS] }
        _modify { yield &self[whole: .lastNPS] }
    }
    @inlinable public var daysSinceLastSurvey: [Int32] {
        get { self[whole: .daysSinceLastSurvey] }
        _modify { yield &self[whole: .daysSinceLastSurvey] }
    }
    @inlinable public var daysToRenewal: [Int32] {
        get { self[whole: .daysToRenewal] }
        _modify { yield &self[whole: .daysToRenewal] }
    }
    @inlinable public var contractMonths: [Int32] {
        get { self[whole: .contractMonths] }
        _modify { yield &self[whole: .contractMonths] }
    }
    @inlinable public var mrr: [Int64] {
        get { self[money: .mrr] }
        _modify { yield &self[money: .mrr] }
    }
    @inlinable public var mrrDecline: [Double] {
        get { self[real: .mrrDecline] }
        _modify { yield &self[real: .mrrDecline] }
    }
    @inlinable public var activeDaysLast28Days: [Int32] {
        get { self[whole: .activeDaysLast28Days] }
        _modify { yield &self[whole: .activeDaysLast28Days] }
    }
    @inlinable public var eventsLast28Days: [Int32] {
        get { self[whole: .eventsLast28Days] }
        _modify { yield &self[whole: .eventsLast28Days] }
    }
    @inlinable public var eventsPrevious28Days: [Int32] {
        get { self[whole: .eventsPrevious28Days] }
        _modify { yield &self[whole: .eventsPrevious28Days] }
    }
    @inlinable public var distinctFeaturesLast28Days: [Int32] {
        get { self[whole: .distinctFeaturesLast28Days] }
        _modify { yield &self[whole: .distinctFeaturesLast28Days] }
    }
}
