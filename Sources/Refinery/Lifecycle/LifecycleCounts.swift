public import Records
import Words

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
    private let cells: [Cell]

    /// - Parameters:
    ///   - periods: ascending, without overlap; one that reaches beyond the as-of day ends on it.
    ///   - group: of each client, below `groupCount`; those below 0 are not counted. Nil: all are of the first.
    public init(_ table: LifecycleTable, periods: [Period], group: [Int32]? = nil, groupCount: Int = 1) {
        self.periods = periods
        var changes = LifecycleChanges(periods: periods, groupCount: groupCount, asOf: table.asOf)
        for client in 0..<table.count { changes.add(client, of: table, group: group.map { Int($0[client]) } ?? 0) }
        cells = changes.cells()
    }

    public subscript(period: Int, group: Int = 0) -> Cell { cells[group * periods.count + period] }
}

/// Where the customers of some periods come and go: a sum over clients, so that a client can be taken out again.
public struct LifecycleChanges: Sendable {
    private let starts: [Int]
    private let ends: [Int]
    private let groupCount: Int
    /// By group and period: what begins and ends there.
    private var changes: [LifecycleCounts.Cell]

    /// - Parameter periods: ascending, without overlap; one that reaches beyond the as-of day ends on it.
    public init(periods: [Period], groupCount: Int, asOf: Int32) {
        starts = periods.map { Int($0.first.rawValue) - 1 }
        ends = periods.map { min(Int($0.last.rawValue), Int(asOf)) }
        self.groupCount = groupCount
        changes = Array(repeating: LifecycleCounts.Cell(), count: periods.count * groupCount)
    }

    /// Enters a client (`sign` 1), or takes him out again (-1).
    public mutating func add(_ client: Int, of table: LifecycleTable, group: Int, sign: Int = 1) {
        let standing = table.standings[client]
        guard !standing.isAhead, group >= 0, group < groupCount else { return }
        let base = group * starts.count
        var from = Int(standing.customerFrom)
        for absence in table.absences(of: client) {
            addPresence(from, Int(absence.leftOn), base, sign)
            if absence.basis != .neverStarted, absence.leftOn >= standing.created {
                addChurn(absence, table, client, base, sign)
            }
            from = max(from, Int(absence.returnedOn))
        }
        if from < Int(Absence.open) { addPresence(from, Int(Absence.open), base, sign) }
    }

    /// By group and period. What begins and ends up to a period, summed up, is what is there in it.
    public func cells() -> [LifecycleCounts.Cell] {
        var cells = changes
        for group in 0..<groupCount {
            for index in starts.indices.dropFirst() {
                let at = group * starts.count + index
                cells[at].customersAtStart += cells[at - 1].customersAtStart
                cells[at].customersAtEnd += cells[at - 1].customersAtEnd
            }
        }
        return cells
    }

    /// He is a customer on [`from`, `to`).
    private mutating func addPresence(_ from: Int, _ to: Int, _ base: Int, _ sign: Int) {
        guard from < to else { return }
        let count = starts.count
        let (firstStart, lastStart) = (starts.firstIndex(atLeast: from), starts.firstIndex(atLeast: to))
        if firstStart < count { changes[base + firstStart].customersAtStart += sign }
        if lastStart < count { changes[base + lastStart].customersAtStart -= sign }
        let (firstEnd, lastEnd) = (ends.firstIndex(atLeast: from), ends.firstIndex(atLeast: to))
        if firstEnd < count { changes[base + firstEnd].customersAtEnd += sign }
        if lastEnd < count { changes[base + lastEnd].customersAtEnd -= sign }
    }

    private mutating func addChurn(_ absence: Absence, _ table: LifecycleTable, _ client: Int, _ base: Int, _ sign: Int)
    {
        let leftOn = Int(absence.leftOn)
        let index = ends.firstIndex(atLeast: leftOn)
        guard index < ends.count, leftOn > starts[index], Int(absence.returnedOn) > ends[index] else { return }
        changes[base + index].churned += sign
        if table.status(of: client, on: Int32(clamping: starts[index]))?.isCustomer ?? false {
            changes[base + index].churnedFromStart += sign
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
