import Records

/// Rows of `customer_metrics`.
struct CustomerMetricsRows {
    typealias Column = PublishedTable.Column

    static let columns: [Column] = [
        Column("customer_id", .text), Column("name", .text), Column("segment", .text), Column("region", .text),
        Column("tier", .text), Column("product", .text), Column("industry", .text), Column("owner", .text),
        Column("location", .text), Column("subscription_type", .text), Column("account_creation_date", .day),
        Column("contract_end_date", .day), Column("churn_date", .day), Column("tenure_days", .integer),
        Column("events_total", .integer), Column("events_last_30_days", .integer),
        Column("events_previous_30_days", .integer), Column("active_days_last_30_days", .integer),
        Column("distinct_features_last_30_days", .integer), Column("avg_events_30d", .real),
        Column("engagement_score", .real), Column("transactions_total", .integer), Column("total_amount", .money),
        Column("avg_transaction_value", .real), Column("revenue_90d", .money), Column("revenue_prev_90d", .money),
        Column("revenue_decline_90d", .real), Column("days_since_last_login", .integer),
        Column("days_since_last_event", .integer), Column("days_since_last_transaction", .integer),
        Column("support_tickets_total", .integer), Column("support_tickets_30d", .integer),
        Column("open_tickets", .integer), Column("mean_resolution_hours", .real), Column("mean_satisfaction", .real),
        Column("last_nps", .integer), Column("days_to_renewal", .integer), Column("mrr", .money),
    ]

    // The tables, taken out of the snapshot once: in a loop every array of them would be counted in and out at every row.
    private let positions: [UInt32]
    private let clients: ClientTable
    private let dimensions: ClientDimensions
    private let metrics: ClientMetrics
    private let asOf: Int32

    init(_ snapshot: Snapshot) {
        positions = snapshot.gold.clients
        clients = snapshot.silver.clients
        dimensions = snapshot.gold.dimensions
        metrics = snapshot.gold.metrics
        asOf = snapshot.asOf.rawValue
    }

    func write<Sink: RowSink & ~Copyable>(_ position: Int, _ sink: inout Sink) {
        let client = Int(positions[position])
        clients.id.withBytes(at: client) { sink.text($0) }
        clients.name.withBytes(at: client) { $0.isEmpty ? sink.null() : sink.text($0) }
        sink.text(dimensions.segment.values[Int(dimensions.segment.codes[position])])
        sink.text(dimensions.region.values[Int(dimensions.region.codes[position])])
        sink.text(dimensions.tier.values[Int(dimensions.tier.codes[position])])
        sink.text(dimensions.product.values[Int(dimensions.product.codes[position])])
        sink.text(clients.industry[client] ?? "")
        sink.text(clients.owner[client] ?? "")
        sink.text(clients.location[client] ?? "")
        sink.text(clients.subscriptionType[client] ?? "")
        sink.optionalDay(clients.creationDay[client])
        sink.optionalDay(clients.contractEndDay[client])
        let churn = clients.churnDay[client]
        // What happens after the day is not known yet.
        sink.optionalDay(churn <= asOf ? churn : ClientTable.unknownDay)
        sink.integer(Int64(metrics.tenureDays[position]))
        sink.integer(Int64(metrics.eventsTotal[position]))
        sink.integer(Int64(metrics.eventsLast30Days[position]))
        sink.integer(Int64(metrics.eventsPrevious30Days[position]))
        sink.integer(Int64(metrics.activeDaysLast30Days[position]))
        sink.integer(Int64(metrics.distinctFeaturesLast30Days[position]))
        sink.real(metrics.averageEvents30Days[position])
        sink.real(metrics.engagementScore[position])
        sink.integer(Int64(metrics.transactionsTotal[position]))
        sink.money(metrics.totalAmount[position])
        sink.optionalReal(metrics.averageTransactionValue(position))
        sink.money(metrics.revenue90Days[position])
        sink.money(metrics.revenuePrevious90Days[position])
        sink.optionalReal(metrics.revenueDecline90Days(position))
        sink.optionalInteger(metrics.daysSinceLastLogin[position])
        sink.optionalInteger(metrics.daysSinceLastEvent[position])
        sink.optionalInteger(metrics.daysSinceLastTransaction[position])
        sink.integer(Int64(metrics.ticketsTotal[position]))
        sink.integer(Int64(metrics.tickets30Days[position]))
        sink.integer(Int64(metrics.openTickets[position]))
        sink.optionalReal(metrics.meanResolutionHours[position])
        sink.optionalReal(metrics.meanSatisfaction[position])
        sink.optionalInteger(metrics.lastNPS[position])
        sink.optionalInteger(metrics.daysToRenewal[position])
        sink.money(metrics.mrr[position])
    }
}

/// Rows of `customer_health_scores`.
struct HealthScoreRows {
    typealias Column = PublishedTable.Column

    private static let components = ["engagement", "revenue", "support", "sentiment", "contract"]

    static let columns: [Column] =
        [
            Column("customer_id", .text), Column("health_score", .real), Column("health_level", .text),
            Column("health_coverage", .real),
        ] + components.map { Column("\($0)_points", .real) } + components.map { Column("\($0)_value", .real) } + [
            Column("risk_score", .real), Column("risk_level", .text), Column("risk_rules", .text),
            Column("churn_probability", .real),
        ]

    private let positions: [UInt32]
    private let ids: TextColumn
    private let health: HealthScores
    private let risk: RiskScores
    private let churnProbability: [Double]
    /// The names of the rules that fired, by their bits: few combinations occur.
    private var rulesFired: [UInt64: String] = [:]

    init(_ snapshot: Snapshot) {
        positions = snapshot.gold.clients
        ids = snapshot.silver.clients.id
        health = snapshot.assessments.health
        risk = snapshot.assessments.risk
        churnProbability = snapshot.assessments.churnProbability
    }

    mutating func write<Sink: RowSink & ~Copyable>(_ position: Int, _ sink: inout Sink) {
        ids.withBytes(at: Int(positions[position])) { sink.text($0) }
        sink.optionalReal(health.score[position])
        sink.text(health.level[position]?.name ?? "")
        sink.real(health.coverage[position])
        for component in health.points.indices { sink.optionalReal(health.points[component][position]) }
        for component in health.values.indices { sink.optionalReal(health.values[component][position]) }
        sink.real(risk.score[position])
        sink.text(risk.level[position].name)
        sink.text(names(ofFired: risk.fired[position]))
        sink.optionalReal(churnProbability[position])
    }

    private mutating func names(ofFired fired: UInt64) -> String {
        if fired == 0 { return "" }
        if let known = rulesFired[fired] { return known }
        let names = risk.rules.enumerated().filter { fired >> UInt64($0.offset) & 1 != 0 }.map(\.element.name)
        let text = names.joined(separator: ";")
        rulesFired[fired] = text
        return text
    }
}
