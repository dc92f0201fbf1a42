public import Records

/// What a population did in some periods, counted from the records themselves: for periods that are no calendar months.
public struct PeriodRollup: Sendable {
    public struct Cell: Sendable, Equatable {
        public var activeCustomers = 0
        public var newCustomers = 0
        public var payingCustomers = 0
        public var events = 0
        /// Amounts above 0.
        public var transactions = 0
        /// Micro-units.
        public var revenue: Int64 = 0
        public var positiveRevenue: Int64 = 0
        public var tickets = 0
        public var resolvedTickets = 0
        public var resolutionTime: Int64 = 0
        public var ratedTickets = 0
        public var ratingSum = 0
        public var surveyAnswers = 0
        public var promoters = 0
        public var detractors = 0

        public init() {}

        public var nps: Double? {
            surveyAnswers > 0 ? 100 * Double(promoters - detractors) / Double(surveyAnswers) : nil
        }
        public var meanResolutionHours: Double? {
            resolvedTickets > 0 ? Double(resolutionTime) / Double(resolvedTickets) / 3_600_000 : nil
        }
        public var csat: Double? { ratedTickets > 0 ? Double(ratingSum) / Double(ratedTickets) : nil }
        public var averageTransactionValue: Double? {
            transactions > 0 ? Double(positiveRevenue) / Double(transactions) / 1_000_000 : nil
        }
    }

    public let periods: [Period]
    public private(set) var cells: [Cell]

    /// - Parameters:
    ///   - periods: ascending, without overlap; days after the as-of day count nothing.
    ///   - includes: the population by position; nil for all.
    public init(
        _ gold: GoldTables, silver: SilverTables, rates: ExchangeRates, periods: [Period], includes: [Bool]? = nil
    ) {
        self.periods = periods
        cells = Array(repeating: Cell(), count: periods.count)
        guard let first = periods.first?.first.rawValue, let last = periods.last?.last.rawValue else { return }
        let end = min(last, gold.asOf.rawValue)
        guard first <= end else { return }
        // The period of every day in the span; -1 between periods.
        var periodOfDay = [Int32](repeating: -1, count: Int(end - first) + 1)
        for (index, period) in periods.enumerated() where period.first.rawValue <= end {
            for day in max(first, period.first.rawValue)...min(end, period.last.rawValue) {
                periodOfDay[Int(day - first)] = Int32(index)
            }
        }
        var positionOfClient = [Int32](repeating: -1, count: silver.clients.count)
        let creationDay = silver.clients.creationDay
        for (position, client) in gold.clients.enumerated() where includes?[position] ?? true {
            positionOfClient[Int(client)] = Int32(position)
            let creation = creationDay[Int(client)]
            if creation >= first, creation <= end, periodOfDay[Int(creation - first)] >= 0 {
                cells[Int(periodOfDay[Int(creation - first)])].newCustomers += 1
            }
        }
        let activity = gold.activity
        var active = ActiveClients(periodCount: periods.count, clientCount: silver.clients.count)
        var paying = ActiveClients(periodCount: periods.count, clientCount: silver.clients.count)
        addEvents(silver, first, end, periodOfDay, positionOfClient, activity != .transactions, &active)
        addTransactions(
            silver, BaseAmounts(silver.transactions.kinds, rates: rates), first, end, periodOfDay, positionOfClient,
            activity != .engagement, &active, &paying)
        for index in cells.indices {
            cells[index].activeCustomers = active.count(index)
            cells[index].payingCustomers = paying.count(index)
        }
        addTickets(gold, silver, first, end, periodOfDay, includes)
        for position in 0..<gold.count where includes?[position] ?? true {
            for row in gold.surveys.rows(of: position) {
                let day = silver.surveys.day[Int(row)]
                guard day >= first, day <= end, periodOfDay[Int(day - first)] >= 0 else { continue }
                let index = Int(periodOfDay[Int(day - first)])
                cells[index].surveyAnswers += 1
                if silver.surveys.score[Int(row)] >= 9 { cells[index].promoters += 1 }
                if silver.surveys.score[Int(row)] <= 6 { cells[index].detractors += 1 }
            }
        }
    }

