import Records
import Revenue
import Testing

/// What comes back, and whom it takes along.
@Suite struct RefundTests {
    /// The whole payment, the next month: the cover ends on that day, without grace; the past stays.
    @Test func allOfIt() {
        var client = LedgerCase([("2024-01-15", 65), ("2024-02-15", 65), ("2024-02-20", -65)])
        #expect(client.units("2024-02-19", "2024-02-20", "2024-03-14") == [65, 0, 0])
        // He has left at the end the cover would have had, with its grace.
        #expect(client.left == "2024-03-22")
        client.asOf = "2024-03-21"
        #expect(client.left == nil)
    }

    /// 31 days after the refund at the latest.
    @Test func leavingAfterALongCover() {
        let client = LedgerCase(plan: "annual", [("2024-01-15", 1200), ("2024-03-01", -1200)])
        #expect(client.units("2024-02-29", "2024-03-01") == [100, 0])
        #expect(client.left == "2024-04-01")
    }

    @Test func onTheDayAfter() {
        let client = LedgerCase([("2024-03-11", 85), ("2024-03-12", -85)])
        #expect(client.units("2024-03-11", "2024-03-12", "2024-03-31") == [85, 0, 0])
    }

    /// In its grace the cover counts up to the refund.
    @Test func inTheGrace() {
        let client = LedgerCase([("2024-03-01", 200), ("2024-04-03", -200)])
        #expect(client.units("2024-04-02", "2024-04-03") == [200, 0])
        #expect(client.left == "2024-04-09")
    }

    /// After it, it is money only.
    @Test func afterTheGrace() {
        let client = LedgerCase([("2024-03-01", 200), ("2024-04-20", -200)])
        #expect(client.units("2024-03-31", "2024-04-08", "2024-04-09") == [200, 200, 0])
        #expect(client.left == "2024-04-09")
    }

