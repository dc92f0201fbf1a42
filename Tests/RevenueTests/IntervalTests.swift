import Records
import Revenue
import Testing

/// How often is paid, and whether that recurs.
@Suite struct IntervalTests {
    /// Clients of one plan who pay an amount every so many days or months.
    private struct Payer {
        var plan: String
        var gaps: [Int]
        var amounts: [Double] = [50]
    }

    private func survey(_ payers: [Payer], table: [String: Int] = [:]) -> (PlanNames, PlanIntervals, RecurrenceSurvey) {
        let names = PlanNames(payers.map(\.plan))
        func ledger(_ index: Int) -> ClientLedger {
            var ledger = ClientLedger()
            ledger.begin()
            ledger.add(PlanStep(plan: names.plan(ofCode: UInt32(index)), day: .min, isDated: true))
            var day = LedgerCase.day("2024-01-10")
            for (at, gap) in ([0] + payers[index].gaps).enumerated() {
                day += Int32(gap)
                let amount = payers[index].amounts[at % payers[index].amounts.count]
                ledger.add(LedgerPayment(day: day, amount: LedgerCase.micro(amount), currency: 0))
            }
            ledger.prepare(asOf: LedgerCase.day("2040-01-01"))
            return ledger
        }
        // In two parts, the later first.
        var first = GapSurvey()
        var second = GapSurvey()
        for index in payers.indices {
            var ledger = ledger(index)
            if index % 2 == 0 { first.add(&ledger) } else { second.add(&ledger) }
        }
        second.merge(first)
        let intervals = PlanIntervals(names, table: table, survey: second)
        var recurrence = RecurrenceSurvey()
        for index in payers.indices {
            var ledger = ledger(index)
            var part = RecurrenceSurvey()
            part.add(&ledger, by: intervals)
            recurrence.merge(part)
        }
        return (names, intervals, recurrence)
    }

    @Test func namesAreFolded() {
        let names = PlanNames(["Pro Plan", "pro-plan", "PRO_PLAN", "", " ", "basic"])
        #expect(names.folded == ["", "proplan", "basic"])
        #expect(names.names == ["", "Pro Plan", "basic"])
        #expect((0..<7).map { names.plan(ofCode: $0) } == [1, 1, 1, 0, 0, 2, 0])
    }

    @Test func fromTheTable() {
        let (_, intervals, _) = survey(
            [Payer(plan: "Gold-Plan", gaps: [30, 31, 30]), Payer(plan: "silver", gaps: [])], table: ["GOLD plan": 6])
        #expect(intervals.intervals[1] == BillingInterval(6, .months))
        #expect(intervals.basis[1] == .table)
        #expect(intervals.basis[2] == .assumed)
    }

    @Test func fromTheName() {
        let names = PlanNames(["basic-yearly", "Annual Plan", "quarterly", "Monthly", "weekly", "gold"])
        let intervals = PlanIntervals(names, survey: GapSurvey())
        #expect(intervals.intervals == [.month, .year, .year, .quarter, .month, .week, .month])
        #expect(intervals.basis == [.assumed, .name, .name, .name, .name, .name, .assumed])
    }

    @Test(arguments: [
        ([7, 7, 7], BillingInterval.week), ([28, 28, 28], BillingInterval(4, .weeks)), ([31, 29, 31], .month),
        ([91, 92, 92], .quarter), ([182, 184, 181], BillingInterval(6, .months)), ([365, 366, 365], .year),
        ([730, 731], BillingInterval(24, .months)), ([1500, 2000], BillingInterval(24, .months)),
    ])
    func fromFiveClients(gaps: [Int], expected: BillingInterval) {
        let payers = Array(repeating: Payer(plan: "monthly", gaps: gaps), count: 5)
        let (_, intervals, _) = survey(payers)
        #expect(intervals.intervals[1] == expected)
        #expect(intervals.basis[1] == .payments(clients: 5))
        // Four are too few.
        let (_, few, _) = survey(Array(payers.dropLast()))
        #expect(few.intervals[1] == .month)
        #expect(few.basis[1] == .name)
    }

    /// Each client counts once, whoever pays often.
    @Test func theMedianOfMedians() {
        let often = Payer(plan: "gold", gaps: Array(repeating: 7, count: 60))
        let payers = [often, often] + Array(repeating: Payer(plan: "gold", gaps: [365, 365]), count: 3)
        #expect(survey(payers).1.intervals[1] == .year)
    }

