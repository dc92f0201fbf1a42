public import Records

/// What a group of clients did in one month. All fields add up over groups.
public struct MonthlyCell: Sendable, Equatable, BitwiseCopyable {
    public var activeCustomers: Int32 = 0
    public var newCustomers: Int32 = 0
    /// Clients whose last active month is the month before.
    public var churnedCustomers: Int32 = 0
    public var payingCustomers: Int32 = 0
    public var transactions: Int32 = 0
    public var events: Int64 = 0
    /// Micro-units, as all amounts here.
    public var revenue: Int64 = 0
    /// Of amounts above 0.
    public var positiveRevenue: Int64 = 0
    /// Revenue of clients who also paid in the month before.
    public var repeatRevenue: Int64 = 0
    public var mrr: Int64 = 0
    public var tickets: Int32 = 0
    /// Tickets created in the month that are resolved, and the time that took, in milliseconds.
    public var resolvedTickets: Int32 = 0
    public var resolutionTime: Int64 = 0
    public var ratedTickets: Int32 = 0
    public var ratingSum: Int32 = 0
    public var surveyAnswers: Int32 = 0
    public var promoters: Int32 = 0
    public var detractors: Int32 = 0
    public var movements = RevenueMovements()

    public init() {}

    public static func += (lhs: inout MonthlyCell, rhs: MonthlyCell) {
        lhs.activeCustomers += rhs.activeCustomers
        lhs.newCustomers += rhs.newCustomers
        lhs.churnedCustomers += rhs.churnedCustomers
        lhs.payingCustomers += rhs.payingCustomers
        lhs.transactions += rhs.transactions
        lhs.events += rhs.events
        lhs.revenue = lhs.revenue.addingSaturated(rhs.revenue)
        lhs.positiveRevenue = lhs.positiveRevenue.addingSaturated(rhs.positiveRevenue)
        lhs.repeatRevenue = lhs.repeatRevenue.addingSaturated(rhs.repeatRevenue)
        lhs.mrr = lhs.mrr.addingSaturated(rhs.mrr)
        lhs.tickets += rhs.tickets
        lhs.resolvedTickets += rhs.resolvedTickets
        lhs.resolutionTime += rhs.resolutionTime
        lhs.ratedTickets += rhs.ratedTickets
        lhs.ratingSum += rhs.ratingSum
        lhs.surveyAnswers += rhs.surveyAnswers
        lhs.promoters += rhs.promoters
        lhs.detractors += rhs.detractors
        lhs.movements += rhs.movements
    }

    public var isEmpty: Bool { self == MonthlyCell() }

    /// 100 · (promoters − detractors) / answers; nil without answers.
    public var nps: Double? {
        surveyAnswers > 0 ? 100 * Double(promoters - detractors) / Double(surveyAnswers) : nil
    }

    /// Mean over tickets created in the month that are resolved by the as-of day.
    public var meanResolutionHours: Double? {
        resolvedTickets > 0 ? Double(resolutionTime) / Double(resolvedTickets) / 3_600_000 : nil
    }

    /// Mean rating 1…5.
    public var csat: Double? { ratedTickets > 0 ? Double(ratingSum) / Double(ratedTickets) : nil }
}

/// How monthly recurring revenue moved from the month before: starting + all movements = ending, exactly.
public struct RevenueMovements: Sendable, Equatable, BitwiseCopyable {
    public var starting: Int64 = 0
    public var new: Int64 = 0
    public var reactivation: Int64 = 0
    public var expansion: Int64 = 0
    /// Not above 0.
    public var contraction: Int64 = 0
    /// Not above 0.
    public var churn: Int64 = 0
    public var ending: Int64 = 0
    public var startingCustomers: Int32 = 0
    public var newCustomers: Int32 = 0
    public var reactivationCustomers: Int32 = 0
    public var expansionCustomers: Int32 = 0
    public var contractionCustomers: Int32 = 0
    public var churnCustomers: Int32 = 0

    public init() {}

