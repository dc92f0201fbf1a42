import Records

/// Metrics of some clients who have done nothing yet.
func quietMetrics(_ count: Int) -> ClientMetrics {
    var metrics = ClientMetrics()
    let zeros: [WritableKeyPath<ClientMetrics, [Int32]>] = [
        \.tenureDays, \.eventsTotal, \.eventsLast30Days, \.eventsPrevious30Days, \.activeDaysLast30Days,
        \.distinctFeaturesLast30Days, \.transactionsTotal, \.ticketsTotal, \.tickets30Days, \.openTickets,
        \.openTicketsOlderThan7Days, \.activeDaysLast28Days, \.eventsLast28Days, \.eventsPrevious28Days,
        \.distinctFeaturesLast28Days,
    ]
    for path in zeros { metrics[keyPath: path] = Array(repeating: 0, count: count) }
    let unknown: [WritableKeyPath<ClientMetrics, [Int32]>] = [
        \.daysSinceLastLogin, \.daysSinceLastEvent, \.daysSinceLastTransaction, \.lastNPS, \.daysSinceLastSurvey,
        \.daysToRenewal,
    ]
    for path in unknown { metrics[keyPath: path] = Array(repeating: ClientMetrics.unknown, count: count) }
    metrics.contractMonths = Array(repeating: 12, count: count)
    let ratios: [WritableKeyPath<ClientMetrics, [Double]>] = [
        \.averageEvents30Days, \.engagementScore, \.meanResolutionHours, \.meanSatisfaction, \.recentSatisfaction,
        \.mrrDecline,
    ]
    for path in ratios { metrics[keyPath: path] = Array(repeating: .nan, count: count) }
    let amounts: [WritableKeyPath<ClientMetrics, [Int64]>] = [
        \.totalAmount, \.positiveAmount, \.revenue90Days, \.revenuePrevious90Days, \.mrr,
    ]
    for path in amounts { metrics[keyPath: path] = Array(repeating: 0, count: count) }
    return metrics
}
