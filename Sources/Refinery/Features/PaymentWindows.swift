import Records
import Standings

/// A client's transactions of the last 180 days, and what they add up to.
struct PaymentWindows {
    private let context: FeatureContext
    private var cursor: ClientCursor
    private var worth: WorthOnDay

    init(_ context: FeatureContext, firstClient: Int) {
        self.context = context
        cursor = ClientCursor(context.transactionSegments.map(\.slices), firstClient: firstClient)
        worth = WorthOnDay(context.standings, Day(rawValue: context.asOf).month.firstDay.advanced(by: -1))
    }

    private struct Sums {
        var payments28 = 0
        var payments56 = 0
        var payments90 = 0
        var paymentsPrevious90 = 0
        /// Micro-units of the base currency.
        var revenue28: Int64 = 0
        var revenue56: Int64 = 0
        var refunds90 = 0

        @inline(__always)
        mutating func see(_ transaction: PackedTransaction, age: Int32, amount: Int64) {
            let isPayment = transaction.amount > 0
            if isPayment, age >= 90 { paymentsPrevious90 += 1 }
            guard age < 90 else { return }
            if isPayment { payments90 += 1 } else { refunds90 += 1 }
            guard age < 56 else { return }
            revenue56 = revenue56.addingSaturated(amount)
            if isPayment { payments56 += 1 }
            guard age < 28 else { return }
            revenue28 = revenue28.addingSaturated(amount)
            if isPayment { payments28 += 1 }
        }
    }

    /// - Returns: the code of the method of the last payment; -1 when unknown.
    mutating func write(_ client: Int, _ position: Int, to row: inout FeatureRow) -> Int32 {
        var sums = Sums()
        var last: PackedTransaction?
        for segment in cursor.segments {
            let slice = cursor.slice(of: client, in: segment)
            if slice.isEmpty { continue }
            context.transactionSegments[segment].values.withUnsafeBufferPointer { transactions in
                var at = slice.upperBound
                var hasPayment = false
                while at > slice.lowerBound {
                    at &-= 1
                    let transaction = transactions[at]
                    let age = context.asOf - transaction.day
                    if age < 0 { continue }
                    // Older ones matter only as the last payment.
                    if age >= 180, hasPayment { break }
                    if transaction.amount > 0 {
                        hasPayment = true
                        if last.map({ context.isLater(transaction, than: $0) }) ?? true { last = transaction }
                    }
                    guard age < 180 else { continue }
                    sums.see(transaction, age: age, amount: age < 56 ? context.amounts.base(transaction) : 0)
                }
            }
        }
        write(sums, client, position, to: &row)
        return last.map { context.methodOfKind[Int($0.kind)] } ?? -1
    }

    private mutating func write(_ sums: Sums, _ client: Int, _ position: Int, to row: inout FeatureRow) {
        let metrics = context.metrics
        row[.payments28] = Double(sums.payments28)
        row[.payments56] = Double(sums.payments56)
        row[.payments90] = Double(sums.payments90)
        row[.paymentsPrevious90] = Double(sums.paymentsPrevious90)
        row[.revenue28] = Money(rawValue: sums.revenue28).units
        row[.revenue56] = Money(rawValue: sums.revenue56).units
        row[.revenue90] = Money(rawValue: metrics.revenue90Days[position]).units
        row[.revenuePrevious90] = Money(rawValue: metrics.revenuePrevious90Days[position]).units
        row[.revenueDecline90] = metrics.revenueDecline90Days[position]
        row[.refunds90] = Double(sums.refunds90)
        let total = Double(metrics.transactionsTotal[position])
        let usual = total * 30 / Double(max(30, metrics.tenureDays[position] + 1))
        row[.usualPayments30] = usual
        let last = metrics.daysSinceLastTransaction[position]
        if last != ClientMetrics.unknown {
            row[.daysSinceLastTransaction] = Double(last)
            row[.missedPayments] = Double(last) * usual / 30
        }
        row[.averageTransactionValue] = metrics.averageTransactionValue[position]
        row[.transactionsTotal] = total
        row[.totalAmount] = Money(rawValue: metrics.totalAmount[position]).units
        if context.standings.method == .cash {
            let lastMonth = Day(rawValue: context.asOf).month.rawValue - 1
            let month = context.months[position].last { $0.month == lastMonth }
            row[.mrrLastMonth] = Money(rawValue: month?.recurring ?? 0).units
        } else if let amount = worth.amount(of: client) {
            row[.mrrLastMonth] = Money(rawValue: amount).units
        }
    }
}

extension FeatureContext {
    /// Of payments of the same day the larger one, and then the one with the later name of its method: codes of kinds
    /// depend on the order of the drops.
    fileprivate func isLater(_ payment: PackedTransaction, than other: PackedTransaction) -> Bool {
        if payment.day != other.day { return payment.day > other.day }
        if payment.amount != other.amount { return payment.amount > other.amount }
        func name(_ payment: PackedTransaction) -> String {
            let code = methodOfKind[Int(payment.kind)]
            return code < 0 ? "" : paymentMethods[Int(code)]
        }
        return name(other).utf8.lexicographicallyPrecedes(name(payment).utf8)
    }
}