    public static func += (lhs: inout RevenueMovements, rhs: RevenueMovements) {
        lhs.starting = lhs.starting.addingSaturated(rhs.starting)
        lhs.new = lhs.new.addingSaturated(rhs.new)
        lhs.reactivation = lhs.reactivation.addingSaturated(rhs.reactivation)
        lhs.expansion = lhs.expansion.addingSaturated(rhs.expansion)
        lhs.contraction = lhs.contraction.addingSaturated(rhs.contraction)
        lhs.churn = lhs.churn.addingSaturated(rhs.churn)
        lhs.ending = lhs.ending.addingSaturated(rhs.ending)
        lhs.startingCustomers += rhs.startingCustomers
        lhs.newCustomers += rhs.newCustomers
        lhs.reactivationCustomers += rhs.reactivationCustomers
        lhs.expansionCustomers += rhs.expansionCustomers
        lhs.contractionCustomers += rhs.contractionCustomers
        lhs.churnCustomers += rhs.churnCustomers
    }

    /// Net revenue retention: what the clients who paid in the month before pay now, over what they paid. Nil when
    /// nobody did. New and reactivated revenue stand outside.
    public var nrr: Double? {
        starting > 0 ? Double(starting + expansion + contraction + churn) / Double(starting) : nil
    }

    /// Gross revenue retention: as `nrr` without expansion; never above 1.
    public var grr: Double? { starting > 0 ? Double(starting + contraction + churn) / Double(starting) : nil }

    /// The share of paying clients of the month before who pay nothing now.
    public var logoChurn: Double? {
        startingCustomers > 0 ? Double(churnCustomers) / Double(startingCustomers) : nil
    }
}

/// Monthly cells of groups of clients: dense, by month and group.
public struct MonthlyRollup: Sendable {
    public let firstMonth: Month
    /// The month of the as-of day, which is not over yet.
    public let lastMonth: Month
    public let groupCount: Int
    private var cells: [MonthlyCell]

    /// - Parameters:
    ///   - group: the group of every position; a negative one leaves the client out.
    public init(_ gold: GoldTables, silver: SilverTables, group: [Int32], groupCount: Int) {
        lastMonth = gold.asOf.month
        self.groupCount = groupCount
        var first = lastMonth.rawValue
        for month in gold.months.months where month.month < first { first = month.month }
        for (position, client) in gold.clients.enumerated() where group[position] >= 0 {
            first = min(first, Day(rawValue: silver.clients.creationDay[Int(client)]).month.rawValue)
        }
        for row in gold.tickets.rows {
            first = min(first, Instant(rawValue: silver.tickets.createdAt[Int(row)]).day.month.rawValue)
        }
        for row in gold.surveys.rows { first = min(first, Day(rawValue: silver.surveys.day[Int(row)]).month.rawValue) }
        firstMonth = Month(rawValue: first)
        cells = Array(
            repeating: MonthlyCell(), count: Int(lastMonth.rawValue - first + 1) * groupCount)
        let endOfDay = Int64(gold.asOf.rawValue + 1) * 86_400_000
        let last = lastMonth.rawValue
        cells.withUnsafeMutableBufferPointer { cells in
            gold.months.months.withUnsafeBufferPointer { months in
                for position in 0..<gold.count where group[position] >= 0 {
                    let column = Int(group[position])
                    func at(_ month: Int32) -> Int { Int(month &- first) &* groupCount &+ column }
                    let slice = Int(gold.months.starts[position])..<Int(gold.months.starts[position + 1])
                    MonthlyRollup.addMonths(months, slice, last: last, cells, at)
                    let creation = silver.clients.creationDay[Int(gold.clients[position])]
                    cells[at(Day(rawValue: creation).month.rawValue)].newCustomers += 1
                    for row in gold.tickets.rows(of: position) {
                        MonthlyRollup.addTicket(silver.tickets, Int(row), endOfDay: endOfDay, cells, at)
                    }
                    for row in gold.surveys.rows(of: position) {
                        let score = silver.surveys.score[Int(row)]
                        let index = at(Day(rawValue: silver.surveys.day[Int(row)]).month.rawValue)
                        cells[index].surveyAnswers += 1
                        if score >= 9 { cells[index].promoters += 1 }
                        if score <= 6 { cells[index].detractors += 1 }
                    }
                }
            }
        }
        assertStartsAreChained()
    }

    private static func addTicket(
        _ tickets: TicketTable, _ row: Int, endOfDay: Int64, _ cells: UnsafeMutableBufferPointer<MonthlyCell>,
        _ at: (Int32) -> Int
    ) {
        let created = tickets.createdAt[row]
        let index = at(Instant(rawValue: created).day.month.rawValue)
        cells[index].tickets += 1
        let resolved = tickets.resolvedAt[row]
        let isResolved = resolved != TicketTable.unresolved && resolved < endOfDay
        if isResolved {
            cells[index].resolvedTickets += 1
            cells[index].resolutionTime += resolved - created
        }
        if tickets.satisfaction[row] > 0, isResolved || resolved == TicketTable.unresolved {
            cells[index].ratedTickets += 1
            cells[index].ratingSum += Int32(tickets.satisfaction[row])
        }
    }

