import Lifecycle
import Records
import Testing
import Words

/// Who is there, who has left, by what, and since when.
@Suite struct StatusTests {
    // MARK: Statuses

    @Test func currentAndLeftAndReturned() {
        let firm = Firm(.init(active: [10, 100]))
        #expect(firm.standing(asOf: 39).picture == "current 10")
        // One gap of 90 days: nine in ten clients stay below 120.
        #expect(firm.standing(asOf: 100).picture == "current 10")
        #expect(firm.standing(asOf: 219).picture == "current 10")
        #expect(firm.standing(asOf: 220).picture == "left 220 silence")
    }

    /// The day of the sign itself is a day on which he has left.
    @Test func leavesOnTheDay() {
        let firm = Firm(.init(active: [10]))
        #expect(firm.standing(asOf: 39).picture == "current 10")
        #expect(firm.standing(asOf: 40).picture == "left 40 silence")
    }

    /// Returned clients are current from the day they came back on, and it stays known that they had left.
    @Test func returns() {
        var firm = Firm(.init(active: [10, 100]))
        firm.settings.leftAfterDays = 30
        #expect(firm.standing(asOf: 99).picture == "left 40 silence")
        #expect(firm.standing(asOf: 100).picture == "returned 100 silence")
        let table = firm.table(asOf: 120)
        #expect(table.picture(of: 0) == ["40..<100 silence"])
        #expect(table.status(of: 0, on: 9) == .notStarted)
        #expect(table.status(of: 0, on: 10) == .current)
        #expect(table.status(of: 0, on: 39) == .current)
        #expect(table.status(of: 0, on: 40) == .left)
        #expect(table.status(of: 0, on: 99) == .left)
        #expect(table.status(of: 0, on: 100) == .returned)
        #expect(table.status(of: 0, on: 120) == .returned)
    }

    @Test func notStartedForNinetyDaysThenNeverStarted() {
        let firm = Firm(.init(created: 1000))
        #expect(firm.standing(asOf: 999).picture == "-")
        #expect(firm.standing(asOf: 1000).picture == "not_started 1000")
        #expect(firm.standing(asOf: 1090).picture == "not_started 1000")
        #expect(firm.standing(asOf: 1091).picture == "left 1091 never_started")
        #expect(firm.table(asOf: 1091).status(of: 0, on: 1090) == .notStarted)
    }

    @Test func theDaysToBeginAreASetting() {
        var firm = Firm(.init(created: 1000))
        firm.settings.startDays = 10
        #expect(firm.standing(asOf: 1010).picture == "not_started 1000")
        #expect(firm.standing(asOf: 1011).picture == "left 1011 never_started")
    }

    @Test(arguments: [
        Firm.Person(created: 1000, active: [1050]), Firm.Person(created: 1000, paid: [1050]),
        Firm.Person(created: 1000, subscriptions: [(1050, nil)]),
    ])
    func whoDoesAnythingHasStarted(person: Firm.Person) {
        #expect(Firm(person).standing(asOf: 1049).status == .notStarted)
        #expect(Firm(person).standing(asOf: 1050).picture == "current 1050")
    }

    /// Who begins late was no customer before: he is none who came back.
    @Test func aLateStarterIsCurrent() {
        let table = Firm(.init(created: 1000, active: [1200])).table(asOf: 1210)
        #expect(table.standings[0].picture == "current 1200")
        #expect(table.picture(of: 0) == ["1091..<1200 never_started"])
        #expect(table.status(of: 0, on: 1150) == .left)
        #expect(table.status(of: 0, on: 1200) == .current)
    }

    /// Somebody who is not there yet has no status; what he did before counts from his creation on.
    @Test func createdLater() {
        let firm = Firm(.init(created: 1000, active: [990, 995]))
        let before = firm.table(asOf: 999)
        #expect(before.status(of: 0, on: 999) == nil)
        #expect(before.counts().isEmpty)
        #expect(firm.standing(asOf: 1000).picture == "current 1000")
        #expect(firm.standing(asOf: 1025).picture == "left 1025 silence")
        #expect(firm.table(asOf: 1000).status(of: 0, on: 999) == nil)
    }

    /// A long gap that was over before he was there is none that he had left by.
    @Test func nobodyLeavesBeforeHeIsThere() {
        var firm = Firm(.init(created: 1000, active: [100, 990]))
        firm.settings.leftAfterDays = 30
        #expect(firm.standing(asOf: 1005).picture == "current 1000")
        firm.people[0].active = [100, 1000]
        #expect(firm.standing(asOf: 1000).picture == "current 1000")
        // One that goes on at his creation is.
        firm.people[0].active = [100, 1005]
        #expect(firm.standing(asOf: 1004).picture == "left 130 silence")
        #expect(firm.standing(asOf: 1005).picture == "returned 1005 silence")
        let early = Period(first: Day(rawValue: 90), last: Day(rawValue: 200))
        let counts = LifecycleCounts(firm.table(asOf: 1005), periods: [early])
        #expect(counts[0].churned == 0)
    }

