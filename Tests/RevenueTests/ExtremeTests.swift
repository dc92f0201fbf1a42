import Records
import Revenue
import RiverTesting
import Testing

/// Values that no company has, and files do.
@Suite struct ExtremeTests {
    private func run(
        _ payments: [LedgerPayment], plan: BillingInterval = .month, asOf: Int32 = .max, first: Int32 = .min + 1,
        created: Int32 = .min, grace: Int = 7, months: Month = Month(year: 2024, month: 1),
        rate: ExchangeRate = ExchangeRate(mantissa: .max, scale: 12)
    ) -> (ClientLedger, RevenueMovements) {
        let names = PlanNames(["x"])
        let table = plan.unit == .months ? ["x": Int(plan.count)] : [:]
        let intervals = PlanIntervals(names, table: table, survey: GapSurvey())
        let terms = LedgerTerms(asOf: asOf, firstPaymentDay: first, graceDays: grace)
        let rates = LedgerRates(
            ExchangeRates(baseCurrency: "USD", steps: [("EUR", .init(day: Day(rawValue: 0), rate: rate))]))
        var ledger = ClientLedger()
        ledger.begin()
        ledger.add(PlanStep(plan: 1, day: .min, isDated: true))
        for payment in payments { ledger.add(payment) }
        ledger.prepare(asOf: asOf)
        var recurrence = RecurrenceSurvey()
        recurrence.add(&ledger, by: intervals)
        var survey = GapSurvey()
        survey.add(&ledger)
        _ = PlanIntervals(names, survey: survey)
        ledger.cover(by: intervals, terms: terms, created: created)
        var sum = RevenueMovements()
        var reader = WorthReader()
        let limited = LedgerTerms(asOf: min(asOf, 30_000), firstPaymentDay: first, graceDays: grace)
        reader.months(
            ledger.pieces, isCarried: ledger.isCarried,
            ends: MonthEnds(first: months, terms: limited, rates: rates)
        ) { sum += $0.movement }
        _ = reader.movement(
            ledger.pieces, isCarried: ledger.isCarried, from: .min, to: .max, terms: terms, rates: rates)
        return (ledger, sum)
    }

    @Test func amountsAtTheirLimits() {
        var payments: [LedgerPayment] = []
        for at in 0..<400 {
            let amount: Int64 = [.max, .min, .max - 1, .min + 1, 1, -1][at % 6]
            payments.append(
                LedgerPayment(day: 19_750 + Int32(at * 11 % 900), amount: amount, currency: UInt32(at % 4)))
        }
        for plan in [BillingInterval.month, .year, BillingInterval(1200, .months)] {
            let (ledger, sum) = run(payments, plan: plan)
            #expect(!ledger.pieces.isEmpty)
            #expect(sum.ending >= 0)
        }
        // What does not fit is the largest that does.
        let (_, sum) = run(
            [LedgerPayment(day: 19_750, amount: .max, currency: 0)], plan: BillingInterval(1200, .months), asOf: 19_760)
        #expect(sum.ending == .max)
    }

    @Test func daysAtTheirLimits() {
        let days: [Int32] = [.min, .min + 1, .min + 40, -1_000_000, 0, 19_750, 19_781, .max - 1, .max]
        var payments: [LedgerPayment] = []
        for (at, day) in days.enumerated() {
            payments.append(LedgerPayment(day: day, amount: 100, currency: 0))
            payments.append(LedgerPayment(day: day, amount: Int64(at) * 40 + 3, currency: 1))
            payments.append(LedgerPayment(day: day, amount: -100, currency: 0))
            payments.append(
                LedgerPayment(
                    day: day, amount: 77, currency: 0, periodStart: days[at], periodEnd: days[(at + 1) % days.count]))
        }
        for plan in [BillingInterval.month, .year, BillingInterval(1200, .months)] {
            for first in [Int32.min, .min + 1, 19_750, .max] {
                for grace in [-1, 7, Int.max] {
                    let (ledger, _) = run(payments, plan: plan, first: first, created: .min + 1, grace: grace)
                    #expect(!ledger.pieces.isEmpty)
                }
            }
        }
        var ledger = ClientLedger()
        ledger.begin()
        for start in days {
            for end in days {
                ledger.add(SubscriptionTerm(start: start, end: end, amount: .max, interval: .week, currency: 0))
            }
        }
        ledger.prepare(asOf: .max)
        ledger.cover(
            by: PlanIntervals(PlanNames([]), survey: GapSurvey()),
            terms: LedgerTerms(asOf: .max, firstPaymentDay: .min + 1), created: .min)
        #expect(ledger.endOfCover == .max)
    }

    @Test func intervalsAtTheirLimits() {
        let names = PlanNames(["a", "b", "c"])
        let intervals = PlanIntervals(names, table: ["a": .max, "b": .min, "c": 0], survey: GapSurvey())
        #expect(intervals.intervals.dropFirst() == [BillingInterval(1200, .months), .month, .month])
        #expect(BillingInterval(.max, .days).count == 36_525)
    }

    /// As many payments of one client as a company may have: every amount another, so that lines, add-ons, terms and
    /// refunds come as thickly as they can. It takes a moment, not minutes.
    @Test func aClientOfManyPayments() {
        var random = SeededGenerator(seed: 5)
        for shape in 0..<5 {
            var payments: [LedgerPayment] = []
            for at in 0..<100_000 {
                let day = Int32(shape == 4 ? 19_750 : 12_000 + at / (shape == 3 ? 1 : 14))
                let amount: Int64 =
                    switch shape {
                    // Ever smaller, and each its own line or add-on.
                    case 0, 3: 1_000_000_000 - Int64(at) * 1000
                    // The same again and again.
                    case 1: 5_000_000
                    default: Int64.random(in: -400_000_000...1_000_000_000, using: &random)
                    }
                payments.append(
                    LedgerPayment(
                        day: day, amount: at % 3 == 2 ? -amount : amount, currency: 0,
                        periodStart: shape == 1 || shape == 4 ? day : LedgerPayment.noDay,
                        periodEnd: shape == 1 || shape == 4 ? day + 20 + Int32(at % 300) : LedgerPayment.noDay))
            }
            for plan in [BillingInterval.month, .year] {
                // Beside a year every payment is an add-on with a fraction of its own: a fifth of them will do.
                let payments = plan == .year ? Array(payments.prefix(20_000)) : payments
                let (ledger, sum) = run(
                    payments, plan: plan, first: 12_000, months: Month(year: 2002, month: 11), rate: .one)
                #expect(!ledger.pieces.isEmpty)
                #expect(sum.balance == sum.ending)
            }
        }
    }

    /// A currency that nobody has a rate for is worth nothing, and breaks nothing.
    @Test func unknownCurrencies() {
        let (ledger, sum) = run([LedgerPayment(day: 19_750, amount: 100, currency: 4_000_000_000)], asOf: 19_760)
        #expect(ledger.pieces.count == 1)
        #expect(sum.ending == 0)
    }
}
