import Records

/// Walks the transaction segments in the order of the clients.
struct TransactionPass {
    struct Result {
        /// Amounts above 0.
        var payments: Int32 = 0
        var total: Int64 = 0
        var positive: Int64 = 0
        var last90: Int64 = 0
        var previous90: Int64 = 0
        /// Of an amount above 0; `Int32.min` when there was none.
        var lastDay = Int32.min
    }

    private let context: RefineContext
    private let asOf: Int32
    private let segments: [TransactionSegment]
    private var next: [Int]
    private var slices: [Range<Int>]
    private var monthEnds = MonthEnds()

    init(_ context: RefineContext, firstClient: Int) {
        self.context = context
        asOf = context.asOf
        segments = context.silver.transactions.segments
        next = segments.map { $0.slices.clients.firstIndexAtLeast(UInt32(firstClient)) }
        slices = Array(repeating: 0..<0, count: segments.count)
    }

    mutating func begin(_ client: Int) {
        for index in segments.indices {
            let table = segments[index].slices
            if next[index] < table.clients.count, table.clients[next[index]] == UInt32(client) {
                slices[index] = Int(table.starts[next[index]])..<Int(table.starts[next[index] + 1])
                next[index] += 1
            } else {
                slices[index] = 0..<0
            }
        }
    }

    /// Adds up the client's transactions and merges his months into those of his events.
    mutating func run(into months: inout [ClientMonth], from firstMonth: Int, billingMonths: Int) -> Result {
        var result = Result()
        var touched = false
        for index in segments.indices where !slices[index].isEmpty {
            let slice = slices[index]
            touched = true
            segments[index].transactions.withUnsafeBufferPointer { transactions in
                var entry = ClientMonth(month: .min)
                var monthEnd = Int32.min
                for at in slice {
                    let transaction = transactions[at]
                    if transaction.day > asOf { break }
                    let amount = context.amounts.base(transaction)
                    if transaction.day >= monthEnd {
                        if entry.month != .min { months.append(entry) }
                        let month: Int32
                        (month, monthEnd) = monthEnds.month(of: transaction.day)
                        entry = ClientMonth(month: month)
                    }
                    entry.revenue = entry.revenue.addingSaturated(amount)
                    result.total = result.total.addingSaturated(amount)
                    let age = asOf - transaction.day
                    if age < 90 {
                        result.last90 = result.last90.addingSaturated(amount)
                    } else if age < 180 {
                        result.previous90 = result.previous90.addingSaturated(amount)
                    }
                    if amount > 0 {
                        entry.payments &+= 1
                        entry.positive = entry.positive.addingSaturated(amount)
                        result.payments &+= 1
                        result.positive = result.positive.addingSaturated(amount)
                        if transaction.day > result.lastDay { result.lastDay = transaction.day }
                        if billingMonths == 1 {
                            entry.recurring = entry.recurring.addingSaturated(amount)
                        } else {
                            spread(amount, from: entry.month, over: billingMonths, &months, &entry)
                        }
                    }
                }
                if entry.month != .min { months.append(entry) }
            }
        }
        if touched { ClientMonth.mergeSorted(&months, from: firstMonth) }
        return result
    }

    /// Spreads a payment over the months it covers, the as-of month at most; what does not divide evenly falls to the
    /// first
    /// months, a micro-unit each.
    private func spread(
        _ amount: Int64, from month: Int32, over count: Int, _ months: inout [ClientMonth], _ entry: inout ClientMonth
    ) {
        let last = Day(rawValue: asOf).month.rawValue
        let (share, rest) = amount.quotientAndRemainder(dividingBy: Int64(count))
        for offset in 0..<count {
            let part = share + (Int64(offset) < rest ? 1 : 0)
            if offset == 0 {
                entry.recurring = entry.recurring.addingSaturated(part)
            } else if month + Int32(offset) <= last {
                var later = ClientMonth(month: month + Int32(offset))
                later.recurring = part
                months.append(later)
            }
        }
    }
}
