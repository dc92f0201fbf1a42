import Records

/// Adds up clients' whole past: their months, and the totals that do not depend on a window.
struct HistoryPass {
    private let context: HistoryContext
    private var events: SliceWalker
    private var transactions: SliceWalker
    private let eventSegments: [EventSegment]
    private let transactionSegments: [TransactionSegment]
    private var eventMonths: [ClientMonth] = []
    private var moneyMonths: [ClientMonth] = []
    /// The months of all clients so far.
    private(set) var months: [ClientMonth] = []

    init(_ context: HistoryContext, firstClient: Int) {
        self.context = context
        eventSegments = context.silver.events.segments
        transactionSegments = context.silver.transactions.segments
        events = SliceWalker(eventSegments.map(\.slices), firstClient: firstClient)
        transactions = SliceWalker(transactionSegments.map(\.slices), firstClient: firstClient)
    }

    /// Clients come in ascending order.
    mutating func run(_ client: Int) -> (totals: ClientHistory.Totals, start: Int, count: Int) {
        var totals = ClientHistory.Totals()
        events.advance(to: client)
        transactions.advance(to: client)
        eventMonths.removeAll(keepingCapacity: true)
        moneyMonths.removeAll(keepingCapacity: true)
        addEvents(&totals)
        addTransactions(client, &totals)
        let start = months.count
        mergeMonths(&totals)
        return (totals, start, months.count - start)
    }

    private mutating func addEvents(_ totals: inout ClientHistory.Totals) {
        var used = 0
        let kinds = context.isLogin
        func isLogin(_ event: PackedEvent) -> Bool { kinds[Int(event.kind)] }
        for index in eventSegments.indices where !events.slices[index].isEmpty {
            let slice = events.slices[index]
            eventSegments[index].values.withUnsafeBufferPointer { events in
                let end = events.end(of: slice, below: context.eventEnd)
                guard end > slice.lowerBound else { return }
                used += 1
                totals.events &+= Int32(truncatingIfNeeded: end - slice.lowerBound)
                totals.lastEventDay = max(totals.lastEventDay, events[end - 1].day)
                // The last login is near the end, as a rule.
                var at = end - 1
                while at >= slice.lowerBound {
                    if isLogin(events[at]) {
                        totals.lastLoginDay = max(totals.lastLoginDay, events[at].day)
                        break
                    }
                    at -= 1
                }
                // Where there is one, the first is near the start.
                if at >= slice.lowerBound, let first = events[slice.lowerBound...at].first(where: isLogin) {
                    totals.firstLoginDay = min(totals.firstLoginDay, first.day)
                }
                at = slice.lowerBound
                while at < end {
                    let month = context.calendar.month(of: events[at].day)
                    let monthEnd = PackedEvent.lowerBound(day: context.calendar.end(of: month))
                    let first = at
                    repeat { at &+= 1 } while at < end && events[at] < monthEnd
                    var entry = ClientMonth(month: month)
                    entry.events = Int32(truncatingIfNeeded: at - first)
                    eventMonths.append(entry)
                }
            }
        }
        if used > 1 { ClientMonth.mergeSorted(&eventMonths) }
    }

