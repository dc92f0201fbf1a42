import Records

extension GoldTables {
    mutating func reserve(_ count: Int) {
        clients.reserveCapacity(count)
        metrics.reserve(count)
        months.starts.reserveCapacity(count + 1)
        tickets.starts.reserveCapacity(count + 1)
        surveys.starts.reserveCapacity(count + 1)
    }

    mutating func append(_ part: GoldPart) {
        clients.append(contentsOf: part.clients)
        metrics.append(part.metrics)
        months.months.append(contentsOf: part.months)
        tickets.rows.append(contentsOf: part.ticketRows)
        surveys.rows.append(contentsOf: part.surveyRows)
        for count in part.monthCounts { months.starts.append((months.starts.last ?? 0) + count) }
        for count in part.ticketCounts { tickets.starts.append((tickets.starts.last ?? 0) + count) }
        for count in part.surveyCounts { surveys.starts.append((surveys.starts.last ?? 0) + count) }
    }
}

extension ClientMetrics {
    private static var integerColumns: [WritableKeyPath<ClientMetrics, [Int32]>] {
        [
            \.tenureDays, \.eventsTotal, \.eventsLast30Days, \.eventsPrevious30Days, \.activeDaysLast30Days,
            \.distinctFeaturesLast30Days, \.transactionsTotal, \.daysSinceLastLogin, \.daysSinceLastEvent,
            \.daysSinceLastTransaction, \.ticketsTotal, \.tickets30Days, \.openTickets, \.openTicketsOlderThan7Days,
            \.lastNPS, \.daysSinceLastSurvey, \.daysToRenewal, \.contractMonths, \.activeDaysLast28Days,
            \.eventsLast28Days, \.eventsPrevious28Days, \.distinctFeaturesLast28Days,
        ]
    }

    private static var doubleColumns: [WritableKeyPath<ClientMetrics, [Double]>] {
        [\.averageEvents30Days, \.engagementScore, \.meanResolutionHours, \.meanSatisfaction, \.recentSatisfaction]
    }

    private static var amountColumns: [WritableKeyPath<ClientMetrics, [Int64]>] {
        [\.totalAmount, \.positiveAmount, \.revenue90Days, \.revenuePrevious90Days, \.mrr]
    }

    mutating func reserve(_ count: Int) {
        for path in ClientMetrics.integerColumns { self[keyPath: path].reserveCapacity(count) }
        for path in ClientMetrics.doubleColumns { self[keyPath: path].reserveCapacity(count) }
        for path in ClientMetrics.amountColumns { self[keyPath: path].reserveCapacity(count) }
    }

    mutating func append(_ other: ClientMetrics) {
        for path in ClientMetrics.integerColumns { self[keyPath: path].append(contentsOf: other[keyPath: path]) }
        for path in ClientMetrics.doubleColumns { self[keyPath: path].append(contentsOf: other[keyPath: path]) }
        for path in ClientMetrics.amountColumns { self[keyPath: path].append(contentsOf: other[keyPath: path]) }
    }
}