    /// Add-ons between do not hide the interval: gaps between equal amounts count, where there are two.
    @Test func equalAmounts() {
        let payer = Payer(plan: "gold", gaps: [10, 21, 10, 20, 10, 20], amounts: [50, 9])
        let (_, intervals, recurrence) = survey(Array(repeating: payer, count: 5))
        #expect(intervals.intervals[1] == .month)
        #expect(recurrence.regular == 5)
        #expect(recurrence.recurs())
    }

    @Test func whetherPaymentsRecur() {
        let regular = Payer(plan: "monthly", gaps: [30, 31, 30])
        let shopper = Payer(plan: "monthly", gaps: [3, 50, 17, 90], amounts: [10, 11, 12, 13, 14])
        let half = Array(repeating: regular, count: 3) + Array(repeating: shopper, count: 3)
        let (_, _, even) = survey(half)
        #expect(even.clients == 6)
        #expect(even.regular == 3)
        #expect(even.recurs())
        let (_, _, fewer) = survey(half + [shopper])
        #expect(!fewer.recurs())
        #expect(fewer.recurs(.yes))
        #expect(!even.recurs(.no))
        // Fewer than five cannot say.
        let (_, _, four) = survey(Array(repeating: shopper, count: 4))
        #expect(four.regular == 0)
        #expect(four.recurs())
        // Two payments say nothing at all.
        #expect(survey(Array(repeating: Payer(plan: "x", gaps: [3]), count: 9)).2.clients == 0)
    }

    /// Half of his gaps suffice.
    @Test func halfOfTheGaps() {
        let half = Payer(plan: "monthly", gaps: [30, 31, 60, 90], amounts: [10, 11, 12, 13, 14])
        #expect(survey([half]).2.regular == 1)
        let fewer = Payer(plan: "monthly", gaps: [30, 45, 60, 90], amounts: [10, 11, 12, 13, 14])
        #expect(survey([fewer]).2.regular == 0)
    }

    private func own(_ plan: String, _ gaps: [Int], then change: String? = nil) -> BillingInterval? {
        var client = LedgerCase(plan: plan)
        var day = LedgerCase.day("2024-01-10")
        for gap in [0] + gaps {
            day += Int32(gap)
            client.payments.append(LedgerPayment(day: day, amount: 50_000_000, currency: 0))
        }
        client.asOf = "2035-01-01"
        if let change { client.change(to: change, received: "2025-01-01") }
        return client.ledger().ownInterval
    }

    @Test func anIntervalOfHisOwn() {
        #expect(own("annual", [91, 92]) == .quarter)
        #expect(own("monthly", [365]) == .year)
        #expect(own("monthly", [731]) == BillingInterval(24, .months))
        // One gap says it of long intervals only.
        #expect(own("monthly", [91]) == nil)
        // Three of four.
        #expect(own("annual", [30, 31, 30, 80]) == .month)
        #expect(own("annual", [30, 31, 80, 80]) == nil)
        // 31 days are near four weeks too, but nearer a month.
        #expect(own("annual", [31, 31, 31]) == .month)
        // His plan's is not his own.
        #expect(own("monthly", [31, 30, 28]) == nil)
        // Who changed has his plans'.
        #expect(own("annual", [91, 92, 91], then: "monthly") == nil)
        // The same name written otherwise is no change.
        #expect(own("annual", [91, 92, 91], then: "ANN UAL") == .quarter)
    }
}

/// From when on a plan holds.
@Suite struct PlanChangeTests {
    private func text(_ ledger: ClientLedger) -> [String] {
        ledger.plans.map { "\($0.plan) \($0.day == .min ? "-" : Day(rawValue: $0.day).description)" }
    }

