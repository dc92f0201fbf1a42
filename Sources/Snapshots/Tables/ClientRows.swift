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
    /// The texts of the dimensions and of the coded attributes, in the order of the columns.
    private let dimensionTexts: [[CellBatch.Cell]]
    private let attributeTexts: [[CellBatch.Cell]]

    /// - Parameter batch: the one that the rows will be written to.
    init(_ snapshot: Snapshot, _ batch: inout CellBatch) {
        positions = snapshot.gold.clients
        clients = snapshot.silver.clients
        dimensions = snapshot.gold.dimensions
        metrics = snapshot.gold.metrics
        asOf = snapshot.asOf.rawValue
        dimensionTexts = CustomerMetricsRows.columns(of: dimensions).map { batch.pin($0.values) }
        attributeTexts = CustomerMetricsRows.columns(of: clients).map { batch.pin($0.dictionary.values) }
    }

    private static func columns(of dimensions: ClientDimensions) -> [ClientDimensions.Dimension] {
        [dimensions.segment, dimensions.region, dimensions.tier, dimensions.product]
    }

    private static func columns(of clients: ClientTable) -> [CodedColumn] {
        [clients.industry, clients.owner, clients.location, clients.subscriptionType]
    }

    /// Fills the batch with the rows of some positions.
    func write(_ chosen: ArraySlice<Int>, to batch: inout CellBatch) {
        batch.begin(rows: chosen.count)
        let at = Array(chosen)
        let client = at.map { Int(positions[$0]) }
        var column = 0
        func next() -> Int {
            defer { column += 1 }
            return column
        }
        batch.fillText(next()) { row, store in clients.id.withBytes(at: client[row], store) }
        batch.fillText(next()) { row, store in clients.name.withBytes(at: client[row], store) }
        for (dimension, texts) in zip(CustomerMetricsRows.columns(of: dimensions), dimensionTexts) {
            batch.fillCoded(next(), texts) { Int(dimension.codes[at[$0]]) }
        }
        for (coded, texts) in zip(CustomerMetricsRows.columns(of: clients), attributeTexts) {
            batch.fillCoded(next(), texts) { Int(coded.codes[client[$0]]) }
        }
        batch.fill(next()) { CellBatch.day(clients.creationDay[client[$0]]) }
        batch.fill(next()) { CellBatch.day(clients.contractEndDay[client[$0]]) }
        batch.fill(next()) { row in
            // What happens after the day is not known yet.
            let churn = clients.churnDay[client[row]]
            return churn <= asOf ? CellBatch.day(churn) : .null
        }
        func integers(_ values: [Int32]) { batch.fill(next()) { CellBatch.number(values[at[$0]]) } }
        func reals(_ values: [Double]) { batch.fill(next()) { CellBatch.real(values[at[$0]]) } }
        func money(_ values: [Int64]) { batch.fill(next()) { .money(values[at[$0]]) } }
        integers(metrics.tenureDays)
        integers(metrics.eventsTotal)
        integers(metrics.eventsLast30Days)
        integers(metrics.eventsPrevious30Days)
        integers(metrics.activeDaysLast30Days)
        integers(metrics.distinctFeaturesLast30Days)
        reals(metrics.averageEvents30Days)
        reals(metrics.engagementScore)
        integers(metrics.transactionsTotal)
        money(metrics.totalAmount)
        batch.fill(next()) { CellBatch.real(metrics.averageTransactionValue(at[$0])) }
        money(metrics.revenue90Days)
        money(metrics.revenuePrevious90Days)
        batch.fill(next()) { CellBatch.real(metrics.revenueDecline90Days(at[$0])) }
        integers(metrics.daysSinceLastLogin)
        integers(metrics.daysSinceLastEvent)
        integers(metrics.daysSinceLastTransaction)
        integers(metrics.ticketsTotal)
        integers(metrics.tickets30Days)
        integers(metrics.openTickets)
        reals(metrics.meanResolutionHours)
        reals(metrics.meanSatisfaction)
        integers(metrics.lastNPS)
        integers(metrics.daysToRenewal)
        money(metrics.mrr)
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
    private let levelTexts: [CellBatch.Cell]
    private let riskTexts: [CellBatch.Cell]

    /// - Parameter batch: the one that the rows will be written to.
    init(_ snapshot: Snapshot, _ batch: inout CellBatch) {
        levelTexts = batch.pin(HealthScores.Level.allCases.map(\.name))
        riskTexts = batch.pin(RiskScores.Level.allCases.map(\.name))
        positions = snapshot.gold.clients
        ids = snapshot.silver.clients.id
        health = snapshot.assessments.health
        risk = snapshot.assessments.risk
        churnProbability = snapshot.assessments.churnProbability
    }

    /// Fills the batch with the rows of some positions.
    mutating func write(_ chosen: ArraySlice<Int>, to batch: inout CellBatch) {
        batch.begin(rows: chosen.count)
        let at = Array(chosen)
        var column = 0
        func next() -> Int {
            defer { column += 1 }
            return column
        }
        func reals(_ values: [Double]) { batch.fill(next()) { CellBatch.real(values[at[$0]]) } }
        batch.fillText(next()) { row, store in ids.withBytes(at: Int(positions[at[row]]), store) }
        reals(health.score)
        batch.fill(next()) { row in health.level[at[row]].map { levelTexts[Int($0.rawValue)] } ?? .null }
        reals(health.coverage)
        for points in health.points { reals(points) }
        for values in health.values { reals(values) }
        reals(risk.score)
        batch.fillCoded(next(), riskTexts) { row in Int(risk.level[at[row]].rawValue) }
        let fired = at.map { names(ofFired: risk.fired[$0]) }
        let rules = next()
        let cells = fired.map { batch.stored($0) }
        batch.fill(rules) { cells[$0] }
        reals(churnProbability)
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
