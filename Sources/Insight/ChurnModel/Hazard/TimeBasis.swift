import Glibc

/// The shape that the monthly risk may take over the age of the relationship: a slow curve with steps where contracts
/// and trials tend to end.
enum TimeBasis {
    /// The months after which a step is possible.
    static let steps = [1, 3, 6, 12, 24, 48]
    static let count = steps.count + 2

    /// The functions at a month, counted from 1.
    static func values(_ month: Int) -> [Double] {
        [log(1 + Double(month)), Double(month) / 72] + steps.map { month > $0 ? 1 : 0 }
    }
}
