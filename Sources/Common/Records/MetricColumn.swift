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

extension MetricColumn {
    /// The column a metric is kept in; nil for the two that are worked out from others.
    private enum Storage {
        case number([Int32])
        case fraction([Double])
        case amount([Int64])
    }

    private func storage(_ metrics: ClientMetrics) -> Storage? {
        switch self {
        case .tenureDays: .number(metrics.tenureDays)
        case .eventsTotal: .number(metrics.eventsTotal)
        case .eventsLast30Days: .number(metrics.eventsLast30Days)
        case .eventsPrevious30Days: .number(metrics.eventsPrevious30Days)
        case .activeDaysLast30Days: .number(metrics.activeDaysLast30Days)
        case .distinctFeaturesLast30Days: .number(metrics.distinctFeaturesLast30Days)
        case .averageEvents30Days: .fraction(metrics.averageEvents30Days)
        case .engagementScore: .fraction(metrics.engagementScore)
        case .transactionsTotal: .number(metrics.transactionsTotal)
        case .totalAmount: .amount(metrics.totalAmount)
        case .revenue90Days: .amount(metrics.revenue90Days)
        case .revenuePrevious90Days: .amount(metrics.revenuePrevious90Days)
        case .daysSinceLastLogin: .number(metrics.daysSinceLastLogin)
        case .daysSinceLastEvent: .number(metrics.daysSinceLastEvent)
        case .daysSinceLastTransaction: .number(metrics.daysSinceLastTransaction)
        case .ticketsTotal: .number(metrics.ticketsTotal)
        case .tickets30Days: .number(metrics.tickets30Days)
        case .openTickets: .number(metrics.openTickets)
        case .meanResolutionHours: .fraction(metrics.meanResolutionHours)
        case .meanSatisfaction: .fraction(metrics.meanSatisfaction)
        case .lastNPS: .number(metrics.lastNPS)
        case .daysToRenewal: .number(metrics.daysToRenewal)
        case .mrr: .amount(metrics.mrr)
        case .averageTransactionValue, .revenueDecline90Days: nil
        }
    }

    /// Clears the flag of every position whose value fails the test; an unknown value fails it. Goes through the column
    /// from its start to its end: for questions about all clients.
    @inlinable
    public func narrow(_ flags: inout [Bool], _ metrics: ClientMetrics, _ test: (Double) -> Bool) {
        let count = min(flags.count, metrics.tenureDays.count)
        withColumn(metrics) { value in
            flags.withUnsafeMutableBufferPointer { flags in
                for position in 0..<count where flags[position] {
                    let value = value(position)
                    flags[position] = !value.isNaN && test(value)
                }
            }
        }
    }

    @usableFromInline
    func withColumn(_ metrics: ClientMetrics, _ body: ((Int) -> Double) -> Void) {
        switch storage(metrics) {
        case .number(let column):
            column.withUnsafeBufferPointer { column in
                body { column[$0] == ClientMetrics.unknown ? .nan : Double(column[$0]) }
            }
        case .fraction(let column): column.withUnsafeBufferPointer { column in body { column[$0] } }
        case .amount(let column):
            column.withUnsafeBufferPointer { column in body { Money(rawValue: column[$0]).units } }
        case nil: body { value(metrics, $0) }
        }
    }
}
