import Records
import Revenue
import Testing

/// What is worth what, whoever was there before, and what only rates did.
@Suite struct WorthTests {
    // MARK: - Carried in

    @Test func carriedIn() {
        var client = LedgerCase([("2024-01-20", 100), ("2024-02-20", 100)])
        client.created = "2023-06-01"
        client.asOf = "2024-02-29"
        #expect(client.ledger().isCarried)
        #expect(client.units("2024-01-01", "2024-01-19") == [100, 100])
        #expect(client.months() == ["2024-01 none 100→100→100", "2024-02 none 100→100→100"])
    }

    @Test func theBordersOfCarriedIn() {
        func isCarried(_ plan: String, _ day: String, created: String = "2023-12-31") -> Bool {
            var client = LedgerCase(plan: plan, [(day, 120)])
            client.created = created
            return client.ledger().isCarried
        }
        #expect(isCarried("monthly", "2024-01-31"))
        #expect(!isCarried("monthly", "2024-02-01"))
        #expect(!isCarried("monthly", "2024-01-05", created: "2024-01-01"))
        #expect(isCarried("monthly", "2024-01-01"))
        // With the grace of what is longer than a month.
        #expect(isCarried("annual", "2025-01-30"))
        #expect(!isCarried("annual", "2025-01-31"))
        #expect(isCarried("quarterly", "2024-04-07"))
        #expect(!isCarried("quarterly", "2024-04-08"))
        #expect(isCarried("weekly", "2024-01-07"))
        #expect(!isCarried("weekly", "2024-01-08"))
    }

    /// Carried in, and gone before the first month is over: at the start, and churn.
    @Test func carriedInAndGone() {
        var client = LedgerCase([("2024-01-20", 100), ("2024-01-25", -100)])
        client.created = "2023-06-01"
        client.asOf = "2024-03-31"
        #expect(client.months() == ["2024-01 churn 100→100→0"])
        // Another interval: gone by the end of the first month without any refund.
        var weekly = LedgerCase(plan: "weekly", [("2024-01-03", 12)])
        weekly.created = "2023-06-01"
        weekly.asOf = "2024-03-31"
        #expect(weekly.months() == ["2024-01 churn 52→52→0"])
        // Back again he is not new.
        weekly.pay("2024-03-28", 12)
        #expect(weekly.months() == ["2024-01 churn 52→52→0", "2024-03 reactivation 0→0→52"])
    }

    @Test func carriedInAndGrown() {
        var client = LedgerCase([("2024-01-05", 100), ("2024-01-20", 150)])
        client.created = "2023-06-01"
        client.asOf = "2024-01-31"
        #expect(client.months() == ["2024-01 expansion 100→100→150"])
    }

    // MARK: - Rates