    // MARK: Reported

    @Test func reported() {
        var firm = Firm(.init(reported: 50, active: [10, 49]), .init(active: [1]))
        // Before the first such day nobody says who has left: silence tells.
        #expect(firm.table(asOf: 49).standings[1].picture == "left 46 silence")
        #expect(firm.standing(asOf: 49).picture == "current 10")
        #expect(firm.standing(asOf: 50).picture == "left 50 reported")
        // As soon as it is said of one, nothing said of the others means that they are there.
        #expect(firm.table(asOf: 50).standings[1].picture == "current 1")
        #expect(firm.table(asOf: 5000).standings[1].picture == "current 1")
        // An empty value takes it back.
        firm.people[0].reported = nil
        firm.people[1].reported = 60
        #expect(firm.standing(asOf: 5000).picture == "current 10")
    }

    @Test func oneDayOfActivityAfterAReportIsAConflict() {
        var firm = Firm(.init(reported: 50, active: [10, 50, 70, 70]))
        #expect(firm.standing(asOf: 69).conflictOn == ActivityShape.noDay)
        #expect(firm.standing(asOf: 80).picture == "left 50 reported")
        #expect(firm.standing(asOf: 80).conflictOn == 70)
        firm.people[0].paid = [75]
        #expect(firm.standing(asOf: 74).conflictOn == 70)
        #expect(firm.standing(asOf: 75).picture == "returned 75 reported")
        #expect(firm.standing(asOf: 75).conflictOn == ActivityShape.noDay)
        #expect(firm.table(asOf: 80).status(of: 0, on: 74) == .left)
        // Two different days with payments do as well, whatever counts as activity.
        firm.activity = .engagement
        firm.people[0].active = [10]
        firm.people[0].paid = [90, 75]
        #expect(firm.standing(asOf: 89).picture == "left 50 reported")
        #expect(firm.standing(asOf: 90).picture == "returned 90 reported")
    }

    @Test func aReportOfADayThatIsAheadIsNoneYet() {
        let firm = Firm(.init(reported: 50, active: [10]), .init(reported: 20, active: [10]))
        #expect(firm.standing(asOf: 49).picture == "current 10")
        #expect(firm.standing(asOf: 50).picture == "left 50 reported")
    }

    /// Nobody leaves before he comes: that is a mistake, and the client is treated as if nothing was said.
    @Test func aReportBeforeTheCreationIsNotBelieved() {
        let firm = Firm(.init(created: 100, reported: 99, active: [110]))
        #expect(firm.survey(asOf: 200).impossibleReports == 1)
        #expect(!firm.survey(asOf: 200).isReported)
        #expect(firm.standing(asOf: 130).isReportImpossible)
        #expect(firm.standing(asOf: 130).picture == "current 110")
        #expect(firm.standing(asOf: 140).picture == "left 140 silence")
        // On the day of the creation it can be.
        #expect(Firm(.init(created: 100, reported: 100)).standing(asOf: 130).picture == "left 100 reported")
    }

    /// Where it is said who has left, who never began has not; he is no customer for the time that he has to begin.
    @Test func neverStartedWhereLeavingIsReported() {
        let firm = Firm(.init(created: 1000), .init(reported: 500, active: [1]))
        #expect(firm.standing(asOf: 1090).picture == "not_started 1000")
        #expect(firm.standing(asOf: 1091).picture == "current 1091")
        #expect(firm.table(asOf: 1200).status(of: 0, on: 1090) == .notStarted)
        #expect(firm.table(asOf: 1200).status(of: 0, on: 1091) == .current)
    }

    // MARK: Subscriptions

    @Test func subscriptions() {
        let firm = Firm(.init(active: [10, 500], subscriptions: [(20, 100), (60, 150), (200, 300)]))
        #expect(firm.standing(asOf: 19).picture == "current 10")
        #expect(firm.standing(asOf: 149).picture == "current 10")
        #expect(firm.standing(asOf: 150).picture == "left 150 subscription")
        #expect(firm.standing(asOf: 200).picture == "returned 200 subscription")
        // Being active does not bring him back: a subscription does.
        #expect(firm.standing(asOf: 600).picture == "left 300 subscription")
        #expect(firm.table(asOf: 600).picture(of: 0) == ["150..<200 subscription", "300..< subscription"])
    }

