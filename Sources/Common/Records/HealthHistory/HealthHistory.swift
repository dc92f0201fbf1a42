/// The health of all clients on past days: the days that are wanted, and those of them that are made.
///
/// A value; the days themselves are shared between its copies.
public struct HealthHistory: Sendable {
    /// The days that are wanted, ascending.
    public let grid: [Day]
    /// The days that are made, ascending; all of them are in the grid.
    public private(set) var days: [HealthDay]

    public init(grid: [Day]) {
        self.grid = grid
        days = []
    }

    /// The history of a later generation: what is still wanted of an earlier one and still holds.
    /// - Parameter firstChanged: the first day whose health may be another one by now; nil when none is.
    public init(grid: [Day], from earlier: HealthHistory, firstChanged: Day?) {
        self.grid = grid
        let wanted = Set(grid)
        days = earlier.days.filter { kept in
            wanted.contains(kept.day) && (firstChanged.map { kept.day < $0 } ?? true)
        }
    }

    public var isComplete: Bool { days.count == grid.count }

    /// The days that are wanted and not made, the latest first: those are looked at most.
    public var missing: [Day] {
        let made = Set(days.map(\.day))
        return grid.reversed().filter { !made.contains($0) }
    }

    /// Takes a day in; one that is not wanted, or there already, changes nothing.
    public mutating func insert(_ new: HealthDay) {
        guard grid.contains(new.day) else { return }
        let index = days.firstIndex { $0.day >= new.day } ?? days.endIndex
        if index < days.endIndex, days[index].day == new.day { return }
        days.insert(new, at: index)
    }

    /// The days before another one.
    public func days(before day: Day) -> ArraySlice<HealthDay> { days.prefix { $0.day < day } }

    /// Bytes that the points take.
    public var byteCount: Int { days.reduce(0) { $0 + $1.points.count * MemoryLayout<HealthPoint>.size } }
}
