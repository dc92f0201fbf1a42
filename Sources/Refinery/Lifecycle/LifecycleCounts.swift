public import Records

/// Customers and churn of some periods, as known on the as-of day.
public struct LifecycleCounts: Sendable, Equatable {
    public struct Cell: Sendable, Equatable, BitwiseCopyable {
        /// At the end of the day before the first.
        public var customersAtStart = 0
        /// At the end of the last day.
        public var customersAtEnd = 0
        /// Customers who left in the period and were not back at its end, once each.
        public var churned = 0
        /// Those of them who were customers at its start.
        public var churnedFromStart = 0

        public init() {}

        /// Nil where there was nobody who could have left.
        public var churnRate: Double? {
            customersAtStart > 0 ? Double(churnedFromStart) / Double(customersAtStart) : nil
        }
    }

    public let periods: [Period]
    private var cells: [Cell]

    /// - Parameters:
    ///   - periods: ascending, without overlap; one that reaches beyond the as-of day ends on it.
    ///   - group: of each client, below `groupCount`; those below 0 are not counted. Nil: all are of the first.
    public init(_ table: LifecycleTable, periods: [Period], group: [Int32]? = nil, groupCount: Int = 1) {
        self.periods = periods
        cells = Array(repeating: Cell(), count: periods.count * groupCount)
        let starts = periods.map { Int($0.first.rawValue) - 1 }
        let ends = periods.map { min(Int($0.last.rawValue), Int(table.asOf)) }
        for client in 0..<table.count where !table.standings[client].isAhead {
            let group = group.map { Int($0[client]) } ?? 0
            guard group >= 0, group < groupCount else { continue }
            let base = group * periods.count
            let standing = table.standings[client]
            var from = Int(standing.customerFrom)
            for absence in table.absences(of: client) {
                let leftOn = Int(absence.leftOn)
                addPresence(from, leftOn, base, starts, ends)
                if absence.basis != .neverStarted, absence.leftOn >= standing.created {
                    addChurn(absence, table, client, base, starts, ends)
                }
                from = max(from, Int(absence.returnedOn))
            }
            if from < Int(Absence.open) { addPresence(from, Int(Absence.open), base, starts, ends) }
        }
        // What begins and ends at a period, summed up, is what is there in it.
        for group in 0..<groupCount {
            for index in periods.indices.dropFirst() {
                let at = group * periods.count + index
                cells[at].customersAtStart += cells[at - 1].customersAtStart
                cells[at].customersAtEnd += cells[at - 1].customersAtEnd
            }
        }
    }

    public subscript(period: Int, group: Int = 0) -> Cell { cells[group * periods.count + period] }

    /// He is a customer on [`from`, `to`).
    private mutating func addPresence(_ from: Int, _ to: Int, _ base: Int, _ starts: [Int], _ ends: [Int]) {
        guard from < to else { return }
        let count = starts.count
        let (firstStart, lastStart) = (starts.firstIndex(atLeast: from), starts.firstIndex(atLeast: to))
        if firstStart < count { cells[base + firstStart].customersAtStart += 1 }
        if lastStart < count { cells[base + lastStart].customersAtStart -= 1 }
        let (firstEnd, lastEnd) = (ends.firstIndex(atLeast: from), ends.firstIndex(atLeast: to))
        if firstEnd < count { cells[base + firstEnd].customersAtEnd += 1 }
        if lastEnd < count { cells[base + lastEnd].customersAtEnd -= 1 }
    }

    private mutating func addChurn(
        _ absence: Absence, _ table: LifecycleTable, _ client: Int, _ base: Int, _ starts: [Int], _ ends: [Int]
    ) {
        let leftOn = Int(absence.leftOn)
        let index = ends.firstIndex(atLeast: leftOn)
        guard index < ends.count, leftOn > starts[index], Int(absence.returnedOn) > ends[index] else { return }
        cells[base + index].churned += 1
        if table.status(of: client, on: Int32(clamping: starts[index]))?.isCustomer ?? false {
            cells[base + index].churnedFromStart += 1
        }
    }
}

extension [Int] {
    /// The first place whose element is not below `value`, in an ascending array.
    fileprivate func firstIndex(atLeast value: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