    @inline(__always)
    private static func addMonths(
        _ months: UnsafeBufferPointer<ClientMonth>, _ slice: Range<Int>, last: Int32,
        _ cells: UnsafeMutableBufferPointer<MonthlyCell>, _ at: (Int32) -> Int
    ) {
        var previousMonth = Int32.min
        var previousRecurring: Int64 = 0
        var previousPaid = false
        var everRecurring = false
        var lastActive = Int32.min
        for position in slice {
            let month = months[position]
            if previousMonth != month.month &- 1 {
                if previousRecurring > 0 { addChurn(cells, at(previousMonth + 1), previousRecurring) }
                previousRecurring = 0
                previousPaid = false
            }
            let index = at(month.month)
            cells[index].events += Int64(month.events)
            cells[index].transactions += month.payments
            cells[index].revenue = cells[index].revenue.addingSaturated(month.revenue)
            cells[index].positiveRevenue = cells[index].positiveRevenue.addingSaturated(month.positive)
            if month.payments > 0 { cells[index].payingCustomers += 1 }
            if previousPaid { cells[index].repeatRevenue = cells[index].repeatRevenue.addingSaturated(month.revenue) }
            if month.isActive {
                cells[index].activeCustomers += 1
                lastActive = month.month
            }
            let recurring = month.recurring
            if recurring > 0 || previousRecurring > 0 {
                cells[index].mrr = cells[index].mrr.addingSaturated(recurring)
                addMovement(
                    &cells[index].movements, from: previousRecurring, to: recurring, everBefore: everRecurring)
            }
            if recurring > 0 { everRecurring = true }
            previousMonth = month.month
            previousRecurring = recurring
            previousPaid = month.payments > 0
        }
        if previousRecurring > 0, previousMonth < last { addChurn(cells, at(previousMonth + 1), previousRecurring) }
        if lastActive != .min, lastActive < last { cells[at(lastActive + 1)].churnedCustomers += 1 }
    }

    private static func addChurn(_ cells: UnsafeMutableBufferPointer<MonthlyCell>, _ index: Int, _ amount: Int64) {
        addMovement(&cells[index].movements, from: amount, to: 0, everBefore: true)
    }

    private static func addMovement(
        _ movements: inout RevenueMovements, from previous: Int64, to current: Int64, everBefore: Bool
    ) {
        if previous > 0 { movements.startingCustomers += 1 }
        movements.starting = movements.starting.addingSaturated(previous)
        movements.ending = movements.ending.addingSaturated(current)
        if previous == 0 {
            if everBefore {
                movements.reactivation = movements.reactivation.addingSaturated(current)
                movements.reactivationCustomers += 1
            } else {
                movements.new = movements.new.addingSaturated(current)
                movements.newCustomers += 1
            }
        } else if current == 0 {
            movements.churn = movements.churn.addingSaturated(-previous)
            movements.churnCustomers += 1
        } else if current > previous {
            movements.expansion = movements.expansion.addingSaturated(current - previous)
            movements.expansionCustomers += 1
        } else if current < previous {
            movements.contraction = movements.contraction.addingSaturated(current - previous)
            movements.contractionCustomers += 1
        }
    }

    /// Every group's starting revenue is the ending revenue of the month before: true by construction, client by
    /// client.
    private func assertStartsAreChained() {
        assert(
            (1..<max(1, monthCount)).allSatisfy { month in
                (0..<groupCount).allSatisfy { group in
                    cells[month * groupCount + group].movements.starting
                        == cells[(month - 1) * groupCount + group].movements.ending
                }
            })
    }

    public var monthCount: Int { Int(lastMonth.rawValue - firstMonth.rawValue) + 1 }

    public subscript(month: Month, group: Int) -> MonthlyCell {
        let index = Int(month.rawValue - firstMonth.rawValue)
        guard index >= 0, index < monthCount else { return MonthlyCell() }
        return cells[index * groupCount + group]
    }

    /// The cells of one month added up over some groups.
    public func sum(_ month: Month, over groups: some Sequence<Int>) -> MonthlyCell {
        var result = MonthlyCell()
        for group in groups { result += self[month, group] }
        return result
    }
}
