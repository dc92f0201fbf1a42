import Records

/// The part of the monthly cells that comes from the clients' months: a sum over clients, so that the contribution of a
/// client can be taken out and put in again.
///
/// It reaches one month beyond the last: what a client who does nothing any more contributes to the month after his last
/// is there already, and shows once that month has begun.
struct ActivityCells: Sendable {
    let firstMonth: Int32
    private let groupCount: Int
    /// Whether what clients are worth is what they paid in the month; it stands in ``StandingCells`` otherwise.
    private let isCash: Bool
    private var cells: [MonthlyCell]

    init(_ gold: GoldTables, group: [Int32], groupCount: Int, last: Int32, isCash: Bool) {
        self.groupCount = groupCount
        self.isCash = isCash
        var first = last
        for position in 0..<gold.count where group[position] >= 0 {
            if let month = gold.months[position].first?.month, month < first { first = month }
        }
        firstMonth = first
        cells = Array(repeating: MonthlyCell(), count: Int(last - first + 2) * groupCount)
        gold.months.withSlices { slice in
            cells.withUnsafeMutableBufferPointer { cells in
                for position in 0..<gold.count where group[position] >= 0 {
                    ActivityCells.add(
                        slice(position), 1, cells, firstMonth: first, groupCount: groupCount,
                        column: Int(group[position]), isCash: isCash)
                }
            }
        }
    }

    /// From those of a predecessor; nil when that is not possible.
    init?(
        _ predecessor: MonthlyRollup.Predecessor, _ gold: GoldTables, group: [Int32], last: Int32, isCash: Bool
    ) {
        let old = predecessor.rollup.activitySums
        let oldLast = predecessor.rollup.lastMonth.rawValue
        guard last >= oldLast, !old.isSaturated, old.isCash == isCash else { return nil }
        for position in predecessor.changed {
            // A month before the first needs other cells; the first month itself may have moved on.
            guard let now = gold.months[position].first?.month, now >= old.firstMonth else { return nil }
            if let before = predecessor.gold.months[position].first?.month, before != now, before == old.firstMonth {
                return nil
            }
        }
        firstMonth = old.firstMonth
        groupCount = old.groupCount
        self.isCash = isCash
        cells = old.cells
        cells.append(contentsOf: repeatElement(MonthlyCell(), count: Int(last - oldLast) * groupCount))
        let (first, groupCount) = (firstMonth, groupCount)
        cells.withUnsafeMutableBufferPointer { cells in
            for position in predecessor.changed where group[position] >= 0 {
                let column = Int(group[position])
                predecessor.gold.months[position].withUnsafeBufferPointer {
                    ActivityCells.add(
                        $0, -1, cells, firstMonth: first, groupCount: groupCount, column: column, isCash: isCash)
                }
                gold.months[position].withUnsafeBufferPointer {
                    ActivityCells.add(
                        $0, 1, cells, firstMonth: first, groupCount: groupCount, column: column, isCash: isCash)
                }
            }
        }
        if isSaturated { return nil }
    }

    /// Whether an amount has reached the limits of its type: then contributions cannot be taken out again.
    private var isSaturated: Bool { cells.contains(where: \.isSaturated) }

    /// The cells of the months `first ... last`; `first` is not after the first month there is.
    func cells(from first: Int32, through last: Int32) -> [MonthlyCell] {
        let count = Int(last - first + 1) * groupCount
        var result = Array(repeating: MonthlyCell(), count: Int(firstMonth - first) * groupCount)
        result.reserveCapacity(count)
        result.append(contentsOf: cells.prefix(count - result.count))
        return result
    }

    // MARK: One client

    /// Adds the months of a client (`sign` 1) or takes them out (-1).
    @inline(__always)
    private static func add(
        _ months: UnsafeBufferPointer<ClientMonth>, _ sign: Int64, _ cells: UnsafeMutableBufferPointer<MonthlyCell>,
        firstMonth: Int32, groupCount: Int, column: Int, isCash: Bool
    ) {
        let one = Int32(truncatingIfNeeded: sign)
        func at(_ month: Int32) -> Int { Int(month &- firstMonth) &* groupCount &+ column }
        var previousMonth = Int32.min
        var previousRecurring: Int64 = 0
        var previousPaid = false
        var everRecurring = false
        var lastActive = Int32.min
        for month in months {
            if previousMonth != month.month &- 1 {
                if previousRecurring > 0 {
                    cells[at(previousMonth + 1)].movements.move(
                        from: previousRecurring, to: 0, everBefore: true, sign: sign)
                }
                previousRecurring = 0
                previousPaid = false
            }
            let index = at(month.month)
            cells[index].events += sign * Int64(month.events)
            cells[index].transactions += one * month.payments
            cells[index].revenue = cells[index].revenue.addingSaturated(month.revenue, sign: sign)
            cells[index].positiveRevenue = cells[index].positiveRevenue.addingSaturated(month.positive, sign: sign)
            if month.payments > 0 { cells[index].payingCustomers += one }
            if previousPaid {
                cells[index].repeatRevenue = cells[index].repeatRevenue.addingSaturated(month.revenue, sign: sign)
            }
            if month.isActive {
                cells[index].activeCustomers += one
                lastActive = month.month
            }
            let recurring = isCash ? month.recurring : 0
            if recurring > 0 || previousRecurring > 0 {
                cells[index].mrr = cells[index].mrr.addingSaturated(recurring, sign: sign)
                cells[index].movements.move(
                    from: previousRecurring, to: recurring, everBefore: everRecurring, sign: sign)
            }
            if recurring > 0 { everRecurring = true }
            previousMonth = month.month
            previousRecurring = recurring
            previousPaid = month.payments > 0
        }
        if previousRecurring > 0 {
            cells[at(previousMonth + 1)].movements.move(from: previousRecurring, to: 0, everBefore: true, sign: sign)
        }
        if lastActive != .min { cells[at(lastActive + 1)].lapsedCustomers += one }
    }
}

extension RevenueMovements {
    /// Enters a client whose recurring revenue goes from one month's to the next month's, or takes him out again.
    @inline(__always)
    fileprivate mutating func move(from previous: Int64, to current: Int64, everBefore: Bool, sign: Int64) {
        let kind: RevenueMovement.Kind =
            if previous == 0 {
                everBefore ? .reactivation : .new
            } else if current == 0 {
                .churn
            } else if current == previous {
                .none
            } else {
                current > previous ? .expansion : .contraction
            }
        add(
            RevenueMovement(start: previous, revalued: previous, end: current, kind: kind, isAtStart: previous > 0),
            sign: sign)
    }
}

extension MonthlyCell {
    fileprivate var isSaturated: Bool {
        movements.isSaturated
            || [revenue, positiveRevenue, repeatRevenue, mrr].contains { $0 == .max || $0 == .min }
    }
}
