import Dispatch
import Lifecycle
public import Records
import Revenue

/// What the clients' payments let expect, client by client, by the lines of their ledgers. What a day could not know yet
/// is told by the days of each entry, so that any past day can be looked at.
public struct CompanyDues: Sendable {
    /// By dense index, in the order in which they came to be known.
    public let lists: ClientLists<InvoiceDue>
    /// The last day that was looked at.
    public let last: Day
    /// The first day of the payment data.
    public let first: Day

    private static let chunk = 4096

    /// Nil where payments do not recur: nothing lets expect anything then.
    ///
    /// - Parameters:
    ///   - last: later payments are not looked at; the as-of day or earlier.
    ///   - isWanted: asked for each part, on several threads; when it is not, the result is nil.
    public init?(
        _ silver: SilverTables, settings: GoldSettings, standings: CompanyStandings, last: Day,
        isWanted: @Sendable () -> Bool = { true }
    ) {
        let firstDay = standings.paymentTerms.firstPaymentDay
        guard standings.paymentsRecur, firstDay != InvoiceDue.noDay, firstDay <= last.rawValue else { return nil }
        // While payments are missing from the data nobody is late.
        let last = min(last, Day(rawValue: standings.paymentTerms.clock))
        let context = StandingContext(silver, asOf: last, settings: settings)
        let terms = LedgerTerms(
            asOf: last.rawValue, firstPaymentDay: firstDay, graceDays: settings.revenue.graceDays)
        let total = silver.clients.count
        let ranges = stride(from: 0, to: total, by: CompanyDues.chunk).map {
            $0..<min(total, $0 + CompanyDues.chunk)
        }
        var parts = [ClientLists<InvoiceDue>?](repeating: nil, count: ranges.count)
        parts.withUnsafeMutableBufferPointer { buffer in
            // Safe: iteration i writes buffer[i] and reads only immutable tables.
            nonisolated(unsafe) let buffer = buffer
            DispatchQueue.concurrentPerform(iterations: ranges.count) {
                if isWanted() { buffer[$0] = CompanyDues.part(ranges[$0], context, standings, terms) }
            }
        }
        var lists = ClientLists<InvoiceDue>()
        for part in parts {
            guard let part else { return nil }
            lists.append(contentsOf: part)
        }
        self.lists = lists
        self.last = last
        first = Day(rawValue: firstDay)
    }

    private static func part(
        _ range: Range<Int>, _ context: StandingContext, _ standings: CompanyStandings, _ terms: LedgerTerms
    ) -> ClientLists<InvoiceDue> {
        var lists = ClientLists<InvoiceDue>()
        lists.reserveCapacity(range.count)
        var pass = StandingPass(context, firstClient: range.lowerBound)
        pass.ledger.logsDues = true
        var dues: [InvoiceDue] = []
        for client in range {
            dues.removeAll(keepingCapacity: true)
            if context.isThere(client) {
                pass.prepare(client)
                pass.ledger.cover(by: standings.intervals, terms: terms, created: context.creationDay[client])
                let leftOn = context.reportedOn(client)
                for (at, due) in pass.ledger.dues.enumerated() {
                    dues.append(
                        CompanyDues.due(
                            due, isCarried: at == 0 && pass.ledger.isCarried, leftOn: leftOn, context.rates))
                }
            }
            lists.append(dues)
        }
        return lists
    }

    private static func due(
        _ logged: LoggedDue, isCarried: Bool, leftOn: Int32, _ rates: LedgerRates
    ) -> InvoiceDue {
        func units(_ amount: Int64, _ currency: UInt32, _ day: Int32) -> Float {
            let base = rates.rate(of: currency, on: day).converted(amount) ?? (amount < 0 ? .min : .max)
            return Float(Double(base) / 1_000_000)
        }
        let interval = logged.interval
        var due = InvoiceDue(
            amount: units(logged.amount, logged.currency, logged.knownOn), knownOn: logged.knownOn,
            dueOn: logged.dueOn,
            interval: interval.unit == .months
                ? Int16(clamping: interval.count)
                : -Int16(clamping: Int(interval.count) * (interval.unit == .weeks ? 7 : 1)),
            dayOfMonth: UInt8(clamping: logged.dayOfMonth), isFirst: logged.isFirst, isCarried: isCarried)
        switch logged.outcome {
        case .open:
            // Who is said to have left pays nothing from then on.
            if leftOn != ActivityShape.noDay, leftOn >= logged.knownOn {
                (due.outcome, due.endedOn) = (.withdrawn, leftOn)
            }
        case .paid:
            due.outcome = .paid
            due.endedOn = logged.endedOn
            due.paid = units(logged.paidAmount, logged.paidCurrency, logged.endedOn)
        case .withdrawn:
            (due.outcome, due.endedOn) = (.withdrawn, logged.endedOn)
        }
        return due
    }
}