    /// The part not used yet, while it is a quarter or more.
    @Test func theRest() {
        // From 1 July 184 of 366 days are left: 603.28 of 1,200.
        #expect(
            LedgerCase(plan: "annual", [("2024-01-01", 1200), ("2024-07-01", -603.28)]).units("2024-07-01") == [0])
        #expect(
            LedgerCase(plan: "annual", [("2024-01-01", 1200), ("2024-07-01", -603.27)]).units("2024-07-01") == [100])
        // On 1 November less than a quarter is left.
        #expect(
            LedgerCase(plan: "annual", [("2024-01-01", 1200), ("2024-11-01", -600)]).units("2024-11-01") == [100])
    }

    @Test func aSmallerOneIsMoneyOnly() {
        let client = LedgerCase([("2024-03-01", 200), ("2024-03-05", -50)])
        #expect(client.units("2024-03-31") == [200])
        #expect(client.left == "2024-04-09")
    }

    /// He pays on when it is due or late: the refund was money only.
    @Test(arguments: ["2024-03-14", "2024-04-02"])
    func hePaysOn(next: String) {
        var client = LedgerCase([("2024-01-15", 100), ("2024-02-15", 100), ("2024-02-20", -100), (next, 100)])
        #expect(client.units("2024-02-20", "2024-03-10", "2024-03-20") == [100, 100, 100])
        #expect(client.absences == [])
        client.asOf = "2024-03-01"
        #expect(client.units("2024-02-20", "2024-03-01") == [0, 0])
    }

    /// Taken back and charged again at once: covered from the new payment on.
    @Test func chargedAgain() {
        let client = LedgerCase([("2024-03-01", 100), ("2024-03-10", -100), ("2024-03-11", 100)])
        #expect(
            client.units("2024-03-09", "2024-03-10", "2024-03-11", "2024-03-31", "2024-04-10") == [
                100, 0, 100, 100, 100,
            ])
        #expect(client.absences == [])
        // The next payment belongs to what goes on, not to what was given back.
        let later = LedgerCase([
            ("2024-03-01", 100), ("2024-03-04", -100), ("2024-03-05", 100), ("2024-04-04", 100),
        ])
        #expect(later.units("2024-03-31", "2024-04-30") == [100, 100])
    }

    /// Of two payments of one day: its part ends.
    @Test func oneOfSeveral() {
        var client = LedgerCase([("2024-03-01", 100), ("2024-03-01", 60), ("2024-03-10", -60), ("2024-04-01", 100)])
        #expect(client.units("2024-03-09", "2024-03-10", "2024-04-10") == [160, 100, 100])
        client.payments.append(
            LedgerPayment(day: LedgerCase.day("2024-03-12"), amount: -100_000_000, currency: 0))
        // The other part too, but he pays on.
        #expect(client.units("2024-03-12", "2024-04-10") == [100, 100])
        client.payments.remove(at: 3)
        #expect(client.units("2024-03-09", "2024-03-11", "2024-03-12") == [160, 100, 0])
        #expect(client.left == "2024-04-09")
    }

    /// The latest of its amount; else the latest that is not smaller; else the latest.
    @Test func whosePayment() {
        // Two lines; 40 is the older one's.
        let same = LedgerCase([("2024-03-01", 40), ("2024-03-05", 30), ("2024-03-08", -40)])
        #expect(same.units("2024-03-07", "2024-03-08") == [70, 30])
        // 35 is of no payment: the 40, of which 24 of 31 days are left.
        let larger = LedgerCase([("2024-03-01", 40), ("2024-03-05", 30), ("2024-03-08", -35)])
        #expect(larger.units("2024-03-08") == [30])
        // 80 is more than any: the latest.
        let latest = LedgerCase([("2024-03-01", 40), ("2024-03-05", 30), ("2024-03-08", -80)])
        #expect(latest.units("2024-03-08") == [40])
    }

    /// What was given back once is not given back again: the second refund is of the payment before.
    @Test func twoRefunds() {
        let client = LedgerCase([
            ("2024-03-01", 40), ("2024-03-02", 30), ("2024-03-03", 40), ("2024-03-05", -40), ("2024-03-05", -40),
        ])
        // The first 40 is covered to 1 April, the second in advance to 1 May; then only the 30 is left.
        #expect(client.units("2024-03-04", "2024-03-05", "2024-04-01") == [70, 30, 30])
    }

    @Test func inAnotherCurrency() {
        var client = LedgerCase()
        client.fx = [("2024-01-01", "EUR", "2")]
        client.pay("2024-03-01", 100)
        client.pay("2024-03-02", -100, "EUR")
        #expect(client.units("2024-03-31") == [100])
    }

    /// Nothing was paid: nothing happens.
    @Test func withoutAPayment() {
        let client = LedgerCase([("2024-02-20", -30), ("2024-03-01", 100)])
        #expect(client.units("2024-03-31") == [100])
        #expect(LedgerCase([("2024-02-20", -30)]).left == nil)
    }

    /// A refund of what was sold once leaves the subscription alone.
    @Test func ofAOneOff() {
        var client = LedgerCase([("2024-03-01", 100)])
        client.pay("2024-03-03", 500, isRecurring: false)
        client.pay("2024-03-09", -500)
        #expect(client.units("2024-03-31") == [100])
        client.pay("2024-03-10", -100, isRecurring: false)
        #expect(client.units("2024-03-31") == [100])
    }

    /// An add-on that comes back ends, the cover beside it goes on.
    @Test func ofAnAddOn() {
        let client = LedgerCase(plan: "annual", [("2024-01-01", 1200), ("2024-07-01", 60), ("2024-08-15", -60)])
        #expect(client.units("2024-06-30", "2024-08-14", "2024-08-15", "2024-12-31") == [100, 110, 100, 100])
    }

    /// What was paid in advance and comes back before it begins.
    @Test func beforeItBegins() {
        let client = LedgerCase([("2024-03-01", 100), ("2024-03-25", 100), ("2024-03-28", -100)])
        #expect(client.units("2024-03-31", "2024-04-01") == [100, 0])
        #expect(client.left == "2024-04-28")
    }
}
