import Lifecycle
import Records
import Testing

/// Customers and churn of periods.
@Suite struct CountTests {
    private func period(_ first: Int32, _ last: Int32) -> Period {
        Period(first: Day(rawValue: first), last: Day(rawValue: last))
    }

    private func counts(_ firm: Firm, asOf: Int32, _ periods: Period...) -> LifecycleCounts {
        LifecycleCounts(firm.table(asOf: asOf), periods: periods)
    }

    /// By hand: days 100 to 129 and 130 to 159.
    @Test func byHand() {
        var firm = Firm(
            .init(created: 50, active: [60, 90, 120, 150]),  // there all the time
            .init(created: 50, active: [80]),  // leaves on 110
            .init(created: 50, active: [71, 125]),  // leaves on 101, returns on 125
            .init(created: 50, active: [75, 131]),  // leaves on 105, returns on 131
            .init(created: 105, active: [106]),  // comes, and leaves on 136
            .init(created: 50, active: [60]),  // had left on 90
            .init(created: 10),  // never starts: gone on 101, no churn
            .init(created: 120),  // has not begun
            .init(created: 200, active: [201]))  // comes later
        firm.settings.leftAfterDays = 30
        let counts = counts(firm, asOf: 160, period(100, 129), period(130, 159))
        #expect(counts[0].customersAtStart == 4)
        #expect(counts[0].churned == 2)
        #expect(counts[0].churnedFromStart == 2)
        #expect(counts[0].churnRate == 0.5)
        // The first, the third and the one who has come.
        #expect(counts[0].customersAtEnd == 3)
        #expect(counts[1].customersAtStart == 3)
        #expect(counts[1].customersAtEnd == 2)
        #expect(counts[1].churned == 2)
        #expect(counts[1].churnedFromStart == 2)
    }

    /// Who comes and leaves in one period has churned, but was not there at its start.
    @Test func withinAPeriod() {
        var firm = Firm(.init(created: 105, active: [106]), .init(created: 1, active: [99, 120, 140]))
        firm.settings.leftAfterDays = 30
        let counts = counts(firm, asOf: 160, period(100, 150))
        #expect(counts[0].churned == 1 && counts[0].churnedFromStart == 0)
        #expect(counts[0].customersAtStart == 1)
        #expect(counts[0].churnRate == 0)
        #expect(LifecycleCounts.Cell().churnRate == nil)
    }

    /// Who leaves twice in a period is counted once, and not at all when he is back at its end.
    @Test func onceEach() {
        var firm = Firm(.init(created: 50, active: [100, 150, 190]))
        firm.settings.leftAfterDays = 30
        let table = firm.table(asOf: 300)
        #expect(table.picture(of: 0) == ["130..<150 silence", "180..<190 silence", "220..< silence"])
        func churned(_ first: Int32, _ last: Int32) -> Int {
            LifecycleCounts(table, periods: [period(first, last)])[0].churned
        }
        #expect(churned(110, 185) == 1)
        #expect(churned(110, 195) == 0)
        #expect(churned(110, 300) == 1)
        #expect(churned(110, 149) == 1)
        #expect(churned(110, 150) == 0)
        #expect(churned(130, 130) == 1)
        #expect(churned(131, 140) == 0)
        #expect(churned(110, 129) == 0)
    }

    /// A period that reaches beyond the as-of day ends on it.
    @Test func theRunningPeriod() {
        var firm = Firm(.init(active: [100]), .init(active: [120]))
        firm.settings.leftAfterDays = 30
        #expect(counts(firm, asOf: 140, period(120, 200))[0].churned == 1)
        #expect(counts(firm, asOf: 140, period(120, 200))[0].customersAtEnd == 1)
        #expect(counts(firm, asOf: 150, period(120, 200))[0].churned == 2)
        // One that has not begun holds nothing that could change.
        #expect(counts(firm, asOf: 140, period(150, 200))[0].churned == 0)
    }

    @Test func groups() {
        var firm = Firm(.init(active: [100]), .init(active: [120]), .init(active: [300]), .init(active: [100]))
        firm.settings.leftAfterDays = 30
        let counts = LifecycleCounts(
            firm.table(asOf: 300), periods: [period(121, 140), period(141, 160)], group: [0, 1, 1, -1], groupCount: 2)
        #expect(counts[0, 0].churned == 1 && counts[0, 1].churned == 0 && counts[1, 1].churned == 1)
        #expect(counts[0, 0].customersAtStart == 1 && counts[0, 1].customersAtStart == 1)
        #expect(counts[1, 0].customersAtStart == 0 && counts[1, 1].customersAtEnd == 0)
    }
}
