import Records

/// Adds up clients' amounts in the 90 days before the as-of day and in the 90 days before those.
struct RecentTransactions {
    struct Result {
        /// Micro-units of the base currency.
        var last90: Int64 = 0
        var previous90: Int64 = 0
    }

    private let context: RefineContext
    private let segments: [TransactionSegment]
    private var walker: SliceWalker

    init(_ context: RefineContext, firstClient: Int) {
        self.context = context
        segments = context.silver.transactions.segments
        walker = SliceWalker(segments.map(\.slices), firstClient: firstClient)
    }

    /// Clients come in ascending order.
    mutating func run(_ client: Int) -> Result {
        walker.advance(to: client)
        var result = Result()
        for index in segments.indices where !walker.slices[index].isEmpty {
            let slice = walker.slices[index]
            segments[index].values.withUnsafeBufferPointer { transactions in
                var at = slice.upperBound
                while at > slice.lowerBound {
                    at &-= 1
                    let age = context.paymentClock - transactions[at].day
                    if age < 0 { continue }
                    if age >= 180 { break }
                    let amount = context.amounts.base(transactions[at])
                    if age < 90 {
                        result.last90 = result.last90.addingSaturated(amount)
                    } else {
                        result.previous90 = result.previous90.addingSaturated(amount)
                    }
                }
            }
        }
        return result
    }
}
