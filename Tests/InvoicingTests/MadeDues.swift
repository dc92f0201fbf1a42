import Records
import RiverTesting

/// Clients who pay by a rhythm, as their ledgers would tell of them.
struct MadeDues {
    static let first = Day(2023, 1, 1)
    let last: Day
    var lists = ClientLists<InvoiceDue>()
    private(set) var revenue: DailySeries

    init(last: Day) {
        self.last = last
        revenue = DailySeries(
            first: MadeDues.first, values: Array(repeating: 0, count: MadeDues.first.days(to: last) + 1))
    }

    /// The dense indexes of all clients.
    var clients: Range<Int> { 0..<lists.count }

    /// Appends a client.
    /// - Parameters:
    ///   - begin: his first payment.
    ///   - months: from one payment to the next.
    ///   - pays: by the number of the due day, whether he pays; when he does not he is gone.
    ///   - lag: by the number of the due day, days after it.
    mutating func add(
        from begin: Day, amount: Double = 100, months: Int = 1, leftOn: Day? = nil,
        pays: (Int) -> Bool = { _ in true }, lag: (Int) -> Int = { _ in 0 }
    ) {
        var dues: [InvoiceDue] = []
        var paidOn = begin
        var due = InvoiceDue(
            amount: Float(amount), knownOn: begin.rawValue, dueOn: begin.advanced(byMonths: months).rawValue,
            interval: Int16(months), dayOfMonth: UInt8(begin.components.day), isFirst: true)
        var number = 1
        while paidOn <= last {
            pay(amount, on: paidOn)
            let next = Day(rawValue: due.dueOn).advanced(by: lag(number))
            let goesOn = pays(number) && (leftOn.map { next < $0 } ?? true)
            if goesOn, next <= last {
                due.outcome = .paid
                due.endedOn = next.rawValue
                due.paid = Float(amount)
            } else if let leftOn {
                (due.outcome, due.endedOn) = (.withdrawn, leftOn.rawValue)
            }
            dues.append(due)
            guard goesOn, next <= last else { break }
            let following = due.next(after: due.dueOn)
            due = InvoiceDue(
                amount: Float(amount), knownOn: next.rawValue, dueOn: following, interval: Int16(months),
                dayOfMonth: due.dayOfMonth)
            paidOn = next
            number += 1
        }
        lists.append(dues)
    }

    /// Revenue that no line knows of.
    mutating func pay(_ amount: Double, on day: Day) {
        let at = revenue.first.days(to: day)
        if revenue.values.indices.contains(at) { revenue.values[at] += amount }
    }
}
