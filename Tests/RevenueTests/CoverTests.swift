import Records
import Revenue
import Testing

/// The rules by which payments become covers, in their order.
@Suite struct CoverTests {
    @Test func paymentsOfOneDayAreOne() {
        let client = LedgerCase([("2024-03-05", 60), ("2024-03-05", 40)])
        #expect(client.units("2024-03-04", "2024-03-05", "2024-04-04") == [0, 100, 100])
        #expect(client.ledger().pieces.count == 1)
    }

    /// 1. Late or early by no more than the grace: one line without a hole, and the day of the month stays.
    @Test func dueWithinGrace() {
        var client = LedgerCase([("2024-03-05", 100), ("2024-04-12", 100), ("2024-04-28", 100)])
        client.asOf = "2024-08-01"
        // Seven days late and seven early; covered up to 5 June, then seven days of grace.
        #expect(client.units("2024-04-05", "2024-04-11", "2024-06-04", "2024-06-12") == [100, 100, 100, 100])
        #expect(client.units("2024-06-13") == [0])
        #expect(client.left == "2024-06-13")
        #expect(LedgerCase.text(client.ledger().endOfCover) == "2024-06-05")
        #expect(client.absences == [])
    }

    @Test func aLowerPriceWhenDueIsContraction() {
        var client = LedgerCase([("2024-03-05", 100), ("2024-04-05", 80)])
        client.asOf = "2024-04-30"
        #expect(client.months() == ["2024-03 new 0→0→100", "2024-04 contraction 100→100→80"])
    }

    /// The 31st is the last day of shorter months and the 31st again of longer ones.
    @Test func endsKeepTheDayOfTheMonth() {
        let client = LedgerCase([("2024-01-31", 100), ("2024-02-29", 100), ("2024-03-31", 100), ("2024-04-30", 100)])
        #expect(LedgerCase.text(client.ledger().endOfCover) == "2024-05-31")
    }

    /// 2. Past its grace: the hole closes when it is paid, and as of a day before it is there.
    @Test func lateClosesTheHole() {
        var client = LedgerCase([("2024-03-05", 100), ("2024-04-20", 100)])
        client.asOf = "2024-04-19"
        #expect(client.units("2024-04-12", "2024-04-13", "2024-04-19") == [100, 0, 0])
        #expect(client.left == "2024-04-13")
        client.asOf = "2024-04-20"
        #expect(client.units("2024-04-13", "2024-04-19", "2024-05-19", "2024-05-27") == [100, 100, 100, 100])
        #expect(client.left == nil)
        #expect(client.absences == [])
        client.asOf = "2024-12-31"
        // Covered until 20 May.
        #expect(client.left == "2024-05-28")
    }

    /// After a late payment the next is due by either rhythm, and the nearer one stays.
    @Test(arguments: [("2024-05-06", "2024-06-05"), ("2024-05-19", "2024-06-20"), ("2024-05-12", "2024-06-05")])
    func rhythmAfterALatePayment(next: String, end: String) {
        let client = LedgerCase([("2024-03-05", 100), ("2024-04-20", 100), (next, 100)])
        #expect(LedgerCase.text(client.ledger().endOfCover) == end)
        #expect(client.absences == [])
        // The cover before is cut where the next begins: never twice the price.
        #expect(Set(client.units("2024-05-05", "2024-05-12", "2024-05-19", "2024-05-25")) == [100])
    }

    /// Between both days and near neither, it is in advance, by the nearer one all the same.
    @Test func betweenTwoRhythms() {
        var client = LedgerCase([("2024-03-01", 100), ("2024-04-20", 100), ("2024-05-11", 100)])
        #expect(LedgerCase.text(client.ledger().endOfCover) == "2024-06-20")
        client.payments[2].day -= 1
        #expect(LedgerCase.text(client.ledger().endOfCover) == "2024-06-01")
    }