    /// Refunds and payments are added up apart, and joined at the end: where amounts are so large that sums are cut, what
    /// comes out does not depend on the order of the records all the same. Until ``mergeMonths(_:)`` the revenue of a
    /// month is that of its refunds.
    private mutating func addTransactions(_ client: Int, _ totals: inout ClientHistory.Totals) {
        var used = 0
        let billingMonths = context.billingMonths(client)
        for index in transactionSegments.indices where !transactions.slices[index].isEmpty {
            let slice = transactions.slices[index]
            used += 1
            transactionSegments[index].values.withUnsafeBufferPointer { transactions in
                var entry = ClientMonth(month: .min)
                var monthEnd = Int32.min
                for at in slice {
                    let transaction = transactions[at]
                    if transaction.day > context.through { break }
                    let amount = context.amounts.base(transaction)
                    if transaction.day >= monthEnd {
                        if entry.month != .min { moneyMonths.append(entry) }
                        entry = ClientMonth(month: context.calendar.month(of: transaction.day))
                        monthEnd = context.calendar.end(of: entry.month)
                    }
                    guard amount > 0 else {
                        entry.revenue = entry.revenue.addingSaturated(amount)
                        totals.amount = totals.amount.addingSaturated(amount)
                        continue
                    }
                    entry.payments &+= 1
                    entry.positive = entry.positive.addingSaturated(amount)
                    totals.payments &+= 1
                    totals.positiveAmount = totals.positiveAmount.addingSaturated(amount)
                    totals.lastPaymentDay = max(totals.lastPaymentDay, transaction.day)
                    totals.firstPaymentDay = min(totals.firstPaymentDay, transaction.day)
                    entry.recurring = entry.recurring.addingSaturated(amount)
                    if billingMonths > 1 { cover(amount, billingMonths, from: entry.month) }
                }
                if entry.month != .min { moneyMonths.append(entry) }
            }
        }
        totals.amount = totals.positiveAmount.addingSaturated(totals.amount)
        if used > 1 || billingMonths > 1 { ClientMonth.mergeSorted(&moneyMonths) }
        guard billingMonths > 1 else { return }
        for index in moneyMonths.indices {
            moneyMonths[index].recurring = moneyMonths[index].recurring.dividedHalfEven(by: Int64(billingMonths))
        }
    }

    /// Enters a payment into the later months that it covers, the as-of month at most: whole, for what covers a month is
    /// divided once, when all of it is known. Shares that were rounded payment by payment would differ by a micro-unit
    /// where nothing has changed, and that would be a movement of revenue.
    private mutating func cover(_ amount: Int64, _ count: Int, from month: Int32) {
        for offset in 1..<Int32(clamping: count) where month + offset <= context.lastMonth {
            var later = ClientMonth(month: month + offset)
            later.recurring = amount
            moneyMonths.append(later)
        }
    }

    /// Joins the months of events and of money; says which are active.
    private mutating func mergeMonths(_ totals: inout ClientHistory.Totals) {
        var event = 0
        var money = 0
        var hash: UInt64 = 0
        while event < eventMonths.count || money < moneyMonths.count {
            let eventMonth = event < eventMonths.count ? eventMonths[event].month : .max
            let moneyMonth = money < moneyMonths.count ? moneyMonths[money].month : .max
            var entry: ClientMonth
            if moneyMonth <= eventMonth {
                entry = moneyMonths[money]
                money += 1
                if moneyMonth == eventMonth {
                    entry.events = eventMonths[event].events
                    event += 1
                }
            } else {
                entry = eventMonths[event]
                event += 1
            }
            entry.revenue = entry.positive.addingSaturated(entry.revenue)
            entry.isActive =
                (context.countsEngagement && entry.events > 0) || (context.countsTransactions && entry.payments > 0)
            entry.hash(into: &hash)
            months.append(entry)
        }
        totals.monthsHash = hash
        if let last = months.last, event + money > 0 {
            totals.lastMonth = last.month
            totals.lastMonthRecurring = last.recurring
        }
    }
}

extension ClientMonth {
    /// Sorts months and adds up those that are there more than once.
    static func mergeSorted(_ months: inout [ClientMonth]) {
        guard months.count > 1 else { return }
        months.sort { $0.month < $1.month }
        var kept = 0
        for index in 1..<months.count {
            if months[index].month == months[kept].month {
                months[kept].events &+= months[index].events
                months[kept].payments &+= months[index].payments
                months[kept].revenue = months[kept].revenue.addingSaturated(months[index].revenue)
                months[kept].positive = months[kept].positive.addingSaturated(months[index].positive)
                months[kept].recurring = months[kept].recurring.addingSaturated(months[index].recurring)
            } else {
                kept += 1
                months[kept] = months[index]
            }
        }
        months.removeLast(months.count - 1 - kept)
    }

    @inline(__always)
    fileprivate func hash(into state: inout UInt64) {
        func mix(_ value: UInt64) {
            state = (state ^ value) &* 0x9FB2_1C65_1E98_DF25
            state ^= state >> 32
        }
        mix(UInt64(UInt32(bitPattern: month)) << 32 | UInt64(UInt32(bitPattern: events)))
        mix(UInt64(UInt32(bitPattern: payments)) << 1 | (isActive ? 1 : 0))
        mix(UInt64(bitPattern: revenue))
        mix(UInt64(bitPattern: positive))
        mix(UInt64(bitPattern: recurring))
    }
}
