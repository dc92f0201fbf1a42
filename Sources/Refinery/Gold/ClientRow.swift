import Records
import Words

/// The metrics of one client that follow from his events and transactions.
struct ActivityRow: BitwiseCopyable {
    var totals: ClientHistory.Totals
    var events: RecentEvents.Result
    var money: RecentTransactions.Result
    var averageEvents: Double
    var engagementScore: Double
    var daysSinceLastEvent: Int32
    var daysSinceLastLogin: Int32
    var daysSinceLastTransaction: Int32
    var mrr: Int64
    /// By how much it has gone down from its highest of late.
    var mrrDecline: Double

    init(
        _ context: RefineContext, client: Int, _ events: RecentEvents.Result, _ money: RecentTransactions.Result
    ) {
        func since(_ day: Int32, _ clock: Int32) -> Int32 {
            day == Int32.min ? ClientMetrics.unknown : clock - day
        }
        let (engaged, paid) = (context.engagementClock, context.paymentClock)
        totals = context.totals[client]
        self.events = events
        self.money = money
        let observed = max(30, Int(engaged) + 1 - Int(max(context.creationDay[client], context.firstEventDay)))
        averageEvents = Double(Int(totals.events) * 30) / Double(observed)
        engagementScore = totals.events > 0 ? Double(events.last30) / averageEvents : 0
        daysSinceLastEvent = since(totals.lastEventDay, engaged)
        daysSinceLastLogin =
            context.measured.logins == ClientMetrics.unknown
            ? ClientMetrics.unknown : since(totals.lastLoginDay, engaged)
        daysSinceLastTransaction = since(totals.lastPaymentDay, paid)
        let ledger = context.ledgerMRR[client]
        mrrDecline = MRRDecline.share(mrr: ledger, highest: context.highestMRR[client])
        switch context.settings.revenue.method {
        case .coverage: mrr = ledger
        case .cash: mrr = totals.lastMonth == context.asOfMonth ? totals.lastMonthRecurring : 0
        }
    }
}

/// The metrics of one client that follow from his attributes, tickets and surveys.
struct RecordRow: BitwiseCopyable {
    var tenureDays: Int32
    var tickets: TicketSums
    var lastNPS: Int32
    var daysSinceLastSurvey: Int32
    var contractMonths: Int32
    var daysToRenewal: Int32

    init(_ context: RefineContext, client: Int, contractMonths: Int, daysToRenewal: Int32) {
        tenureDays = context.asOf - context.creationDay[client]
        tickets = context.tickets[client]
        let survey = Int(context.lastSurvey[client])
        lastNPS = survey < 0 ? ClientMetrics.unknown : Int32(context.surveyScore[survey])
        daysSinceLastSurvey = survey < 0 ? ClientMetrics.unknown : context.surveyClock - context.surveyDay[survey]
        self.contractMonths = Int32(clamping: contractMonths)
        self.daysToRenewal = daysToRenewal
    }
}

/// Where every metric that is kept comes from: a line each.
extension ClientMetrics {
    /// Appends the metrics of some clients.
    mutating func append(_ activities: [ActivityRow], _ records: [RecordRow]) {
        store(activities, at: nil)
        let rows = MetricRows(records, at: nil)
        rows.put(.tenureDays, &self) { $0.tenureDays }
        rows.put(.ticketsTotal, &self) { $0.tickets.total }
        rows.put(.tickets30Days, &self) { $0.tickets.last30 }
        rows.put(.openTickets, &self) { $0.tickets.open }
        rows.put(.openTicketsOlderThan7Days, &self) { $0.tickets.openOlder }
        rows.put(.meanResolutionHours, &self) { $0.tickets.meanResolutionHours }
        rows.put(.meanSatisfaction, &self) { $0.tickets.meanSatisfaction }
        rows.put(.recentSatisfaction, &self) { $0.tickets.recentSatisfaction }
        rows.put(.lastNPS, &self) { $0.lastNPS }
        rows.put(.daysSinceLastSurvey, &self) { $0.daysSinceLastSurvey }
        rows.put(.contractMonths, &self) { $0.contractMonths }
        rows.put(.daysToRenewal, &self) { $0.daysToRenewal }
    }

    /// Puts the metrics that follow from events and transactions in the place of those that are there.
    mutating func replace(_ activities: [ActivityRow], at positions: [Int]) { store(activities, at: positions) }

    private mutating func store(_ activities: [ActivityRow], at positions: [Int]?) {
        let rows = MetricRows(activities, at: positions)
        rows.put(.eventsTotal, &self) { $0.totals.events }
        rows.put(.eventsLast30Days, &self) { $0.events.last30 }
        rows.put(.eventsPrevious30Days, &self) { $0.events.previous30 }
        rows.put(.activeDaysLast30Days, &self) { $0.events.activeDays30 }
        rows.put(.distinctFeaturesLast30Days, &self) { $0.events.features30 }
        rows.put(.activeDaysLast28Days, &self) { $0.events.activeDays28 }
        rows.put(.eventsLast28Days, &self) { $0.events.last28 }
        rows.put(.eventsPrevious28Days, &self) { $0.events.previous28 }
        rows.put(.distinctFeaturesLast28Days, &self) { $0.events.features28 }
        rows.put(.averageEvents30Days, &self) { $0.averageEvents }
        rows.put(.engagementScore, &self) { $0.engagementScore }
        rows.put(.daysSinceLastEvent, &self) { $0.daysSinceLastEvent }
        rows.put(.daysSinceLastLogin, &self) { $0.daysSinceLastLogin }
        rows.put(.transactionsTotal, &self) { $0.totals.payments }
        rows.put(.totalAmount, &self) { $0.totals.amount }
        rows.put(.positiveAmount, &self) { $0.totals.positiveAmount }
        rows.put(.revenue90Days, &self) { $0.money.last90 }
        rows.put(.revenuePrevious90Days, &self) { $0.money.previous90 }
        rows.put(.daysSinceLastTransaction, &self) { $0.daysSinceLastTransaction }
        rows.put(.mrr, &self) { $0.mrr }
        rows.put(.mrrDecline, &self) { $0.mrrDecline }
    }
}

/// Rows of which metrics are made, column by column.
private struct MetricRows<Row> {
    private let rows: [Row]
    /// Where their clients stand; nil for clients that are new.
    private let positions: [Int]?

    init(_ rows: [Row], at positions: [Int]?) {
        self.rows = rows
        self.positions = positions
    }

    @inline(__always)
    func put(_ metric: ClientMetric, _ metrics: inout ClientMetrics, _ value: (Row) -> Int32) {
        put(&metrics[whole: metric], value)
    }

    @inline(__always)
    func put(_ metric: ClientMetric, _ metrics: inout ClientMetrics, _ value: (Row) -> Double) {
        put(&metrics[real: metric], value)
    }

    @inline(__always)
    func put(_ metric: ClientMetric, _ metrics: inout ClientMetrics, _ value: (Row) -> Int64) {
        put(&metrics[money: metric], value)
    }

    @inline(__always)
    private func put<Value: Equatable>(_ column: inout [Value], _ value: (Row) -> Value) {
        rows.withUnsafeBufferPointer { rows in
            if let positions {
                // What is there already is not written: a column that nobody has written to is shared with the
                // generation before.
                for (row, position) in zip(rows, positions) {
                    let value = value(row)
                    if column[position] != value { column[position] = value }
                }
            } else {
                for row in rows { column.append(value(row)) }
            }
        }
    }
}
