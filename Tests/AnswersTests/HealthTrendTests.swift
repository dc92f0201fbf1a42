import Contract
import Records
import RiverTesting
import Snapshots
import Testing

/// The past of a client's health in `clients.get`.
@Suite struct HealthTrendTests {
    /// A generation with 20 Sundays before 2024-03-31; ann's score counts the weeks, bob's is known from 2024-02-04 on.
    private func example(asOf: Day = Example.asOf) throws -> Snapshot {
        let river = try Example.river()
        let snapshot = snapshot(river, asOf: asOf)
        let grid = HealthGrid.days(before: Example.asOf, weeks: 20)
        let book = HealthHistoryBook(HealthHistory(grid: grid), settings: HealthSettings())
        for (week, day) in grid.enumerated() {
            let ann = HealthPoint(score: Double(week) + 0.25, level: nil)
            let bob = day < Day(2024, 2, 4) ? HealthPoint.absent : HealthPoint(score: .nan, level: nil)
            book.insert(HealthDay(day: day, points: [ann, bob]))
        }
        snapshot.keep(book)
        return snapshot
    }

    private func health(_ id: String, _ snapshot: Snapshot) throws -> JSONObject {
        try ask("clients.get", #"{"customer_id": "\#(id)"}"#, snapshot).object("health")
    }

    @Test func theKeptDaysAndTheDayOfTheAnswer() throws {
        let health = try health("ann", example())
        let trend = health.objects("trend")
        #expect(trend.count == 21)
        #expect(trend.first?.text("day") == "2023-11-12")
        #expect(trend.first?.number("score") == 0.25)
        #expect(trend[19].text("day") == "2024-03-24")
        #expect(trend[19].number("score") == 19.25)
        #expect(trend.last?.text("day") == "2024-03-31")
        let score = try #require(health.number("score"))
        let now = try #require(trend.last?.number("score"))
        #expect(now == HealthPoint.rounded(score))

        // 30 and 90 days back: the Sundays at least so far away.
        let changes = health.objects("changes")
        #expect(changes.map { $0.number("days") } == [30, 90])
        #expect(changes.map { $0.text("since") } == ["2024-02-25", "2023-12-31"])
        #expect(abs((changes[0].number("change") ?? .nan) - (now - 15.25)) < 1e-9)
        #expect(abs((changes[1].number("change") ?? .nan) - (now - 7.25)) < 1e-9)
    }

    @Test func onlyWhatIsKnown() throws {
        let bob = try health("bob", example())
        let trend = bob.objects("trend")
        #expect(trend.first?.text("day") == "2024-02-04")
        #expect(trend.dropLast().allSatisfy { $0["score"]?.isNull == true })
        #expect(bob.objects("changes").allSatisfy { $0["since"]?.isNull == true && $0["change"]?.isNull == true })
        // Somebody who came to be known after the days were made.
        #expect(try health("cat", example()).objects("trend").count == 1)
        // No past at all.
        let alone = try health("ann", Example.snapshot())
        #expect(alone.objects("trend").count == 1)
        #expect(alone.objects("changes").count == 2)
    }

    @Test func anotherDayKnowsNothingLater() throws {
        let health = try health("ann", example(asOf: Day(2024, 2, 18)))
        let trend = health.objects("trend")
        #expect(trend.suffix(2).map { $0.text("day") } == ["2024-02-11", "2024-02-18"])
        #expect(trend.count == 15)
        #expect(health.objects("changes").map { $0.text("since") } == ["2024-01-14", "2023-11-19"])
    }
}
