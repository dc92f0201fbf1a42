/// Days in a row.
public struct Period: Sendable, Hashable {
    public var first: Day
    public var last: Day

    public init(first: Day, last: Day) {
        self.first = first
        self.last = last
    }

    public var dayCount: Int { first.days(to: last) + 1 }
}