    /// A constant price never moves but by the rate, and that is a line of its own.
    @Test func constantInAnotherCurrency() {
        var client = LedgerCase()
        client.fx = [("2024-01-01", "GBP", "1.25"), ("2024-03-01", "GBP", "1.1"), ("2024-01-01", "JPY", "0.0067")]
        for month in 1...4 { client.pay("2024-0\(month)-17", 60, "GBP") }
        client.asOf = "2024-04-30"
        #expect(
            client.months() == [
                "2024-01 new 0→0→75", "2024-02 none 75→75→75", "2024-03 none 75→66→66", "2024-04 none 66→66→66",
            ])
        var yen = client
        yen.payments = []
        yen.pay("2024-01-10", 20_000, "JPY")
        #expect(yen.units("2024-01-10") == [134])
    }

    /// The rate rises and he pays less: a contraction of what he pays less, at the later rate.
    @Test func rateAndPriceTogether() {
        var client = LedgerCase()
        client.fx = [("2024-01-01", "EUR", "1"), ("2024-02-01", "EUR", "1.5")]
        client.pay("2024-01-10", 100, "EUR")
        client.pay("2024-02-10", 80, "EUR")
        client.asOf = "2024-02-29"
        #expect(client.months() == ["2024-01 new 0→0→100", "2024-02 contraction 100→150→120"])
    }

    /// Two currencies of one client: only what is left at the later rates is a movement.
    @Test func twoCurrencies() {
        var client = LedgerCase()
        client.fx = [("2024-01-01", "EUR", "1"), ("2024-02-01", "EUR", "1.5"), ("2024-01-01", "GBP", "2")]
        client.pay("2024-01-10", 100, "EUR")
        client.pay("2024-01-22", 50, "GBP")
        client.pay("2024-02-10", 80, "EUR")
        client.pay("2024-02-22", 65, "GBP")
        client.asOf = "2024-02-29"
        // 100 + 100; at the later rate 150 + 100; 120 + 130.
        #expect(client.months() == ["2024-01 new 0→0→200", "2024-02 none 200→250→250"])
        client.payments[3].amount += 1
        #expect(client.months().last == "2024-02 expansion 200→250→250.000002")
    }

    /// A rate whose rounding differs is no movement.
    @Test func roundingIsNoMovement() {
        var client = LedgerCase(plan: "annual")
        client.fx = [("2024-01-01", "EUR", "1.0837"), ("2024-03-01", "EUR", "1.0913")]
        client.pay("2024-01-10", 1000, "EUR")
        client.pay("2025-01-10", 1000, "EUR")
        client.asOf = "2025-03-31"
        #expect(client.months().dropFirst().allSatisfy { $0.contains(" none ") })
        #expect(client.months()[2] == "2024-03 none 90.308333→90.941667→90.941667")
    }

    /// Less than half a micro-unit a month rounds to nothing, but he is there; and half rounds to even.
    @Test func tinyAmounts() {
        var client = LedgerCase(plan: "annual")
        client.payments = [LedgerPayment(day: LedgerCase.day("2024-01-10"), amount: 5, currency: 0)]
        client.asOf = "2024-02-29"
        #expect(client.worth("2024-01-31") == [0])
        #expect(client.months() == ["2024-01 new 0→0→0", "2024-02 none 0→0→0"])
        client.payments[0].amount = 6
        #expect(client.worth("2024-01-31") == [0])
        client.payments[0].amount = 18
        #expect(client.worth("2024-01-31") == [2])
        client.payments[0].amount = 7
        #expect(client.worth("2024-01-31") == [1])
    }

    /// Three halves of a micro-unit are one and a half: a client is rounded once, not by line.
    @Test func roundedOnce() {
        var client = LedgerCase(plan: "two")
        client.table = ["two": 2]
        // Lines of one micro-unit for two months, each half a micro-unit a month.
        for day in ["2024-01-01", "2024-01-02", "2024-01-03"] {
            client.payments.append(LedgerPayment(day: LedgerCase.day(day), amount: 1, currency: 0))
        }
        // The second is in advance, the third a line of its own.
        #expect(client.worth("2024-01-01", "2024-01-03") == [0, 1])
        for day in ["2024-01-04", "2024-01-05"] {
            client.payments.append(LedgerPayment(day: LedgerCase.day(day), amount: 1, currency: 0))
        }
        #expect(client.worth("2024-01-05") == [2])
    }

    // MARK: - Periods

    @Test func anyPeriod() {
        var client = LedgerCase(
            plan: "monthly",
            [
                ("2024-01-10", 100), ("2024-02-10", 150), ("2024-05-20", 80),
            ])
        client.asOf = "2024-06-10"
        let ledger = client.ledger()
        var reader = WorthReader()
        func movement(_ start: String, _ end: String) -> RevenueMovement {
            reader.movement(
                ledger.pieces, isCarried: ledger.isCarried, from: LedgerCase.day(start), to: LedgerCase.day(end),
                terms: client.terms, rates: client.rates)
        }
        #expect(movement("2024-01-09", "2024-01-15").kind == .new)
        #expect(movement("2024-01-15", "2024-02-15").kind == .expansion)
        #expect(movement("2024-01-15", "2024-02-15").change == 50_000_000)
        #expect(movement("2024-02-15", "2024-04-15").kind == .churn)
        #expect(movement("2024-04-15", "2024-05-25").kind == .reactivation)
        #expect(movement("2024-01-31", "2024-05-31").kind == .contraction)
        #expect(movement("2024-01-31", "2024-05-31").change == -20_000_000)
        #expect(movement("2023-01-31", "2023-05-31") == RevenueMovement())
        // A day after the as-of day is the as-of day.
        #expect(movement("2024-05-25", "2025-01-01").end == 80_000_000)
    }

    /// A whole month and the same month as a period are one.
    @Test func aMonthIsAPeriod() {
        var client = LedgerCase(plan: "weekly", [("2024-01-03", 12), ("2024-03-29", 12), ("2024-04-29", 6)])
        client.fx = [("2024-01-01", "EUR", "1.1"), ("2024-04-03", "EUR", "1.3")]
        client.pay("2024-03-30", 9, "EUR")
        client.asOf = "2024-04-30"
        let ledger = client.ledger()
        let ends = MonthEnds(
            first: Day(rawValue: LedgerCase.day(client.first)).month, terms: client.terms, rates: client.rates)
        var reader = WorthReader()
        var rows: [Int32: RevenueMovement] = [:]
        reader.months(ledger.pieces, isCarried: false, ends: ends) { rows[$0.month] = $0.movement }
        var other = WorthReader()
        for month in 0..<4 {
            let first = Day(rawValue: LedgerCase.day(client.first)).month.advanced(by: month)
            let movement = other.movement(
                ledger.pieces, isCarried: false, from: first.firstDay.rawValue - 1, to: first.lastDay.rawValue,
                terms: client.terms, rates: client.rates)
            #expect(movement == rows[Int32(month)] ?? RevenueMovement(), "\(first)")
        }
        #expect(rows[2]?.kind == .new)
        #expect(rows[3]?.kind == .contraction)
    }

    @Test func retention() {
        var sum = RevenueMovements()
        #expect(sum.nrr == nil)
        sum += RevenueMovement(start: 100, revalued: 120, end: 60, kind: .contraction, isAtStart: true)
        sum += RevenueMovement(start: 80, revalued: 80, end: 120, kind: .expansion, isAtStart: true)
        sum += RevenueMovement(end: 500, kind: .new)
        #expect(sum.nrr == 180.0 / 200)
        #expect(sum.grr == 140.0 / 200)
        #expect(sum.balance == sum.ending)
        #expect(sum.exchange == 20)
        #expect(sum.startingCustomers == 2)
    }

    // MARK: - The clock

    /// While payments are missing from the data nothing ends because of it, and rates stand still too.
    @Test func aMissingFeed() {
        var client = LedgerCase()
        client.fx = [("2024-01-01", "EUR", "1"), ("2024-04-20", "EUR", "2")]
        client.pay("2024-03-05", 100, "EUR")
        client.asOf = "2024-06-30"
        client.clock = "2024-03-15"
        #expect(client.units("2024-03-31", "2024-06-30") == [100, 100])
        #expect(client.left == nil)
        #expect(
            client.months(from: "2024-03-01").dropFirst() == [
                "2024-04 none 100→100→100", "2024-05 none 100→100→100", "2024-06 none 100→100→100",
            ])
        client.clock = nil
        #expect(client.left == "2024-04-13")
        #expect(client.months(from: "2024-03-01") == ["2024-03 new 0→0→100", "2024-04 churn 100→200→0"])
    }

    // MARK: - Subscriptions

    private func term(
        _ start: String, _ end: String?, _ units: Double, _ interval: BillingInterval = .month, isTrial: Bool = false
    ) -> SubscriptionTerm {
        SubscriptionTerm(
            start: LedgerCase.day(start), end: end.map(LedgerCase.day) ?? LedgerPayment.noDay,
            amount: LedgerCase.micro(units), interval: interval, currency: 0, isTrial: isTrial)
    }

    @Test func subscriptions() {
        var client = LedgerCase([("2024-01-10", 999)])
        client.subscriptions = [
            term("2024-01-10", "2024-04-01", 100), term("2024-02-05", nil, 1200, .year),
            term("2024-01-01", nil, 70, isTrial: true), term("2024-01-01", nil, 0), term("2024-03-09", "2024-03-09", 5),
        ]
        client.asOf = "2024-04-30"
        // His payments are revenue only, and there is no grace.
        #expect(
            client.months() == [
                "2024-01 new 0→0→100", "2024-02 expansion 100→100→200", "2024-03 none 200→200→200",
                "2024-04 contraction 200→200→100",
            ])
        #expect(client.units("2024-03-31", "2024-04-01") == [200, 100])
        #expect(client.left == nil)
        client.subscriptions[1].end = LedgerCase.day("2024-04-20")
        #expect(client.left == "2024-04-20")
        #expect(client.units("2024-04-19", "2024-04-20") == [100, 0])
        // An end that is still to come.
        client.asOf = "2024-04-19"
        #expect(client.left == nil)
        #expect(LedgerCase.text(client.ledger().endOfCover) == "2024-04-20")
    }

    @Test func aSubscriptionAfterAPause() {
        var client = LedgerCase()
        client.subscriptions = [term("2024-03-01", nil, 80), term("2024-01-10", "2024-02-01", 100)]
        client.asOf = "2024-03-31"
        #expect(client.absences == ["2024-02-01 2024-03-01"])
        #expect(client.months() == ["2024-01 new 0→0→100", "2024-02 churn 100→100→0", "2024-03 reactivation 0→0→80"])
        // One after the other is no pause.
        client.subscriptions[0].start = LedgerCase.day("2024-02-01")
        #expect(client.absences == [])
        // A later one is not known yet.
        client.asOf = "2024-01-31"
        #expect(client.left == nil)
        #expect(client.ledger().pieces.count == 1)
    }

    /// With subscriptions payments say nothing about how the others pay.
    @Test func subscribersAreNotSurveyed() {
        var client = LedgerCase([("2024-01-10", 1), ("2024-01-11", 2), ("2024-01-12", 3)])
        client.subscriptions = [term("2024-01-10", nil, 100)]
        var ledger = ClientLedger()
        client.fill(&ledger)
        var recurrence = RecurrenceSurvey()
        recurrence.add(&ledger, by: client.intervals)
        #expect(recurrence.clients == 0)
    }

    // MARK: - Reported days

    @Test func aReportedDayEndsTheCover() {
        var client = LedgerCase(plan: "annual", [("2024-01-10", 1200)])
        client.asOf = "2024-12-31"
        var ledger = client.ledger()
        ledger.end(on: LedgerCase.day("2024-05-10"))
        var reader = WorthReader()
        func units(_ day: String) -> Int64 {
            reader.worth(ledger.pieces, on: LedgerCase.day(day), terms: client.terms, rates: client.rates) / 1_000_000
        }
        #expect(["2024-05-09", "2024-05-10", "2024-12-31"].map(units) == [100, 0, 0])
        ledger = client.ledger()
        ledger.end(on: LedgerCase.day("2024-05-10"), until: LedgerCase.day("2024-07-01"))
        #expect(["2024-05-09", "2024-05-10", "2024-06-30", "2024-07-01"].map(units) == [100, 0, 0, 100])
        ledger = client.ledger()
        ledger.end(on: LedgerCase.day("2023-05-10"))
        #expect(ledger.pieces.isEmpty)
    }
}
