import Records

/// The metrics of a range of clients.
struct GoldPart {
    var clients: [UInt32] = []
    var metrics = ClientMetrics()

    /// Clients are worked out row by row and stored column by column, some hundred at a time.
    private static let rowsAtOnce = 512

    init(_ context: RefineContext, clients range: Range<Int>) {
        metrics.reserve(range.count)
        clients.reserveCapacity(range.count)
        var events = RecentEvents(context, firstClient: range.lowerBound)
        var transactions = RecentTransactions(context, firstClient: range.lowerBound)
        // Days to the renewal of the usual term, by the day of signing up: clients share few days.
        var renewals: [Int32: Int32] = [:]
        var rows: [ClientRow] = []
        rows.reserveCapacity(GoldPart.rowsAtOnce)
        for client in range {
            let creation = context.creationDay[client]
            guard context.isKnown[client], creation <= context.asOf else { continue }
            clients.append(UInt32(client))
            let term = context.contractMonths(client)
            rows.append(
                ClientRow(
                    context, client: client, events: events.run(client), money: transactions.run(client),
                    contractMonths: term,
                    daysToRenewal: GoldPart.daysToRenewal(context, client, termMonths: term, &renewals)))
            if rows.count == GoldPart.rowsAtOnce {
                metrics.append(rows)
                rows.removeAll(keepingCapacity: true)
            }
        }
        metrics.append(rows)
    }

    private static func daysToRenewal(
        _ context: RefineContext, _ client: Int, termMonths: Int, _ known: inout [Int32: Int32]
    ) -> Int32 {
        let end = context.contractEndDay[client]
        if end != ClientTable.unknownDay { return end - context.asOf }
        let creation = context.creationDay[client]
        guard termMonths == context.settings.contractMonthsDefault else {
            return firstAnniversary(after: creation, termMonths: termMonths, asOf: context.asOf)
        }
        if let days = known[creation] { return days }
        let days = firstAnniversary(after: creation, termMonths: termMonths, asOf: context.asOf)
        known[creation] = days
        return days
    }

    /// Days from the as-of day to the first anniversary of the term on or after it.
    private static func firstAnniversary(after creation: Int32, termMonths: Int, asOf: Int32) -> Int32 {
        let start = Day(rawValue: creation)
        let asOf = Day(rawValue: asOf)
        let elapsed = Int(asOf.month.rawValue - start.month.rawValue)
        var term = max(1, elapsed / termMonths)
        while start.advanced(byMonths: term * termMonths) < asOf { term += 1 }
        return Int32(asOf.days(to: start.advanced(byMonths: term * termMonths)))
    }
}

/// All metrics of one client.
private struct ClientRow: BitwiseCopyable {
    var tenureDays: Int32
    var totals: ClientHistory.Totals
    var events: RecentEvents.Result
    var money: RecentTransactions.Result
    var averageEvents: Double
    var engagementScore: Double
    var daysSinceLastEvent: Int32
    var daysSinceLastLogin: Int32
    var daysSinceLastTransaction: Int32
    var tickets: TicketSums
    var lastNPS: Int32
    var daysSinceLastSurvey: Int32
    var contractMonths: Int32
    var daysToRenewal: Int32
    var mrr: Int64

    init(
        _ context: RefineContext, client: Int, events: RecentEvents.Result, money: RecentTransactions.Result,
        contractMonths: Int, daysToRenewal: Int32
    ) {
        let asOf = context.asOf
        func since(_ day: Int32) -> Int32 { day == Int32.min ? ClientMetrics.unknown : asOf - day }
        let creation = context.creationDay[client]
        totals = context.totals[client]
        self.events = events
        self.money = money
        tenureDays = asOf - creation
        let observed = max(30, Int(asOf) + 1 - Int(max(creation, context.firstEventDay)))
        averageEvents = Double(Int(totals.events) * 30) / Double(observed)
        engagementScore = totals.events > 0 ? Double(events.last30) / averageEvents : 0
        daysSinceLastEvent = since(totals.lastEventDay)
        daysSinceLastLogin = since(totals.lastLoginDay)
        daysSinceLastTransaction = since(totals.lastPaymentDay)
        tickets = context.tickets[client]
        let survey = Int(context.lastSurvey[client])
        lastNPS = survey < 0 ? ClientMetrics.unknown : Int32(context.surveyScore[survey])
        daysSinceLastSurvey = survey < 0 ? ClientMetrics.unknown : asOf - context.surveyDay[survey]
        self.contractMonths = Int32(clamping: contractMonths)
        self.daysToRenewal = daysToRenewal
        mrr = totals.lastMonth == context.asOfMonth ? totals.lastMonthRecurring : 0
    }
}

extension ClientMetrics {
    fileprivate mutating func append(_ rows: [ClientRow]) {
        func add<Value>(_ column: inout [Value], _ value: (ClientRow) -> Value) {
            rows.withUnsafeBufferPointer { rows in
                for row in rows { column.append(value(row)) }
            }
        }
        add(&tenureDays) { $0.tenureDays }
        add(&eventsTotal) { $0.totals.events }
        add(&eventsLast30Days) { $0.events.last30 }
        add(&eventsPrevious30Days) { $0.events.previous30 }
        add(&activeDaysLast30Days) { $0.events.activeDays30 }
        add(&distinctFeaturesLast30Days) { $0.events.features30 }
        add(&activeDaysLast28Days) { $0.events.activeDays28 }
        add(&eventsLast28Days) { $0.events.last28 }
        add(&eventsPrevious28Days) { $0.events.previous28 }
        add(&distinctFeaturesLast28Days) { $0.events.features28 }
        add(&averageEvents30Days) { $0.averageEvents }
        add(&engagementScore) { $0.engagementScore }
        add(&daysSinceLastEvent) { $0.daysSinceLastEvent }
        add(&daysSinceLastLogin) { $0.daysSinceLastLogin }
        add(&transactionsTotal) { $0.totals.payments }
        add(&totalAmount) { $0.totals.amount }
        add(&positiveAmount) { $0.totals.positiveAmount }
        add(&revenue90Days) { $0.money.last90 }
        add(&revenuePrevious90Days) { $0.money.previous90 }
        add(&daysSinceLastTransaction) { $0.daysSinceLastTransaction }
        add(&mrr) { $0.mrr }
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
}
