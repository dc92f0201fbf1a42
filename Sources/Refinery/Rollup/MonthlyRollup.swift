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

        public init(rollup: MonthlyRollup, gold: GoldTables, changed: [Int], hasSameRecords: Bool = false) {
            self.rollup = rollup
            self.gold = gold
            self.changed = changed
            self.hasSameRecords = hasSameRecords
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
        activitySums =
            predecessor.flatMap { ActivityCells($0, gold, group: group, last: last) }
            ?? ActivityCells(gold, group: group, groupCount: groupCount, last: last)

        let carried = predecessor.flatMap { $0.hasSameRecords ? $0.rollup : nil }.flatMap {
            $0.lastMonth.rawValue == last ? $0.records : nil
        }
        records = carried ?? RecordCells(gold, silver: silver, group: group, groupCount: groupCount)
        let first = min(last, activitySums.firstMonth, records.firstMonth)
        firstMonth = Month(rawValue: first)
        var cells = activitySums.cells(from: first, through: last)
        let offset = Int(records.firstMonth - first) * groupCount
        for (index, cell) in records.cells.enumerated() { cells[offset + index] += cell }
        self.cells = cells
        assertStartsAreChained()
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
