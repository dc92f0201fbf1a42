/// The month of every day of a span, looked up instead of computed: for loops over millions of days.
public struct MonthTable: Sendable {
    public let firstDay: Int32
    public let lastDay: Int32
    /// By day from `firstDay` on.
    @usableFromInline let months: [Int32]
    /// The first day after the month, by month from that of `firstDay` on.
    @usableFromInline let ends: [Int32]
    @usableFromInline let firstMonth: Int32

    /// Days outside the span are answered too, only slower.
    public init(_ firstDay: Int32, through lastDay: Int32) {
        // Three hundred years are beyond any data and cost next to nothing.
        let last = max(firstDay, min(lastDay, firstDay &+ 110_000))
        self.firstDay = firstDay
        self.lastDay = last
        var month = Day(rawValue: firstDay).month
        firstMonth = month.rawValue
        var months: [Int32] = []
        var ends: [Int32] = []
        months.reserveCapacity(Int(last - firstDay) + 1)
        var end = month.advanced(by: 1).firstDay.rawValue
        ends.append(end)
        for day in firstDay...last {
            if day == end {
                month = month.advanced(by: 1)
                end = month.advanced(by: 1).firstDay.rawValue
                ends.append(end)
            }
            months.append(month.rawValue)
        }
        self.months = months
        self.ends = ends
    }

    /// The month of a day, as ``Month/rawValue``.
    @inlinable
    public func month(of day: Int32) -> Int32 {
        if day >= firstDay, day <= lastDay { return months[Int(day &- firstDay)] }
        return Day(rawValue: day).month.rawValue
    }

    /// The first day after a month.
    @inlinable
    public func end(of month: Int32) -> Int32 {
        let index = Int(month &- firstMonth)
        if index >= 0, index < ends.count { return ends[index] }
        return Month(rawValue: month &+ 1).firstDay.rawValue
    }
}
