/// A numeric metric of every client: how to read it from the gold tables by its outside name.
public enum MetricColumn: String, CaseIterable, Sendable {
    case tenureDays = "tenure_days"
    case eventsTotal = "events_total"
    case eventsLast30Days = "events_last_30_days"
    case eventsPrevious30Days = "events_previous_30_days"
    case activeDaysLast30Days = "active_days_last_30_days"
    case distinctFeaturesLast30Days = "distinct_features_last_30_days"
    case averageEvents30Days = "avg_events_30d"
    case engagementScore = "engagement_score"
    case transactionsTotal = "transactions_total"
    case totalAmount = "total_amount"
    case averageTransactionValue = "avg_transaction_value"
    case revenue90Days = "revenue_90d"
    case revenuePrevious90Days = "revenue_prev_90d"
    case revenueDecline90Days = "revenue_decline_90d"
    case daysSinceLastLogin = "days_since_last_login"
    case daysSinceLastEvent = "days_since_last_event"
    case daysSinceLastTransaction = "days_since_last_transaction"
    case ticketsTotal = "support_tickets_total"
    case tickets30Days = "support_tickets_30d"
    case openTickets = "open_tickets"
    case meanResolutionHours = "mean_resolution_hours"
    case meanSatisfaction = "mean_satisfaction"
    case lastNPS = "last_nps"
    case daysToRenewal = "days_to_renewal"
    case mrr = "mrr"

    /// The value at a position; NaN when unknown. Amounts are in units of the base currency.
    public func value(_ metrics: ClientMetrics, _ position: Int) -> Double {
        func number(_ value: Int32) -> Double { value == ClientMetrics.unknown ? .nan : Double(value) }
        return switch self {
        case .tenureDays: number(metrics.tenureDays[position])
        case .eventsTotal: number(metrics.eventsTotal[position])
        case .eventsLast30Days: number(metrics.eventsLast30Days[position])
        case .eventsPrevious30Days: number(metrics.eventsPrevious30Days[position])
        case .activeDaysLast30Days: number(metrics.activeDaysLast30Days[position])
        case .distinctFeaturesLast30Days: number(metrics.distinctFeaturesLast30Days[position])
        case .averageEvents30Days: metrics.averageEvents30Days[position]
        case .engagementScore: metrics.engagementScore[position]
        case .transactionsTotal: number(metrics.transactionsTotal[position])
        case .totalAmount: Money(rawValue: metrics.totalAmount[position]).units
        case .averageTransactionValue: metrics.averageTransactionValue(position)
        case .revenue90Days: Money(rawValue: metrics.revenue90Days[position]).units
        case .revenuePrevious90Days: Money(rawValue: metrics.revenuePrevious90Days[position]).units
        case .revenueDecline90Days: metrics.revenueDecline90Days(position)
        case .daysSinceLastLogin: number(metrics.daysSinceLastLogin[position])
        case .daysSinceLastEvent: number(metrics.daysSinceLastEvent[position])
        case .daysSinceLastTransaction: number(metrics.daysSinceLastTransaction[position])
        case .ticketsTotal: number(metrics.ticketsTotal[position])
        case .tickets30Days: number(metrics.tickets30Days[position])
        case .openTickets: number(metrics.openTickets[position])
        case .meanResolutionHours: metrics.meanResolutionHours[position]
        case .meanSatisfaction: metrics.meanSatisfaction[position]
        case .lastNPS: number(metrics.lastNPS[position])
        case .daysToRenewal: number(metrics.daysToRenewal[position])
        case .mrr: Money(rawValue: metrics.mrr[position]).units
        }
    }
}
