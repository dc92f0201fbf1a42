import Records
import Revenue
import RiverTesting

/// Clients who pay as clients do: late, early, split, twice, less, more, in another currency, and now and then not.
struct RandomCompany {
    struct Client {
        var plan: String
        var created: Int32
        var payments: [LedgerPayment] = []
    }

    static let plans: [(name: String, interval: BillingInterval)] = [
        ("basic", .month), ("pro", .month), ("Annual Plan", .year), ("pro-quarterly", .quarter), ("weekly", .week),
        ("every four", BillingInterval(4, .weeks)), ("", .month),
    ]
    static let rates = ExchangeRates(
        baseCurrency: "USD",
        steps: [
            ("EUR", .init(day: Day(rawValue: 10_000), rate: ExchangeRate(mantissa: 108, scale: 2))),
            ("JPY", .init(day: Day(rawValue: 10_000), rate: ExchangeRate(mantissa: 67, scale: 4))),
        ]
            + (0..<20).map { at in
                let rate = ExchangeRate(mantissa: Int64(10_000 + (at * 7919) % 1777), scale: 4)
                return ("EUR", .init(day: Day(rawValue: 19_700 + Int32(at) * 37), rate: rate))
            })

    var clients: [Client] = []
    /// The first day with a payment.
    var first: Int32 = 19_723
    var last: Int32

    /// - Parameter isMessy: with lines side by side, odd sums between, and refunds at any time. Without, nothing is paid on
    ///   which the contract and its prototype are of two minds.
    init(seed: UInt64, clients count: Int, days: Int32, isMessy: Bool) {
        var random = SeededGenerator(seed: seed)
        let currencies = LedgerRates(RandomCompany.rates)
        last = first + days - 1
        for _ in 0..<count {
            let plan = random.pick(RandomCompany.plans, else: RandomCompany.plans[0])
            let interval =
                isMessy && random.chance(0.1) ? random.pick(RandomCompany.plans, else: plan).interval : plan.interval
            let isKept = isMessy || interval.unit == .months
            let start = first + Int32.random(in: (isKept ? -200 : 50)..<days, using: &random)
            var client = Client(plan: plan.name, created: start - random.pick([0, 0, 5, 40], else: 0))
            let price = random.pick([10, 25, 49.99, 100, 1200, 33.33], else: 10)
            let currency = currencies.index(of: random.pick(["USD", "USD", "EUR", "JPY"], else: "USD")) ?? 0
            for line in 0..<(isMessy && random.chance(0.4) ? 3 : 1) {
                client.bill(
                    price * Double(line + 1), currency, interval, from: start + Int32(line * 9), first...last, isMessy,
                    &random)
            }
            clients.append(client)
        }
        first = clients.flatMap { $0.payments.map(\.day) }.min() ?? first
    }
}

