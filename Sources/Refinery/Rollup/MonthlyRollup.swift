public import Records
public import Standings

/// Monthly cells of groups of clients: dense, by month and group.
public struct MonthlyRollup: Sendable, Equatable {
    public let firstMonth: Month
    /// The month of the as-of day, which is not over yet.
    public let lastMonth: Month
    public let groupCount: Int
    private let cells: [MonthlyCell]
    /// What comes from the clients' months alone: it is carried on when few clients have changed.
    let activitySums: ActivityCells
    /// What comes from where clients stand; nil where nobody says it.
    let standingSums: StandingCells?
    /// What comes from clients, tickets and surveys alone.
    private let records: RecordCells

    /// An earlier rollup of the same clients in the same groups, and what has changed since.
    public struct Predecessor {
        public var rollup: MonthlyRollup
        public var gold: GoldTables
        /// Positions whose months may differ.
        public var changed: [Int]
        /// The day is the same, and what is known of clients, tickets and surveys.
        public var hasSameRecords: Bool
        public var standings: CompanyStandings?
        /// Whether none but those who have changed stands elsewhere now.
        public var standsElsewhereOnlyIfChanged: Bool

        public init(
            rollup: MonthlyRollup, gold: GoldTables, changed: [Int], hasSameRecords: Bool = false,
            standings: CompanyStandings? = nil, standsElsewhereOnlyIfChanged: Bool = false
        ) {
            self.rollup = rollup
            self.gold = gold
            self.changed = changed
            self.hasSameRecords = hasSameRecords
            self.standings = standings
            self.standsElsewhereOnlyIfChanged = standsElsewhereOnlyIfChanged
        }
    }

    /// - Parameters:
    ///   - group: the group of every position; a negative one leaves the client out.
    ///   - standings: where the clients stand on the day of the gold tables; without them nobody is known to be a customer,
    ///     and what clients are worth is what they paid.
    ///   - predecessor: saves adding up the months of clients that have not changed; the result is the same without.
    public init(
        _ gold: GoldTables, silver: SilverTables, group: [Int32], groupCount: Int,
        standings: CompanyStandings? = nil, predecessor: Predecessor? = nil
    ) {
        let isCash = standings?.method != .coverage
        lastMonth = gold.asOf.month
        self.groupCount = groupCount
        let last = lastMonth.rawValue
        activitySums =
            predecessor.flatMap { ActivityCells($0, gold, group: group, last: last, isCash: isCash) }
            ?? ActivityCells(gold, group: group, groupCount: groupCount, last: last, isCash: isCash)

        let carried = predecessor.flatMap { $0.hasSameRecords ? $0.rollup : nil }.flatMap {
            $0.lastMonth.rawValue == last ? $0.records : nil
        }
        records = carried ?? RecordCells(gold, silver: silver, group: group, groupCount: groupCount)
        standingSums = standings.map { standings in
            predecessor.flatMap {
                StandingCells($0, standings, gold, group: group, last: last, countsRevenue: !isCash)
            }
                ?? StandingCells(
                    standings, gold, group: group, groupCount: groupCount, last: last, countsRevenue: !isCash)
        }
        let first = min(
            last, activitySums.firstMonth, records.firstMonth, standingSums?.firstMonth ?? .max)
        firstMonth = Month(rawValue: first)
        var cells = activitySums.cells(from: first, through: last)
        let offset = Int(records.firstMonth - first) * groupCount
        for (index, cell) in records.cells.enumerated() { cells[offset + index] += cell }
        standingSums?.enter(into: &cells, from: first)
        self.cells = cells
        if isCash { assertStartsAreChained() }
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
