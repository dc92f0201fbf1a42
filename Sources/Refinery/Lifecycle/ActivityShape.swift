/// What a client's active days come to, up to a day: all that his status needs of them. It changes with his records only,
/// so it may be carried from one as-of day to the next while none are added.
public struct ActivityShape: Sendable, Equatable, BitwiseCopyable {
    /// Stands for a day that there is not.
    public static let noDay = Int32.min

    public var firstDay = noDay
    public var lastDay = noDay
    /// Different days with activity.
    public var days: Int32 = 0
    /// Between two neighbouring active days; 0 where there are no two.
    public var longestGap: Int32 = 0
    /// Days of silence after which he has left by his own rhythm; 0 where he was active too seldom to have one.
    public var ownThreshold: Int32 = 0
    public var firstPaymentDay = noDay
    /// The first two different days after the reported day of leaving on which he was active or paid.
    public var firstAfterReport = noDay
    public var secondAfterReport = noDay

    public init() {}

    /// A long time between two active days.
    public struct Gap: Sendable, Equatable, BitwiseCopyable {
        /// The active day before it.
        public var start: Int32
        /// The active day after it.
        public var end: Int32

        public init(start: Int32, end: Int32) {
            self.start = start
            self.end = end
        }

        @inlinable
        public var length: Int { Int(end) - Int(start) }
    }
}

/// Usual gaps and what follows from them.
enum Silence {
    /// With fewer active days a client has no rhythm of his own.
    static let daysOfRhythm = 5
    static let shortest = 30
    static let longest = 180
    /// So many usual gaps of silence mean that he has left.
    static let multiple = 3
    /// What a company's own threshold may be.
    static let steps = [30, 45, 60, 90, 120, 180]

    /// The place of the 95 % quantile among `count` values in order, from 1: the ceil(0.95 count)-th.
    static func rank(of count: Int) -> Int { (95 * count + 99) / 100 }
}