extension RandomCompany.Client {
    fileprivate mutating func bill(
        _ price: Double, _ currency: UInt32, _ interval: BillingInterval, from start: Int32,
        _ days: ClosedRange<Int32>, _ isMessy: Bool, _ random: inout SeededGenerator
    ) {
        var (price, currency) = (price, currency)
        let length: Int32 =
            switch interval.unit {
            case .days: interval.count
            case .weeks: 7 * interval.count
            case .months: 30 * interval.count
            }
        var begin = start
        var step = 0
        while true {
            let due: Int32 =
                interval.unit == .months
                ? Day(rawValue: begin).advanced(byMonths: step * Int(interval.count)).rawValue
                : begin + Int32(step) * length
            step += 1
            if due > days.upperBound { return }
            if due < days.lowerBound { continue }
            var offset: Int32 = 0
            switch Double.random(in: 0..<1, using: &random) {
            case ..<0.05: offset = Int32.random(in: 1...5, using: &random)
            case ..<0.08 where isMessy || length > 7: offset = -Int32.random(in: 1...4, using: &random)
            case ..<0.12 where isMessy || length > 7:
                offset = Int32.random(in: 6...max(7, isMessy ? length * 9 / 10 : length / 2), using: &random)
            case ..<0.15: continue
            case ..<0.17:
                step += Int.random(in: 1...5, using: &random)
                if random.chance(0.5) { begin += Int32.random(in: 1...20, using: &random) }
                continue
            case ..<0.18: return
            case ..<0.21: price *= random.pick([1.2, 1.5, 0.8, 2], else: 1)
            case ..<0.22: currency = UInt32.random(in: 0..<3, using: &random)
            default: break
            }
            let day = min(max(due + offset, days.lowerBound), days.upperBound)
            let amount = LedgerCase.cents(price)
            if random.chance(0.05) {
                let part = LedgerCase.cents(price * 0.3)
                pay(day, part, currency)
                pay(day, amount - part, currency)
            } else {
                pay(day, amount, currency)
            }
            let later = min(days.upperBound, day + Int32.random(in: 0...length, using: &random))
            switch Double.random(in: 0..<1, using: &random) {
            case ..<0.03:
                pay(later, -amount, currency)
                // Gone for good.
                if !isMessy { return }
            case ..<0.05:
                pay(
                    later, -LedgerCase.cents(price * random.pick(isMessy ? [0.1, 0.6, 0.9] : [0.1], else: 1)), currency)
            case ..<0.07 where isMessy:
                pay(later, LedgerCase.cents(price * random.pick([0.2, 0.1, 1.6, 1], else: 1)), currency)
            default: break
            }
        }
    }

    private mutating func pay(_ day: Int32, _ amount: Int64, _ currency: UInt32) {
        if amount != 0 { payments.append(LedgerPayment(day: day, amount: amount, currency: currency)) }
    }
}

extension LedgerCase {
    /// Micro-units of whole cents.
    static func cents(_ units: Double) -> Int64 { Int64((units * 100).rounded()) * 10_000 }
}

/// A company gone through as a pipeline does it.
struct CompanyLedger {
    struct Row: Equatable {
        var months: [WorthReader.Month] = []
        var pieces: [WorthPiece] = []
        var isCarried = false
        var leftOn: Int32?
        var absences: [ClientLedger.Absence] = []
    }

    var rows: [Row] = []
    var totals: [RevenueMovements]
    var recurs: Bool
    let intervals: PlanIntervals

    init(_ company: RandomCompany, asOf: Int32) {
        let names = PlanNames(company.clients.map(\.plan))
        let terms = LedgerTerms(asOf: asOf, firstPaymentDay: company.first)
        let rates = LedgerRates(RandomCompany.rates)
        let ends = MonthEnds(first: Day(rawValue: company.first).month, terms: terms, rates: rates)
        var ledger = ClientLedger()
        var reader = WorthReader()
        func load(_ index: Int) {
            ledger.begin()
            ledger.add(PlanStep(plan: names.plan(ofCode: UInt32(index)), day: .min, isDated: true))
            for payment in company.clients[index].payments { ledger.add(payment) }
            ledger.prepare(asOf: asOf)
        }
        var survey = GapSurvey()
        for index in company.clients.indices {
            load(index)
            survey.add(&ledger)
        }
        intervals = PlanIntervals(names, survey: survey)
        var recurrence = RecurrenceSurvey()
        totals = Array(repeating: RevenueMovements(), count: ends.count)
        for index in company.clients.indices {
            load(index)
            recurrence.add(&ledger, by: intervals)
            ledger.cover(by: intervals, terms: terms, created: company.clients[index].created)
            var row = Row(
                pieces: ledger.pieces, isCarried: ledger.isCarried, leftOn: ledger.leftOn, absences: ledger.absences)
            reader.months(ledger.pieces, isCarried: ledger.isCarried, ends: ends) { row.months.append($0) }
            for month in row.months { totals[Int(month.month)] += month.movement }
            rows.append(row)
        }
        recurs = recurrence.recurs()
    }
}
