import Records

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

    init(
        _ context: RefineContext, client: Int, _ events: RecentEvents.Result, _ money: RecentTransactions.Result
    ) {
        let asOf = context.asOf
        func since(_ day: Int32) -> Int32 { day == Int32.min ? ClientMetrics.unknown : asOf - day }
        totals = context.totals[client]
        self.events = events
        self.money = money
        let observed = max(30, Int(asOf) + 1 - Int(max(context.creationDay[client], context.firstEventDay)))
        averageEvents = Double(Int(totals.events) * 30) / Double(observed)
        engagementScore = totals.events > 0 ? Double(events.last30) / averageEvents : 0
        daysSinceLastEvent = since(totals.lastEventDay)
        daysSinceLastLogin = since(totals.lastLoginDay)
        daysSinceLastTransaction = since(totals.lastPaymentDay)
        mrr = totals.lastMonth == context.asOfMonth ? totals.lastMonthRecurring : 0
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
        daysSinceLastSurvey = survey < 0 ? ClientMetrics.unknown : context.asOf - context.surveyDay[survey]
        self.contractMonths = Int32(clamping: contractMonths)
        self.daysToRenewal = daysToRenewal
    }
}

extension ClientMetrics {
    /// Appends the metrics of some clients.
    mutating func append(_ activities: [ActivityRow], _ records: [RecordRow]) {
        store(activities, at: nil)
        func add<Value>(_ column: inout [Value], _ value: (RecordRow) -> Value) {
            records.withUnsafeBufferPointer { records in
                for record in records { column.append(value(record)) }
            }
        }
        add(&tenureDays) { $0.tenureDays }
        add(&ticketsTotal) { $0.tickets.total }
        add(&tickets30Days) { $0.tickets.last30 }
        add(&openTickets) { $0.tickets.open }
        add(&openTicketsOlderThan7Days) { $0.tickets.openOlder }
        add(&meanResolutionHours) { $0.tickets.meanResolutionHours }
        add(&meanSatisfaction) { $0.tickets.meanSatisfaction }
        add(&recentSatisfaction) { $0.tickets.recentSatisfaction }
        add(&lastNPS) { $0.lastNPS }
        add(&daysSinceLastSurvey) { $0.daysSinceLastSurvey }
        add(&contractMonths) { $0.contractMonths }
        add(&daysToRenewal) { $0.daysToRenewal }
    }

    /// Puts the metrics that follow from events and transactions in the place of those that are there.
    mutating func replace(_ activities: [ActivityRow], at positions: [Int]) { store(activities, at: positions) }

    private mutating func store(_ activities: [ActivityRow], at positions: [Int]?) {
        func put<Value>(_ column: inout [Value], _ value: (ActivityRow) -> Value) {
            activities.withUnsafeBufferPointer { activities in
                if let positions {
                    for (activity, position) in zip(activities, positions) { column[position] = value(activity) }
                } else {
                    for activity in activities { column.append(value(activity)) }
                }
            }
        }
        put(&eventsTotal) { $0.totals.events }
        put(&eventsLast30Days) { $0.events.last30 }
        put(&eventsPrevious30Days) { $0.events.previous30 }
        put(&activeDaysLast30Days) { $0.events.activeDays30 }
        put(&distinctFeaturesLast30Days) { $0.events.features30 }
        put(&activeDaysLast28Days) { $0.events.activeDays28 }
        put(&eventsLast28Days) { $0.events.last28 }
        put(&eventsPrevious28Days) { $0.events.previous28 }
        put(&distinctFeaturesLast28Days) { $0.events.features28 }
        put(&averageEvents30Days) { $0.averageEvents }
        put(&engagementScore) { $0.engagementScore }
        put(&daysSinceLastEvent) { $0.daysSinceLastEvent }
        put(&daysSinceLastLogin) { $0.daysSinceLastLogin }
        put(&transactionsTotal) { $0.totals.payments }
        put(&totalAmount) { $0.totals.amount }
        put(&positiveAmount) { $0.totals.positiveAmount }
        put(&revenue90Days) { $0.money.last90 }
        put(&revenuePrevious90Days) { $0.money.previous90 }
        put(&daysSinceLastTransaction) { $0.daysSinceLastTransaction }
        put(&mrr) { $0.mrr }
    }
}
