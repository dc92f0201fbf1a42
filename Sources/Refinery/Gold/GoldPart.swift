import Records

/// The metrics of a range of clients.
struct GoldPart {
    var clients: [UInt32] = []
    var metrics = ClientMetrics()
    var ticketCounts: [UInt32] = []
    var ticketRows: [UInt32] = []
    var surveyCounts: [UInt32] = []
    var surveyRows: [UInt32] = []
    /// Days to the renewal of the usual term, by the day of signing up: clients share few days.
    private var renewals: [Int32: Int32] = [:]

    init(_ context: RefineContext, clients range: Range<Int>) {
        let silver = context.silver
        let asOf = context.asOf
        metrics.reserve(range.count)
        var events = RecentEvents(context, firstClient: range.lowerBound)
        var transactions = RecentTransactions(context, firstClient: range.lowerBound)
        for client in range {
            let creation = silver.clients.creationDay[client]
            guard silver.clients.isKnown[client], creation <= asOf else { continue }
            clients.append(UInt32(client))
            let totals = context.history.totals[client]
            append(events.run(client), totals, creation: creation, context)
            append(transactions.run(client), totals, mrr: context.recurringRevenue(client), context)
            appendTickets(client, context)
            appendSurveys(client, context)
            appendContract(client, creation: creation, context)
        }
    }

    private func since(_ day: Int32, _ asOf: Int32) -> Int32 {
        day == Int32.min ? ClientMetrics.unknown : asOf - day
    }

    private mutating func append(
        _ activity: RecentEvents.Result, _ totals: ClientHistory.Totals, creation: Int32, _ context: RefineContext
    ) {
        let asOf = context.asOf
        metrics.tenureDays.append(asOf - creation)
        metrics.eventsTotal.append(totals.events)
        metrics.eventsLast30Days.append(activity.last30)
        metrics.eventsPrevious30Days.append(activity.previous30)
        metrics.activeDaysLast30Days.append(activity.activeDays30)
        metrics.distinctFeaturesLast30Days.append(activity.features30)
        metrics.activeDaysLast28Days.append(activity.activeDays28)
        metrics.eventsLast28Days.append(activity.last28)
        metrics.eventsPrevious28Days.append(activity.previous28)
        metrics.distinctFeaturesLast28Days.append(activity.features28)
        let observed = max(30, Int(asOf) + 1 - Int(max(creation, context.firstEventDay)))
        let average = Double(Int(totals.events) * 30) / Double(observed)
        metrics.averageEvents30Days.append(average)
        metrics.engagementScore.append(totals.events > 0 ? Double(activity.last30) / average : 0)
        metrics.daysSinceLastEvent.append(since(totals.lastEventDay, asOf))
        metrics.daysSinceLastLogin.append(since(totals.lastLoginDay, asOf))
    }

    private mutating func append(
        _ money: RecentTransactions.Result, _ totals: ClientHistory.Totals, mrr: Int64, _ context: RefineContext
    ) {
        metrics.transactionsTotal.append(totals.payments)
        metrics.totalAmount.append(totals.amount)
        metrics.positiveAmount.append(totals.positiveAmount)
        metrics.revenue90Days.append(money.last90)
        metrics.revenuePrevious90Days.append(money.previous90)
        metrics.daysSinceLastTransaction.append(since(totals.lastPaymentDay, context.asOf))
        metrics.mrr.append(mrr)
    }

