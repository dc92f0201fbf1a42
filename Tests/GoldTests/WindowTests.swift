import Gold
import Records
import RiverTesting
import Testing

/// The half-open windows: E = A + 1, last 30 days = [E − 30, E), and so on.
@Suite struct WindowTests {
    private static let asOf = Day(2024, 3, 31)

    @Test(arguments: [
        (-1, 0.0, 0.0, 0.0), (0, 1, 1, 0), (29, 1, 1, 0), (30, 1, 0, 1), (59, 1, 0, 1), (60, 1, 0, 0), (400, 1, 0, 0),
    ])
    func events(age: Int, total: Double, last30: Double, previous30: Double) throws {
        // The first and the last instant of the day.
        for millisecond in [0, 86_399_999] {
            var fixture = GoldFixture(asOf: Self.asOf)
            fixture.event(Self.asOf.advanced(by: -age), millisecond: millisecond)
            let gold = try fixture.picture()
            #expect(gold["c", "events_total"] == total)
            #expect(gold["c", "events_last_30_days"] == last30)
            #expect(gold["c", "events_previous_30_days"] == previous30)
            #expect(gold["c", "active_days_last_30_days"] == last30)
            #expect(gold["c", "days_since_last_event"] == (age < 0 ? nil : Double(age)))
        }
    }

    @Test(arguments: [(0, 1, 0), (27, 1, 0), (28, 0, 1), (55, 0, 1), (56, 0, 0), (59, 0, 0)])
    func eventsOfFourWeeks(age: Int, last: Int32, previous: Int32) throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.event(Self.asOf.advanced(by: -age), feature: "f")
        let metrics = try fixture.gold().metrics
        #expect(metrics.eventsLast28Days == [last])
        #expect(metrics.eventsPrevious28Days == [previous])
        #expect(metrics.activeDaysLast28Days == [last])
        #expect(metrics.distinctFeaturesLast28Days == [last])
    }

    @Test(arguments: [
        (-1, 0.0, 0.0), (0, 5, 0), (89, 5, 0), (90, 0, 5), (179, 0, 5), (180, 0, 0),
    ])
    func revenue(age: Int, last: Double, previous: Double) throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.payment(Self.asOf.advanced(by: -age), 5_000_000)
        let gold = try fixture.picture()
        #expect(gold["c", "revenue_90d"] == last)
        #expect(gold["c", "revenue_prev_90d"] == previous)
        #expect(gold["c", "total_amount"] == (age < 0 ? 0 : 5))
        #expect(gold["c", "days_since_last_transaction"] == (age < 0 ? nil : Double(age)))
        // Unknown without revenue before; all of it gone otherwise.
        #expect(gold["c", "revenue_decline_90d"] == (previous > 0 ? 1 : nil))
    }

    @Test(arguments: [(-1, 0.0, 0.0), (0, 1, 1), (29, 1, 1), (30, 1, 0)])
    func tickets(age: Int, total: Double, last30: Double) throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.ticket(Self.asOf.advanced(by: -age))
        let gold = try fixture.picture()
        #expect(gold["c", "support_tickets_total"] == total)
        #expect(gold["c", "support_tickets_30d"] == last30)
        #expect(gold["c", "open_tickets"] == total)
    }

    @Test(arguments: [(7, 0), (8, 1)])
    func ticketsOpenForMoreThanAWeek(age: Int, expected: Int32) throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.ticket(Self.asOf.advanced(by: -age))
        fixture.ticket(Self.asOf.advanced(by: -age), resolved: Self.asOf)
        #expect(try fixture.gold().metrics.openTicketsOlderThan7Days == [expected])
    }

    @Test(arguments: [(179, 3.0), (180, nil)])
    func ratingsOfHalfAYear(age: Int, expected: Double?) throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        fixture.ticket(Self.asOf.advanced(by: -age), score: 3)
        let metrics = try fixture.gold().metrics
        #expect(metrics.recentSatisfaction.map { $0.isNaN ? nil : $0 } == [expected])
        #expect(metrics.meanSatisfaction == [3])
    }

    @Test func distinctDaysAndFeatures() throws {
        var fixture = GoldFixture(asOf: Self.asOf)
        for (age, feature) in [(0, "a"), (0, "b"), (0, "a"), (5, ""), (29, "c"), (30, "d"), (28, "a"), (45, "e")] {
            fixture.event(Self.asOf.advanced(by: -age), feature: feature)
        }
        let gold = try fixture.gold()
        #expect(gold.metrics.activeDaysLast30Days == [4])
        #expect(gold.metrics.distinctFeaturesLast30Days == [3])
        #expect(gold.metrics.activeDaysLast28Days == [2])
        #expect(gold.metrics.distinctFeaturesLast28Days == [2])
    }
}