    /// Distinct clients by period.
    private struct ActiveClients {
        private var bits: [[UInt64]]

        init(periodCount: Int, clientCount: Int) {
            bits = Array(repeating: Array(repeating: 0, count: (clientCount + 63) / 64), count: periodCount)
        }

        mutating func insert(_ client: UInt32, _ period: Int) {
            bits[period][Int(client >> 6)] |= 1 << UInt64(client & 63)
        }

        func count(_ period: Int) -> Int { bits[period].reduce(0) { $0 + $1.nonzeroBitCount } }
    }

    private mutating func addEvents(
        _ silver: SilverTables, _ first: Int32, _ end: Int32, _ periodOfDay: [Int32], _ positionOfClient: [Int32],
        _ counts: Bool, _ active: inout ActiveClients
    ) {
        let lower = PackedEvent.lowerBound(day: first)
        let upper = PackedEvent.lowerBound(day: end + 1)
        for segment in silver.events.segments {
            for (index, client) in segment.slices.clients.enumerated() where positionOfClient[Int(client)] >= 0 {
                for at in Int(segment.slices.starts[index])..<Int(segment.slices.starts[index + 1]) {
                    let event = segment.values[at]
                    if event < lower { continue }
                    if !(event < upper) { break }
                    let period = Int(periodOfDay[Int(event.day - first)])
                    if period < 0 { continue }
                    cells[period].events += 1
                    if counts { active.insert(client, period) }
                }
            }
        }
    }

    private mutating func addTransactions(
        _ silver: SilverTables, _ amounts: BaseAmounts, _ first: Int32, _ end: Int32, _ periodOfDay: [Int32],
        _ positionOfClient: [Int32], _ counts: Bool, _ active: inout ActiveClients, _ paying: inout ActiveClients
    ) {
        for segment in silver.transactions.segments {
            for (index, client) in segment.slices.clients.enumerated() where positionOfClient[Int(client)] >= 0 {
                for at in Int(segment.slices.starts[index])..<Int(segment.slices.starts[index + 1]) {
                    let transaction = segment.values[at]
                    if transaction.day < first { continue }
                    if transaction.day > end { break }
                    let period = Int(periodOfDay[Int(transaction.day - first)])
                    if period < 0 { continue }
                    let amount = amounts.base(transaction)
                    cells[period].revenue = cells[period].revenue.addingSaturated(amount)
                    if amount > 0 {
                        cells[period].transactions += 1
                        cells[period].positiveRevenue = cells[period].positiveRevenue.addingSaturated(amount)
                        paying.insert(client, period)
                        if counts { active.insert(client, period) }
                    }
                }
            }
        }
    }

    private mutating func addTickets(
        _ gold: GoldTables, _ silver: SilverTables, _ first: Int32, _ end: Int32, _ periodOfDay: [Int32],
        _ includes: [Bool]?
    ) {
        let endOfDay = Int64(gold.asOf.rawValue + 1) * 86_400_000
        for position in 0..<gold.count where includes?[position] ?? true {
            for row in gold.tickets.rows(of: position) {
                let created = silver.tickets.createdAt[Int(row)]
                let day = Instant(rawValue: created).day.rawValue
                guard day >= first, day <= end, periodOfDay[Int(day - first)] >= 0 else { continue }
                let index = Int(periodOfDay[Int(day - first)])
                cells[index].tickets += 1
                let resolved = silver.tickets.resolvedAt[Int(row)]
                let isResolved = resolved != TicketTable.unresolved && resolved < endOfDay
                if isResolved {
                    cells[index].resolvedTickets += 1
                    cells[index].resolutionTime = cells[index].resolutionTime.addingSaturated(resolved - created)
                }
                let score = Int(silver.tickets.satisfaction[Int(row)])
                if score > 0, isResolved || resolved == TicketTable.unresolved {
                    cells[index].ratedTickets += 1
                    cells[index].ratingSum += score
                }
            }
        }
    }
}