    private mutating func appendTickets(_ client: Int, _ context: RefineContext) {
        let tickets = context.silver.tickets
        let endOfDay = Int64(context.asOf + 1) * 86_400_000
        var total: Int32 = 0
        var last30: Int32 = 0
        var open: Int32 = 0
        var openOlder: Int32 = 0
        var resolved = 0
        var resolutionSum: Int64 = 0
        var scored = 0
        var scoreSum = 0
        var recentScored = 0
        var recentScoreSum = 0
        let windowStart = endOfDay - 30 * 86_400_000
        let ratedStart = endOfDay - 180 * 86_400_000
        for row in context.tickets.rows(of: client) {
            let created = tickets.createdAt[Int(row)]
            guard created < endOfDay else { continue }
            ticketRows.append(row)
            total += 1
            if created >= windowStart { last30 += 1 }
            let resolvedAt = tickets.resolvedAt[Int(row)]
            let isResolved = resolvedAt != TicketTable.unresolved && resolvedAt < endOfDay
            if isResolved {
                resolved += 1
                resolutionSum += resolvedAt - created
            } else {
                open += 1
                if created < endOfDay - 8 * 86_400_000 { openOlder += 1 }
            }
            // A rating given when the ticket is resolved after the as-of day is not known yet.
            let score = Int(tickets.satisfaction[Int(row)])
            if score > 0, isResolved || resolvedAt == TicketTable.unresolved {
                scored += 1
                scoreSum += score
                if created >= ratedStart {
                    recentScored += 1
                    recentScoreSum += score
                }
            }
        }
        ticketCounts.append(UInt32(total))
        metrics.ticketsTotal.append(total)
        metrics.tickets30Days.append(last30)
        metrics.openTickets.append(open)
        metrics.openTicketsOlderThan7Days.append(openOlder)
        metrics.meanResolutionHours.append(
            resolved > 0 ? Double(resolutionSum) / Double(resolved) / 3_600_000 : .nan)
        metrics.meanSatisfaction.append(scored > 0 ? Double(scoreSum) / Double(scored) : .nan)
        metrics.recentSatisfaction.append(recentScored > 0 ? Double(recentScoreSum) / Double(recentScored) : .nan)
    }

    private mutating func appendSurveys(_ client: Int, _ context: RefineContext) {
        let surveys = context.silver.surveys
        var best = -1
        var count: UInt32 = 0
        for row in context.surveys.rows(of: client) {
            let row = Int(row)
            guard surveys.day[row] <= context.asOf else { continue }
            surveyRows.append(UInt32(row))
            count += 1
            if best < 0 || surveys.day[row] > surveys.day[best]
                || (surveys.day[row] == surveys.day[best] && precedes(surveys.id, best, row))
            {
                best = row
            }
        }
        surveyCounts.append(count)
        metrics.lastNPS.append(best < 0 ? ClientMetrics.unknown : Int32(surveys.score[best]))
        metrics.daysSinceLastSurvey.append(best < 0 ? ClientMetrics.unknown : context.asOf - surveys.day[best])
    }

    private func precedes(_ ids: TextColumn, _ lhs: Int, _ rhs: Int) -> Bool {
        ids.withBytes(at: lhs) { left in ids.withBytes(at: rhs) { right in left.lexicographicallyPrecedes(right) } }
    }

    private mutating func appendContract(_ client: Int, creation: Int32, _ context: RefineContext) {
        let clients = context.silver.clients
        let months = context.contractMonths(client)
        metrics.contractMonths.append(Int32(months))
        let end = clients.contractEndDay[client]
        if end != ClientTable.unknownDay {
            metrics.daysToRenewal.append(end - context.asOf)
            return
        }
        if months == context.settings.contractMonthsDefault, let known = renewals[creation] {
            metrics.daysToRenewal.append(known)
            return
        }
        let days = GoldPart.daysToRenewal(creation: creation, termMonths: months, asOf: context.asOf)
        if months == context.settings.contractMonthsDefault { renewals[creation] = days }
        metrics.daysToRenewal.append(days)
    }

    /// To the first anniversary of the term on or after the as-of day.
    private static func daysToRenewal(creation: Int32, termMonths: Int, asOf: Int32) -> Int32 {
        let start = Day(rawValue: creation)
        let asOf = Day(rawValue: asOf)
        let elapsed = Int(asOf.month.rawValue - start.month.rawValue)
        var term = max(1, elapsed / termMonths)
        while start.advanced(byMonths: term * termMonths) < asOf { term += 1 }
        return Int32(asOf.days(to: start.advanced(byMonths: term * termMonths)))
    }
}

extension RefineContext {
    func contractMonths(_ client: Int) -> Int {
        if settings.contractMonths.isEmpty { return max(1, settings.contractMonthsDefault) }
        let type = silver.clients.subscriptionType[client] ?? ""
        return max(1, settings.contractMonths[type] ?? settings.contractMonthsDefault)
    }
}
