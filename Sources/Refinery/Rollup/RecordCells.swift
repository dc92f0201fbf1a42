import Records

/// The part of the monthly cells that comes from clients, tickets and surveys: it stays as it is while nothing but events
/// and transactions comes.
struct RecordCells: Sendable {
    /// That of the as-of day when there is nothing before it.
    let firstMonth: Int32
    /// Dense, by month and group, up to the month of the as-of day.
    let cells: [MonthlyCell]

    /// - Parameter group: the group of every position; a negative one leaves the client out.
    init(_ gold: GoldTables, silver: SilverTables, group: [Int32], groupCount: Int) {
        let last = gold.asOf.month.rawValue
        let calendar = MonthTable(gold.asOf.rawValue - 18_628, through: gold.asOf.rawValue)
        var first = last
        let creationDay = silver.clients.creationDay
        for (position, client) in gold.clients.enumerated() where group[position] >= 0 {
            first = min(first, calendar.month(of: creationDay[Int(client)]))
        }
        let tickets = silver.tickets
        let surveys = silver.surveys
        // The tables are walked in their own order, which is that of memory.
        let groupOfClient = RecordCells.groupOfClient(gold, group, clientCount: silver.clients.count)
        let endOfDay = Int64(gold.asOf.rawValue + 1) * 86_400_000
        for row in 0..<tickets.count {
            guard groupOfClient[Int(tickets.client[row])] >= 0, tickets.createdAt[row] < endOfDay else { continue }
            first = min(first, calendar.month(of: Instant(rawValue: tickets.createdAt[row]).day.rawValue))
        }
        for row in 0..<surveys.count {
            guard groupOfClient[Int(surveys.client[row])] >= 0, surveys.day[row] <= gold.asOf.rawValue else { continue }
            first = min(first, calendar.month(of: surveys.day[row]))
        }
        firstMonth = first
        var cells = Array(repeating: MonthlyCell(), count: Int(last - first + 1) * groupCount)
        cells.withUnsafeMutableBufferPointer { cells in
            func at(_ day: Int32, _ group: Int32) -> Int {
                Int(calendar.month(of: day) &- first) &* groupCount &+ Int(group)
            }
            for position in 0..<gold.count where group[position] >= 0 {
                cells[at(creationDay[Int(gold.clients[position])], group[position])].newCustomers += 1
            }
            for row in 0..<tickets.count {
                let group = groupOfClient[Int(tickets.client[row])]
                guard group >= 0, tickets.createdAt[row] < endOfDay else { continue }
                let day = Instant(rawValue: tickets.createdAt[row]).day.rawValue
                cells[at(day, group)].add(tickets, row, endOfDay: endOfDay)
            }
            for row in 0..<surveys.count {
                let group = groupOfClient[Int(surveys.client[row])]
                guard group >= 0, surveys.day[row] <= gold.asOf.rawValue else { continue }
                cells[at(surveys.day[row], group)].add(score: surveys.score[row])
            }
        }
        self.cells = cells
    }

    /// By dense client index; negative where a client is not in.
    private static func groupOfClient(_ gold: GoldTables, _ group: [Int32], clientCount: Int) -> [Int32] {
        var result = [Int32](repeating: -1, count: clientCount)
        for (position, client) in gold.clients.enumerated() { result[Int(client)] = group[position] }
        return result
    }
}

extension MonthlyCell {
    /// Counts a ticket in the month it was created in.
    fileprivate mutating func add(_ table: TicketTable, _ row: Int, endOfDay: Int64) {
        tickets += 1
        let resolved = table.resolvedAt[row]
        let isResolved = resolved != TicketTable.unresolved && resolved < endOfDay
        if isResolved {
            resolvedTickets += 1
            resolutionTime = resolutionTime.addingSaturated(resolved.subtractingSaturated(table.createdAt[row]))
        }
        if table.satisfaction[row] > 0, isResolved || resolved == TicketTable.unresolved {
            ratedTickets += 1
            ratingSum += Int32(table.satisfaction[row])
        }
    }

    /// Counts the answer to a survey.
    fileprivate mutating func add(score: Int8) {
        surveyAnswers += 1
        if score >= 9 { promoters += 1 }
        if score <= 6 { detractors += 1 }
    }
}
