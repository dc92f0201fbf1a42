import Records
import Revenue
import Testing

/// One client written down by hand: amounts in whole units, days as text.
struct LedgerCase {
    var payments: [LedgerPayment] = []
    var steps: [PlanStep] = []
    var subscriptions: [SubscriptionTerm] = []
    var created = "2024-01-01"
    var asOf = "2026-12-31"
    var clock: String?
    /// The first day of the company's payments.
    var first = "2024-01-01"
    var graceDays = 7
    /// Plan names by their number; their intervals come from the table or the name.
    var plans: [String] = []
    var table: [String: Int] = [:]
    var fx: [(String, String, String)] = []

    static func day(_ text: String) -> Int32 {
        guard let day = Day(text) else {
            Issue.record("\(text) is no day")
            return 0
        }
        return day.rawValue
    }

    static func text(_ day: Int32?) -> String? { day.map { Day(rawValue: $0).description } }

    static func micro(_ units: Double) -> Int64 { Int64((units * 1_000_000).rounded()) }

    var rates: LedgerRates {
        LedgerRates(
            ExchangeRates(
                baseCurrency: "USD",
                steps: fx.map { day, currency, rate in
                    (currency, .init(day: Day(rawValue: Self.day(day)), rate: ExchangeRate(rate) ?? .one))
                }))
    }

    var terms: LedgerTerms {
        LedgerTerms(
            asOf: Self.day(asOf), clock: clock.map(Self.day), firstPaymentDay: Self.day(first), graceDays: graceDays)
    }

    var names: PlanNames { PlanNames(plans) }

    /// Payments of one plan, which is `month`, `quarter`, `year` or any name, on days with amounts.
    init(plan: String = "monthly", _ payments: [(String, Double)] = []) {
        plans = [plan]
        for (day, units) in payments { pay(day, units) }
    }

    mutating func pay(
        _ day: String, _ units: Double, _ currency: String = "USD", isRecurring: Bool = true,
        period: (String, String)? = nil
    ) {
        payments.append(
            LedgerPayment(
                day: Self.day(day), amount: Self.micro(units), currency: rates.index(of: currency) ?? 99,
                isRecurring: isRecurring, periodStart: period.map { Self.day($0.0) } ?? LedgerPayment.noDay,
                periodEnd: period.map { Self.day($0.1) } ?? LedgerPayment.noDay))
    }

    /// A later plan; `from` is the day of a dated row, `received` that of one that says nothing.
    mutating func change(to plan: String, from: String? = nil, received: String = "") {
        plans.append(plan)
        steps.append(
            PlanStep(
                plan: UInt32(plans.count - 1), day: Self.day(from ?? received), isDated: from != nil))
    }

    var intervals: PlanIntervals { PlanIntervals(names, table: table, survey: GapSurvey()) }

    func ledger(by other: PlanIntervals? = nil) -> ClientLedger {
        var ledger = ClientLedger()
        fill(&ledger)
        ledger.cover(by: other ?? intervals, terms: terms, created: Self.day(created))
        return ledger
    }

    func fill(_ ledger: inout ClientLedger) {
        let names = names
        ledger.begin()
        ledger.add(PlanStep(plan: names.plan(ofCode: 0), day: .min, isDated: true))
        for step in steps {
            var step = step
            step.plan = names.plan(ofCode: step.plan)
            ledger.add(step)
        }
        for payment in payments { ledger.add(payment) }
        for term in subscriptions { ledger.add(term) }
        ledger.prepare(asOf: terms.asOf)
    }

    /// What he is worth on some days, in micro-units.
    func worth(_ days: String...) -> [Int64] {
        let ledger = ledger()
        var reader = WorthReader()
        return days.map { reader.worth(ledger.pieces, on: Self.day($0), terms: terms, rates: rates) }
    }

    /// The same in whole units, for amounts that divide.
    func units(_ days: String...) -> [Double] {
        let ledger = ledger()
        var reader = WorthReader()
        return days.map {
            Double(reader.worth(ledger.pieces, on: Self.day($0), terms: terms, rates: rates)) / 1_000_000
        }
    }

    /// Movements by month, written `2024-03 churn 100→100→0`.
    func months(from first: String? = nil) -> [String] {
        let ledger = ledger()
        let begin = Day(rawValue: Self.day(first ?? self.first)).month
        let ends = MonthEnds(first: begin, terms: terms, rates: rates)
        var reader = WorthReader()
        var result: [String] = []
        reader.months(ledger.pieces, isCarried: ledger.isCarried, ends: ends) { row in
            let movement = row.movement
            #expect(movement.start + movement.exchange + movement.change == movement.end)
            func text(_ value: Int64) -> String { Money(rawValue: value).description }
            result.append(
                "\(begin.advanced(by: Int(row.month))) \(movement.kind) "
                    + "\(text(movement.start))→\(text(movement.revalued))→\(text(movement.end))")
        }
        return result
    }

    var left: String? { Self.text(ledger().leftOn) }

    var absences: [String] {
        ledger().absences.map { "\(Day(rawValue: $0.leftOn)) \(Day(rawValue: $0.returnedOn))" }
    }
}
