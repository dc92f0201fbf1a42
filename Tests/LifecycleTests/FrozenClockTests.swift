import Freshness
import Lifecycle
import Records
import Testing

/// While a feed is missing nobody leaves because of it.
@Suite struct FrozenClockTests {
    @Test func silenceStands() {
        var firm = Firm(.init(active: [100]), .init(active: [120]))
        #expect(firm.table(asOf: 200).standings.map(\.picture) == ["left 130 silence", "left 150 silence"])
        firm.silenceClock = 140
        #expect(firm.table(asOf: 200).standings.map(\.picture) == ["left 130 silence", "current 120"])
        // A clock that runs ahead is none.
        firm.silenceClock = 900
        #expect(firm.table(asOf: 149).standings[1].picture == "current 120")
    }

    /// Nor has he left in the meantime when another feed shows him again.
    @Test func noSilenceIsInferredOfDaysThatAreMissing() {
        var firm = Firm(.init(active: [100], paid: [180]))
        firm.paymentsRecur = false
        firm.settings.leftAfterDays = 30
        #expect(firm.standing(asOf: 200).picture == "returned 180 silence")
        firm.silenceClock = 120
        #expect(firm.standing(asOf: 200).picture == "current 100")
    }

    @Test func theTenureOfWhoHasNotBegunStands() {
        var firm = Firm(.init(created: 100))
        firm.startClock = 190
        #expect(firm.standing(asOf: 500).picture == "not_started 100")
        firm.startClock = 191
        #expect(firm.standing(asOf: 500).picture == "left 191 never_started")
        firm.startClock = 50
        #expect(firm.standing(asOf: 500).picture == "not_started 100")
        // So it does where leaving is reported.
        firm.people.append(.init(reported: 10, active: [1]))
        #expect(firm.standing(asOf: 500).picture == "not_started 100")
        firm.startClock = nil
        #expect(firm.standing(asOf: 500).picture == "current 191")
    }

    /// What other feeds say goes on.
    @Test func reportsGoOn() {
        var firm = Firm(.init(reported: 150, active: [100]), .init(subscriptions: [(10, 160)]))
        firm.silenceClock = 110
        firm.startClock = 110
        #expect(firm.standing(asOf: 200).picture == "left 150 reported")
        firm.settings.signs = [.subscription]
        #expect(firm.table(asOf: 200).standings[1].picture == "left 160 subscription")
    }
}