    /// One that follows at once leaves no gap; one that was over on the day it began held nobody.
    @Test func subscriptionsThatTouch() {
        #expect(Firm(.init(subscriptions: [(50, 90), (10, 50)])).standing(asOf: 89).picture == "current 10")
        #expect(Firm(.init(subscriptions: [(10, 10)])).standing(asOf: 10).picture == "left 10 subscription")
        #expect(Firm(.init(subscriptions: [(10, 5)])).standing(asOf: 10).picture == "left 10 subscription")
        #expect(Firm(.init(subscriptions: [(10, nil)])).standing(asOf: 9000).picture == "current 10")
    }

    @Test func anEndThatIsAheadHasNotComeYet() {
        let firm = Firm(.init(subscriptions: [(10, 100)]))
        #expect(firm.standing(asOf: 99).picture == "current 10")
        #expect(firm.standing(asOf: 100).picture == "left 100 subscription")
    }

    // MARK: Payments

    @Test func payments() {
        let firm = Firm(.init(active: [10, 70, 90], paid: [10, 40]))
        // Covered through day 76.
        #expect(firm.standing(asOf: 76).picture == "current 10")
        #expect(firm.standing(asOf: 77).picture == "left 77 payment")
        // Being active does not bring him back.
        #expect(firm.standing(asOf: 500).picture == "left 77 payment")
        // One payment suffices, and brings back.
        let late = Firm(.init(paid: [10, 100]))
        #expect(late.standing(asOf: 47).picture == "left 47 payment")
        #expect(late.standing(asOf: 100).picture == "returned 100 payment")
    }

    @Test func paymentsThatDoNotRecurAreActivity() {
        var firm = Firm(.init(active: [50], paid: [10]))
        firm.paymentsRecur = false
        #expect(firm.standing(asOf: 79).picture == "current 10")
        // The longest gap is 40 days: 45 is the company's threshold.
        #expect(firm.standing(asOf: 95).picture == "left 95 silence")
        // Where payments are none, who has paid and never been active cannot fall silent.
        firm.activity = .engagement
        firm.people[0].active = []
        #expect(firm.standing(asOf: 5000).picture == "current 10")
    }

    // MARK: Signs

    /// The strongest that a client has is his, in the order that is set.
    @Test func strongestSign() {
        var firm = Firm(
            .init(reported: 300, active: [10], paid: [10], subscriptions: [(10, 200)]),
            .init(active: [10], paid: [10], subscriptions: [(10, 200)]), .init(active: [10], paid: [10]),
            .init(active: [10]))
        func pictures() -> [String] { firm.table(asOf: 400).standings.map(\.picture) }
        #expect(pictures() == ["left 300 reported", "current 10", "current 10", "current 10"])
        firm.settings.signs = [.subscription, .payment, .silence]
        #expect(
            pictures() == [
                "left 200 subscription", "left 200 subscription", "left 47 payment", "left 40 silence",
            ])
        firm.settings.signs = [.silence, .reported]
        #expect(pictures() == Array(repeating: "left 40 silence", count: 4))
        firm.settings.signs = [.subscription, .reported]
        #expect(pictures() == ["left 200 subscription", "left 200 subscription", "current 10", "current 10"])
        firm.settings.signs = []
        #expect(pictures() == Array(repeating: "current 10", count: 4))
    }

    @Test func namesAreThoseOfTheWire() {
        #expect(ClientStatus.allCases.map(\.name) == ["current", "returned", "not_started", "left"])
        #expect(ClientStatus.allCases.filter(\.isCustomer) == [.current, .returned])
        #expect(LeavingSign.allCases.map(\.name) == ["reported", "subscription", "payment", "silence"])
        #expect(
            LeavingBasis.allCases.map(\.name) == ["reported", "subscription", "payment", "silence", "never_started"])
    }

    @Test func whatThereIsToSayOfWhoLeft() throws {
        var firm = Firm(.init(created: 5, active: [10, 100, 190]))
        firm.settings.leftAfterDays = 30
        let table = firm.table(asOf: 250)
        let leaving = try #require(table.leaving(of: 0))
        #expect(
            leaving
                == Leaving(
                    leftOn: Day(rawValue: 220), basis: .silence, tenureDays: 215, daysAgo: 30,
                    lastActiveOn: Day(rawValue: 190), timesBefore: 2))
        #expect(firm.table(asOf: 200).leaving(of: 0) == nil)
        // Of the silences that began 60 days ago or more, both were over within 60 days.
        let returns = table.returns(from: .silence, within: 60)
        #expect(returns.returned == 2 && returns.all == 2)
        #expect(table.returns(from: .silence, within: 30) == (0, 3))
        let never = try #require(Firm(.init(created: 5)).table(asOf: 250).leaving(of: 0))
        #expect(never.lastActiveOn == nil && never.basis == .neverStarted && never.tenureDays == 91)
    }
}
