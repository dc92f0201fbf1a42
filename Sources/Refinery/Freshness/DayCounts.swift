/// How many rows there are of each day. Counts of parts can be added up in any order; the days of data lie near each
/// other, as a rule, and have a place of their own each.
public struct DayCounts: Sendable {
    /// By day from `origin` on.
    private var near: [Int] = []
    private var origin = 0
    /// Days that lie so far away that there is no place for all between.
    private var far: [Int: Int] = [:]

    /// Three centuries and a half.
    private static let nearMax = 1 << 17

    public init() {}

    /// - Parameter count: negative where rows went.
    public mutating func add(_ day: Int32, count: Int = 1) {
        let day = Int(day)
        let place = day - origin
        if place >= 0, place < near.count {
            near[place] = near[place].addingHeld(count)
        } else if makeRoom(for: day) {
            near[day - origin] = near[day - origin].addingHeld(count)
        } else {
            far[day] = (far[day] ?? 0).addingHeld(count)
        }
    }

    public mutating func merge(_ other: DayCounts) {
        for (place, count) in other.near.enumerated() where count != 0 {
            add(Int32(clamping: other.origin + place), count: count)
        }
        for (day, count) in other.far where count != 0 { add(Int32(clamping: day), count: count) }
    }

    private mutating func makeRoom(for day: Int) -> Bool {
        if near.isEmpty {
            origin = day
            near = [0]
            return true
        }
        let first = min(origin, day)
        let last = max(origin + near.count - 1, day)
        let length = last - first + 1
        guard length <= DayCounts.nearMax else { return false }
        // Some room to spare, so that days that come one after the other do not move all each time.
        let spare = min(DayCounts.nearMax - length, near.count)
        if first < origin {
            let added = origin - first + spare
            near.insert(contentsOf: repeatElement(0, count: added), at: 0)
            origin -= added
        } else {
            near.append(contentsOf: repeatElement(0, count: length - near.count + spare))
        }
        return true
    }

    /// Calls `body` for the days with rows, up to a day, ascending.
    func forEach(through end: Int32, _ body: (_ day: Int, _ count: Int) -> Void) {
        let end = Int(end)
        let outside = far.keys.sorted()
        for day in outside where day < origin && day <= end { visit(day, far[day] ?? 0, body) }
        var place = 0
        while place < near.count, origin + place <= end {
            visit(origin + place, near[place], body)
            place += 1
        }
        for day in outside where day >= origin && day <= end { visit(day, far[day] ?? 0, body) }
    }

    @inline(__always)
    private func visit(_ day: Int, _ count: Int, _ body: (Int, Int) -> Void) { if count > 0 { body(day, count) } }
}

extension DayCounts: Equatable {
    /// The same rows, wherever they are held.
    public static func == (left: DayCounts, right: DayCounts) -> Bool {
        func rows(_ counts: DayCounts) -> [Int: Int] {
            var rows = counts.far.filter { $0.value != 0 }
            for (place, count) in counts.near.enumerated() where count != 0 { rows[counts.origin + place] = count }
            return rows
        }
        return rows(left) == rows(right)
    }
}

extension Int {
    /// Held at the ends of the range instead of overflowing.
    func addingHeld(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