    /// 3. The same amount again, within an interval and its grace: the cover starts at the end.
    @Test func inAdvance() {
        var client = LedgerCase([("2024-03-05", 100), ("2024-03-15", 100)])
        client.asOf = "2024-12-31"
        #expect(client.units("2024-03-20", "2024-05-04") == [100, 100])
        #expect(LedgerCase.text(client.ledger().endOfCover) == "2024-05-05")
    }

    /// So far in advance that it must be something else: a second line.
    @Test func tooFarInAdvance() {
        let client = LedgerCase([("2024-03-05", 100), ("2024-03-15", 100), ("2024-03-18", 100)])
        // Covered to 5 May; the third would reach more than a month and a week ahead of the 18th.
        #expect(client.units("2024-03-17", "2024-03-18", "2024-04-17") == [100, 200, 200])
    }

    /// 4. A larger amount amid a cover: a new term, which ends the running one.
    @Test func newTerm() {
        var client = LedgerCase(plan: "yearly", [("2024-03-05", 1200), ("2024-09-10", 2400)])
        client.asOf = "2024-12-31"
        #expect(client.units("2024-09-09", "2024-09-10", "2025-03-20") == [100, 200, 200])
        #expect(LedgerCase.text(client.ledger().endOfCover) == "2025-09-10")
        #expect(
            client.months() == [
                "2024-03 new 0→0→100",
                "2024-04 none 100→100→100", "2024-05 none 100→100→100", "2024-06 none 100→100→100",
                "2024-07 none 100→100→100", "2024-08 none 100→100→100",
                "2024-09 expansion 100→100→200", "2024-10 none 200→200→200", "2024-11 none 200→200→200",
                "2024-12 none 200→200→200",
            ])
    }

    /// What was paid in advance goes with the cover that a new term ends: nothing is counted twice.
    @Test func newTermAfterPayingInAdvance() {
        let client = LedgerCase([("2024-03-05", 100), ("2024-03-15", 100), ("2024-03-20", 250)])
        #expect(client.units("2024-03-19", "2024-03-20", "2024-04-10", "2024-04-19") == [100, 250, 250, 250])
        #expect(LedgerCase.text(client.ledger().endOfCover) == "2024-04-20")
    }

    /// 4. A smaller amount beside a long cover: over the months left.
    @Test func addOn() {
        var client = LedgerCase(plan: "annual", [("2024-07-01", 240), ("2025-01-01", 30)])
        client.asOf = "2025-12-31"
        #expect(client.units("2024-12-31", "2025-01-01", "2025-06-30", "2025-07-31") == [20, 25, 25, 25])
        // Three days off a whole number of months still are that number.
        client.payments[1].day += 3
        #expect(client.units("2025-01-04") == [25])
        // Further off: the months left are twelve times the days left over the days of the cover.
        client.payments[1].day += 6
        // 172 of 365 days: 30 / (12 · 172 / 365) = 30 · 365 / 2064, beside 20.
        #expect(client.worth("2025-01-10") == [20_000_000 + 5_305_233])
        #expect(client.left == "2025-08-01")
    }

    /// Beside a monthly cover a smaller payment is a line of its own.
    @Test func smallerBesideAMonth() {
        let client = LedgerCase([("2024-03-05", 100), ("2024-03-18", 30)])
        #expect(client.units("2024-03-17", "2024-03-18", "2024-04-12", "2024-04-13") == [100, 130, 130, 30])
    }

    /// 5. After a whole interval without payment: churn, then reactivation.
    @Test func again() {
        var client = LedgerCase([("2024-03-05", 100), ("2024-06-20", 100)])
        client.asOf = "2024-07-31"
        #expect(client.absences == ["2024-04-13 2024-06-20"])
        #expect(
            client.months() == [
                "2024-03 new 0→0→100", "2024-04 churn 100→100→0", "2024-06 reactivation 0→0→100",
                "2024-07 churn 100→100→0",
            ])
        #expect(client.left == "2024-07-28")
    }

    /// One day more than late.
    @Test func theBorderOfLateAndAgain() {
        // Covered to 5 April; late up to 5 May less a week.
        #expect(LedgerCase([("2024-03-05", 100), ("2024-04-28", 100)]).absences == [])
        #expect(
            LedgerCase([("2024-03-05", 100), ("2024-04-29", 100)]).absences == ["2024-04-13 2024-04-29"])
    }

    /// 6. Two things paid on their own days go on side by side; one of them ending is contraction.
    @Test func twoLines() {
        var client = LedgerCase([
            ("2024-03-05", 100), ("2024-03-20", 40), ("2024-04-05", 100), ("2024-04-20", 40), ("2024-05-05", 100),
        ])
        client.asOf = "2024-05-31"
        #expect(
            client.months() == [
                "2024-03 new 0→0→140", "2024-04 none 140→140→140", "2024-05 contraction 140→140→100",
            ])
        #expect(client.left == nil)
    }

    /// A third thing that is dearer than the least of two is no new term of it; dearer than both it is one of the larger.
    @Test func newTermBesideAnotherLine() {
        let third = LedgerCase([("2024-03-05", 100), ("2024-03-10", 40), ("2024-03-20", 60)])
        #expect(third.units("2024-03-19", "2024-03-20", "2024-04-04") == [140, 200, 200])
        let more = LedgerCase([("2024-03-05", 100), ("2024-03-10", 40), ("2024-03-20", 150)])
        #expect(more.units("2024-03-19", "2024-03-20", "2024-04-09", "2024-04-19") == [140, 190, 190, 150])
    }

    /// Both are due: the one with the same amount.
    @Test func theSameAmountFirst() {
        var client = LedgerCase([
            ("2024-03-05", 100), ("2024-03-08", 40), ("2024-04-04", 40), ("2024-04-09", 100),
        ])
        client.asOf = "2024-04-30"
        #expect(client.units("2024-04-12", "2024-04-30") == [140, 140])
        #expect(client.months().last == "2024-04 none 140→140→140")
    }

    /// In another currency the line of that currency first.
    @Test func theSameCurrencyFirst() {
        var client = LedgerCase()
        client.fx = [("2024-01-01", "EUR", "2"), ("2024-01-01", "GBP", "3")]
        client.pay("2024-03-05", 100)
        client.pay("2024-03-06", 100, "EUR")
        client.pay("2024-04-05", 90, "EUR")
        client.pay("2024-04-06", 100)
        client.asOf = "2024-04-30"
        #expect(client.months() == ["2024-03 new 0→0→300", "2024-04 contraction 300→300→280"])
    }

    /// A payment in another currency continues a line that is due.
    @Test func aSwitchOfCurrency() {
        var client = LedgerCase()
        client.fx = [("2024-01-01", "GBP", "1.25"), ("2024-07-01", "GBP", "1.5")]
        client.pay("2024-05-06", 40, "GBP")
        client.pay("2024-06-06", 40, "GBP")
        client.pay("2024-07-06", 60)
        client.pay("2024-08-06", 75)
        client.asOf = "2024-08-31"
        // At the rate of the end of July he pays what he paid.
        #expect(
            client.months() == [
                "2024-05 new 0→0→50", "2024-06 none 50→50→50", "2024-07 none 50→60→60",
                "2024-08 expansion 60→60→75",
            ])
    }

    @Test func everyFourWeeks() {
        var client = LedgerCase()
        var day = LedgerCase.day("2024-01-10")
        for _ in 0..<14 {
            client.payments.append(LedgerPayment(day: day, amount: 120_000_000, currency: 0))
            day += 28
        }
        // The plan is yearly: the interval is his own. 120 · 13 / 12 = 130 a month.
        client.plans = ["annual"]
        client.asOf = "2025-02-01"
        #expect(client.ledger().ownInterval == BillingInterval(4, .weeks))
        #expect(Set(client.months().dropFirst().map { $0.dropFirst(8) }) == ["none 130→130→130"])
        #expect(client.months().count == 14)
    }

    @Test func weekly() {
        var client = LedgerCase(plan: "weekly", [("2024-03-04", 12), ("2024-03-11", 12), ("2024-03-20", 12)])
        client.asOf = "2024-04-30"
        // 12 · 52 / 12 a month; two days of grace.
        #expect(client.units("2024-03-04", "2024-03-19", "2024-03-26") == [52, 52, 52])
        #expect(client.left == "2024-03-28")
    }

    /// 1,000 / 12 does not divide: no month moves by a micro-unit.
    @Test func aYearThatDoesNotDivide() {
        var client = LedgerCase(plan: "annual", [("2024-02-10", 1000), ("2025-02-10", 1000)])
        client.asOf = "2025-12-31"
        #expect(Set(client.months().dropFirst().map { $0.dropFirst(8) }) == ["none 83.333333→83.333333→83.333333"])
        #expect(client.months().count == 23)
    }

    /// 100 every month and 300 every quarter are the same.
    @Test func anotherIntervalOfTheSameValue() {
        var client = LedgerCase([("2024-01-10", 100), ("2024-02-10", 100), ("2024-03-10", 300)])
        client.change(to: "quarterly", from: "2024-03-01")
        client.asOf = "2024-05-31"
        #expect(
            client.months() == ["2024-01 new 0→0→100"] + (2...5).map { "2024-0\($0) none 100→100→100" })
    }

    @Test func graceOfIntervals() {
        let expected: [(String, Int, String)] = [
            ("weekly", 7, "2024-01-20"), ("monthly", 7, "2024-02-18"), ("monthly", 20, "2024-02-21"),
            ("quarterly", 7, "2024-04-18"), ("quarterly", 0, "2024-04-11"), ("annual", 7, "2025-02-10"),
            ("annual", 60, "2025-03-12"), ("annual", -3, "2025-02-10"),
        ]
        for (plan, days, left) in expected {
            var client = LedgerCase(plan: plan, [("2024-01-10", 120)])
            client.graceDays = days
            #expect(client.left == left, "\(plan) \(days)")
        }
        var half = LedgerCase(plan: "x", [("2024-01-10", 120)])
        half.table = ["X": 6]
        #expect(half.left == "2024-07-26")
        half.table = ["X": 24]
        #expect(half.left == "2026-03-12")
    }

    /// What is sold once covers nothing.
    @Test func oneOffs() {
        var client = LedgerCase([("2024-03-05", 100)])
        client.pay("2024-03-06", 500, isRecurring: false)
        client.pay("2024-03-05", 70, isRecurring: false)
        #expect(client.units("2024-03-05", "2024-03-31") == [100, 100])
        var other = LedgerCase()
        other.pay("2024-03-06", 500, isRecurring: false)
        #expect(other.ledger().endOfCover == nil)
        #expect(other.left == nil)
    }

    /// A row that says from when to when it counts: the last day, or the day after.
    @Test(arguments: [
        ("2024-03-05", "2025-03-04", 1200.0, "2025-04-05"), ("2024-03-05", "2025-03-05", 1200, "2025-04-05"),
        ("2024-03-01", "2024-05-31", 300, "2024-06-13"), ("2024-03-05", "2024-03-11", 23.076923, "2024-03-15"),
    ])
    func statedPeriods(start: String, end: String, units: Double, left: String) {
        var client = LedgerCase()
        client.pay("2024-03-05", units, period: (start, end))
        #expect(client.left == left)
        #expect(abs(client.units("2024-03-06")[0] - 100) < 0.000001)
    }

    /// A period without a length says nothing.
    @Test func statedPeriodsOfNoLength() {
        var client = LedgerCase()
        client.pay("2024-03-05", 100, period: ("2024-03-05", "2024-03-05"))
        #expect(client.units("2024-03-05", "2024-04-04") == [100, 100])
        client.payments[0].periodEnd -= 10
        #expect(client.units("2024-03-05", "2024-04-04") == [100, 100])
    }
}