    /// Monthly to yearly: the payment that fits the new plan says when.
    @Test func byThePayments() {
        var client = LedgerCase([
            ("2025-06-12", 40), ("2025-07-12", 40), ("2025-08-12", 40), ("2025-09-13", 432),
        ])
        client.change(to: "annual", received: "2025-11-30")
        client.first = "2025-06-12"
        client.created = client.first
        client.asOf = "2025-11-30"
        #expect(text(client.ledger()) == ["1 -", "2 2025-09-13"])
        #expect(
            client.months() == [
                "2025-06 new 0→0→40", "2025-07 none 40→40→40", "2025-08 none 40→40→40",
                "2025-09 contraction 40→40→36", "2025-10 none 36→36→36", "2025-11 none 36→36→36",
            ])
    }

    /// Yearly to monthly.
    @Test func backAgain() {
        var client = LedgerCase(
            plan: "annual", [("2024-05-20", 960), ("2025-05-20", 90), ("2025-06-21", 90), ("2025-07-20", 90)])
        client.change(to: "monthly", received: "2025-08-02")
        client.first = "2024-05-20"
        client.created = client.first
        client.asOf = "2025-08-02"
        #expect(text(client.ledger()) == ["1 -", "2 2025-05-20"])
        let months = client.months()
        #expect(months.count == 16)
        #expect(months[12] == "2025-05 expansion 80→80→90")
        #expect(months.filter { $0.contains("none 80→80→80") }.count == 11)
    }

    /// No split fits: the day the row came counts, and payments of that day are of the old plan.
    @Test func whenNothingFits() {
        var client = LedgerCase([("2025-10-05", 100), ("2025-11-05", 700), ("2025-12-05", 40), ("2026-01-05", 3000)])
        client.change(to: "annual", received: "2026-01-05")
        #expect(text(client.ledger()) == ["1 -", "2 2026-01-06"])
    }

    /// No payment after the change: one past the last fits best.
    @Test func beforeTheFirstPaymentOfTheNewPlan() {
        var client = LedgerCase([("2025-10-05", 100), ("2025-11-05", 100), ("2025-12-05", 100)])
        client.change(to: "annual", received: "2025-12-20")
        #expect(text(client.ledger()) == ["1 -", "2 2025-12-21"])
    }

    /// Of equally good splits the latest: 100, 200, 200 by 1 and 2 months.
    @Test func theLatestOfEquals() {
        var client = LedgerCase([("2025-10-05", 100), ("2025-11-05", 150), ("2025-12-05", 150)])
        client.plans = ["one"]
        client.table = ["one": 1, "two": 2]
        client.change(to: "two", received: "2025-12-20")
        // Before the second: 100, 75, 75: 4/3. Before the third: 100, 150 and 75: 2. None: 3/2.
        #expect(text(client.ledger()) == ["1 -", "2 2025-11-05"])
        // 100, 200, 400 and every split has a ratio of 2 somewhere: one past the last is the latest.
        client.payments[1].amount = 200_000_000
        client.payments[2].amount = 400_000_000
        #expect(text(client.ledger()) == ["1 -", "2 2025-12-21"])
    }

    @Test func datedRows() {
        var client = LedgerCase([("2025-10-05", 100), ("2025-11-05", 1200)])
        client.change(to: "annual", from: "2025-11-05")
        client.asOf = "2025-12-31"
        #expect(text(client.ledger()) == ["1 -", "2 2025-11-05"])
        #expect(client.units("2025-11-30", "2025-12-31") == [100, 100])
        // What is dated later is not known yet.
        client.asOf = "2025-11-04"
        #expect(text(client.ledger()) == ["1 -"])
    }

    /// The second change is looked for among the payments since the first.
    @Test func twoChanges() {
        var client = LedgerCase([
            ("2024-01-10", 100), ("2024-02-10", 100), ("2024-03-10", 1200), ("2025-03-10", 100), ("2025-04-10", 100),
        ])
        client.change(to: "annual", received: "2024-06-01")
        client.change(to: "monthly flex", received: "2025-05-01")
        client.asOf = "2025-04-30"
        #expect(text(client.ledger()) == ["1 -", "2 2024-03-10"])
        client.asOf = "2025-05-05"
        #expect(text(client.ledger()) == ["1 -", "2 2024-03-10", "3 2025-03-10"])
        #expect(Set(client.months().dropFirst().map { $0.dropFirst(8) }) == ["none 100→100→100"])
    }

    /// A later name of a plan with the same interval needs no witness.
    @Test func theSameInterval() {
        var client = LedgerCase([("2025-10-05", 100), ("2025-11-05", 200)])
        client.change(to: "monthly plus", received: "2025-11-20")
        #expect(text(client.ledger()) == ["1 -", "2 2025-11-21"])
    }

    /// The gaps of a client who changed are those of the plan they began in.
    @Test func gapsOfAClientWhoChanged() {
        var survey = GapSurvey()
        var names: PlanNames?
        for _ in 0..<5 {
            var client = LedgerCase(plan: "gold")
            var day = LedgerCase.day("2024-01-10")
            for gap in [0, 30, 31, 30, 365, 365, 366] {
                day += Int32(gap)
                client.payments.append(LedgerPayment(day: day, amount: 50_000_000, currency: 0))
            }
            client.change(to: "silver", received: "2024-04-01")
            client.asOf = "2030-01-01"
            var ledger = ClientLedger()
            client.fill(&ledger)
            survey.add(&ledger)
            names = client.names
        }
        guard let names else { return }
        let intervals = PlanIntervals(names, survey: survey)
        #expect(intervals.intervals == [.month, .month, .year])
    }
}
