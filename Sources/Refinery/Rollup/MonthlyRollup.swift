public import Records

/// Monthly cells of groups of clients: dense, by month and group.
public struct MonthlyRollup: Sendable, Equatable {
    public let firstMonth: Month
    /// The month of the as-of day, which is not over yet.
    public let lastMonth: Month
    public let groupCount: Int
    private let cells: [MonthlyCell]
    /// What comes from the clients' months alone: it is carried on when few clients have changed.
    let activitySums: ActivityCells

    /// An earlier rollup of the same clients in the same groups, and what has changed since.
    public struct Predecessor {
        public var rollup: MonthlyRollup
        public var gold: GoldTables
        /// Positions whose months may differ.
        public var changed: [Int]

        public init(rollup: MonthlyRollup, gold: GoldTables, changed: [Int]) {
            self.rollup = rollup
            self.gold = gold
            self.changed = changed
        }
    }

    /// - Parameters:
    ///   - group: the group of every position; a negative one leaves the client out.
    ///   - predecessor: saves adding up the months of clients that have not changed; the result is the same without.
    public init(
        _ gold: GoldTables, silver: SilverTables, group: [Int32], groupCount: Int, predecessor: Predecessor? = nil
    ) {
        lastMonth = gold.asOf.month
        self.groupCount = groupCount
        let last = lastMonth.rawValue
        let calendar = MonthTable(gold.asOf.rawValue - 18_628, through: gold.asOf.rawValue)
        activitySums =
            predecessor.flatMap { ActivityCells($0, gold, group: group, last: last) }
            ?? ActivityCells(gold, group: group, groupCount: groupCount, last: last)

        var first = min(last, activitySums.firstMonth)
        for (position, client) in gold.clients.enumerated() where group[position] >= 0 {
            first = min(first, calendar.month(of: silver.clients.creationDay[Int(client)]))
        }
        let tickets = silver.tickets
        let surveys = silver.surveys
        // The tables are walked in their own order, which is that of memory.
        let groupOfClient = MonthlyRollup.groupOfClient(gold, group, clientCount: silver.clients.count)
        let endOfDay = Int64(gold.asOf.rawValue + 1) * 86_400_000
        for row in 0..<tickets.count {
            guard groupOfClient[Int(tickets.client[row])] >= 0, tickets.createdAt[row] < endOfDay else { continue }
            first = min(first, calendar.month(of: Instant(rawValue: tickets.createdAt[row]).day.rawValue))
        }
        for row in 0..<surveys.count {
            guard groupOfClient[Int(surveys.client[row])] >= 0, surveys.day[row] <= gold.asOf.rawValue else { continue }
            first = min(first, calendar.month(of: surveys.day[row]))
        }
        firstMonth = Month(rawValue: first)

        var cells = activitySums.cells(from: first, through: last)
        cells.withUnsafeMutableBufferPointer { cells in
            func at(_ day: Int32, _ group: Int32) -> Int {
                Int(calendar.month(of: day) &- first) &* groupCount &+ Int(group)
            }
            for position in 0..<gold.count where group[position] >= 0 {
                cells[at(silver.clients.creationDay[Int(gold.clients[position])], group[position])].newCustomers += 1
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
        assertStartsAreChained()
    }

    /// By dense client index; negative where a client is not in.
    private static func groupOfClient(_ gold: GoldTables, _ group: [Int32], clientCount: Int) -> [Int32] {
        var result = [Int32](repeating: -1, count: clientCount)
        for (position, client) in gold.clients.enumerated() { result[Int(client)] = group[position] }
        return result
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

    /// Whether all cells are the same, however they were worked out.
    public static func == (lhs: MonthlyRollup, rhs: MonthlyRollup) -> Bool {
        lhs.firstMonth == rhs.firstMonth && lhs.lastMonth == rhs.lastMonth && lhs.groupCount == rhs.groupCount
            && lhs.cells == rhs.cells
    }

    /// The cells of one month added up over some groups.
    public func sum(_ month: Month, over groups: some Sequence<Int>) -> MonthlyCell {
        var result = MonthlyCell()
        for group in groups { result += self[month, group] }
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
            resolutionTime += resolved - table.createdAt[row]
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
