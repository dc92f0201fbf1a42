public import Records

/// The days on which the clocks stand that rest on feeds: each at the as-of day, or earlier where its feed is missing.
public struct FeedClocks: Sendable, Equatable {
    public let asOf: Day
    /// For covers, their grace, and leaving by payment.
    public let payments: Day
    /// For days since an event and the windows of events.
    public let engagement: Day
    public let support: Day
    public let surveys: Day
    /// For silence: the earliest of the feeds that show activity.
    public let silence: Day
    /// For the tenure of who has not begun: the earliest of the feeds that would show a beginning.
    public let start: Day
    /// The feeds that are missing, in the order of the categories.
    public let missing: [Category]

    /// - Parameter feeds: of the categories of rows with days; a category without rows has none, and is never missing.
    public init(_ feeds: [Category: FeedFreshness], activity: ActivityDefinition, asOf: Day) {
        func clock(_ category: Category) -> Day { min(asOf, feeds[category]?.clock ?? asOf) }
        self.asOf = asOf
        payments = clock(.transactions)
        engagement = clock(.engagement)
        support = clock(.support)
        surveys = clock(.surveys)
        silence =
            switch activity {
            case .any: min(payments, engagement)
            case .engagement: engagement
            case .transactions: payments
            }
        // A payment is a beginning, whatever counts as activity.
        start = min(silence, payments)
        missing = Category.allCases.filter { feeds[$0]?.isMissing ?? false }.sorted()
    }
}
